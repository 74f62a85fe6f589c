internal import Foundation
internal import Streaming

/// How a source is written.
public enum SourceFormat: String, Sendable, Codable, CaseIterable {
    /// By the file's name, and by its first bytes where the name says nothing.
    case auto
    /// A MediaWiki XML dump, export versions 0.3 to 0.11.
    case mediawiki
    /// JSON Lines: one object a line.
    case jsonl
    /// Plain text, one paragraph a line.
    case text
}

/// What makes a document of a plain text.
public enum TextDocumentUnit: String, Sendable, Codable, CaseIterable {
    /// A whole file.
    case file
    /// A passage between blank lines.
    case passage = "paragraphs"
}

/// The names of a JSON Lines object's fields; `url`, `language`, `licence` and `revision` go by these names.
public struct JSONLineFields: Sendable, Equatable, Codable {
    /// The document's name: a string or a number.
    ///
    /// Lines without one are named after their row.
    public var id = "id"
    /// The text: a string, one paragraph a line.
    public var text = "text"
    /// A title for people.
    public var title = "title"

    /// The usual names.
    public init() {}
}

/// Everything that shapes the text of a corpus.
///
/// How many threads make it is not among this.
public struct IngestConfiguration: Sendable, Equatable, Codable {
    /// The sources' format.
    public var format = SourceFormat.auto
    /// BCP 47 language of the documents; empty: as the source says.
    public var language = ""
    /// What cleaning keeps of wikitext.
    public var wikitext = WikitextOptions()
    /// Fields of JSON Lines.
    public var jsonFields = JSONLineFields()
    /// What makes a document of plain text.
    public var textDocuments = TextDocumentUnit.file
    /// Documents with less text than this are left out (`short`).
    public var minimumBytes = 0
    /// Pages, lines and files above this are left out (`too-large`), and memory stays bounded.
    public var maxPageBytes = 64 << 20
    /// Raw bytes of source in a chunk: the unit of commit and resume; of bzip2, stored bytes of a quarter.
    public var chunkBytes = 32 << 20
    /// Whether a document whose text is already in the corpus is left out (`duplicate`).
    public var deduplicate = false
    /// Which revisions of a wiki's pages become documents.
    public var revisions = RevisionChoice.last
    /// The MediaWiki namespaces whose pages are documents; 0 holds the articles.
    public var namespaces = [0]
    /// Which documents are taken beyond that, and what is taken out of them.
    public var selection = SelectionConfiguration()

    /// The defaults.
    public init() {}

    /// The configuration as one line of JSON with sorted keys: equal for equal configurations.
    public var canonicalJSON: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("a configuration that is not JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    func validate() throws(Failure) {
        guard minimumBytes >= 0, maxPageBytes > 0, chunkBytes > 0 else {
            throw Failure(.usage, "sizes in bytes must be positive")
        }
        guard !namespaces.isEmpty else {
            throw Failure(.usage, "no namespace is asked for", remedy: "name one, such as 0 for articles")
        }
        try selection.validate()
    }
}
