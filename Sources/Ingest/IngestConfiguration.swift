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
    /// Comma-separated values (RFC 4180).
    case csv
    /// Tab-separated values.
    case tsv
    /// PubMed's and MEDLINE's citations in XML.
    case pubmed
    /// Full text of articles in JATS XML, as PubMed Central has it.
    case jats
}

/// What makes a document of a plain text.
public enum TextDocumentUnit: String, Sendable, Codable, CaseIterable {
    /// A whole file.
    case file
    /// A passage between blank lines.
    case passage = "paragraphs"
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
    /// Fields of JSON Lines and columns of tables.
    public var fields = RecordFields()
    /// How tables are written.
    public var tables = TableOptions()
    /// What is kept of JATS articles.
    public var articles = ArticleOptions()
    /// Which files of folders are taken.
    public var files = FileSelection()
    /// What makes a document of plain text.
    public var textDocuments = TextDocumentUnit.file
    /// Documents with less text than this are left out (`short`).
    public var minimumBytes = 0
    /// Pages, lines and files above this are left out (`too-large`), and memory stays bounded.
    public var maxPageBytes = 16 << 20
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
        _ = try tables.delimiterByte(usual: 0)
        guard !namespaces.isEmpty else {
            throw Failure(.usage, "no namespace is asked for", remedy: "name one, such as 0 for articles")
        }
        try selection.validate()
    }
}
