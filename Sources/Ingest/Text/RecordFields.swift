/// Where a record keeps what a document is made of: keys of a JSON object, or columns of a table.
///
/// A key with dots is a path, as in `body.text`, and passes through arrays; a number is a column counted from 1.
public struct RecordFields: Sendable, Equatable, Codable {
    /// The document's name: a string or a number.
    ///
    /// Records without one are named after their row.
    public var id = "id"
    /// The text; the strings of an array are paragraphs.
    public var text = "text"
    /// A title for people.
    public var title = "title"
    /// Where the document can be read.
    public var url = "url"
    /// BCP 47 language of the text.
    public var language = "language"
    /// The text's licence; while this has its usual name, `license` is looked for as well.
    public var licence = "licence"
    /// The version of the document in its source.
    public var revision = "revision"
    /// The date of the document, which stands for the revision where there is none.
    public var date = "date"

    /// The usual names.
    public init() {}

    /// All that are not the usual names: a table must have these columns.
    var chosen: [String] {
        let usual = RecordFields().all
        return zip(all, usual).filter { $0 != $1 }.map(\.0)
    }

    /// The fields in the order of `RecordField`, the other spelling of `licence` last.
    var all: [String] {
        [id, text, title, url, language, licence, revision, date, licence == "licence" ? "license" : ""]
    }
}

/// The place of a field in lists of fields.
enum RecordField: Int, CaseIterable {
    case id, text, title, url, language, licence, revision, date, license
}
