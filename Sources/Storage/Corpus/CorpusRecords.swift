/// A clean document as a source gives it, on its way into a corpus.
public struct CorpusDocument: Sendable, Equatable {
    /// The document's name in its source: a page id, a PMID, a file name.
    public var externalID: String
    /// The revision in its source, empty when there is none.
    public var revision: String
    /// A title for people.
    public var title: String
    /// Where it can be read, empty when not known.
    public var url: String
    /// BCP 47 language, empty when not known.
    public var language: String
    /// Licence of the text, empty when not known.
    public var licence: String
    /// The text in UTF-8, one paragraph a line.
    public var text: [UInt8]

    /// Creates a document.
    public init(
        externalID: String, revision: String = "", title: String = "", url: String = "", language: String = "",
        licence: String = "", text: [UInt8]
    ) {
        self.externalID = externalID
        self.revision = revision
        self.title = title
        self.url = url
        self.language = language
        self.licence = licence
        self.text = text
    }
}

/// What was left out of a corpus, and why.
public struct Rejection: Sendable, Equatable {
    /// The item's name in its source.
    public var externalID: String
    /// A title for people.
    public var title: String
    /// One word for counting, as in `redirect`, `namespace`, `empty`, `malformed`.
    public var reason: String
    /// The particulars, for example the redirect's target.
    public var detail: String

    /// Creates a rejection.
    public init(externalID: String, title: String = "", reason: String, detail: String = "") {
        self.externalID = externalID
        self.title = title
        self.reason = reason
        self.detail = detail
    }
}

/// Text that cleaning dropped, counted by what it stood in.
public struct Loss: Sendable, Hashable {
    /// What it stood in: `template`, `tag`, `table`, `file`, ...
    public var kind: String
    /// Its name, as in `convert` or `ref`.
    public var name: String

    /// Creates a key of the loss table.
    public init(kind: String, name: String) {
        self.kind = kind
        self.name = name
    }
}

/// How often something was dropped and how many bytes of markup it held.
public struct LossCount: Sendable, Equatable {
    public var count: Int
    public var bytes: Int

    /// Creates a count.
    public init(count: Int = 0, bytes: Int = 0) {
        self.count = count
        self.bytes = bytes
    }

    public static func += (left: inout LossCount, right: LossCount) {
        left.count += right.count
        left.bytes += right.bytes
    }
}

/// A source of documents as the corpus knows it.
public struct CorpusSource: Sendable {
    public var id: Int64
    public var uri: String
    public var kind: String
    public var bytes: Int
    public var digest: String
    public var licence: String
    /// Whether every chunk of it is committed.
    public var isComplete: Bool
    /// Chunks committed so far.
    public var chunks: Int
    /// Items (pages, lines, files) those chunks covered: where to go on.
    public var items: Int
}

/// A block of a corpus: where it is and what it holds.
public struct CorpusBlock: Sendable {
    public var id: Int64
    public var file: String
    public var offset: Int
    public var size: Int
    public var rawSize: Int
    public var checksum: String
    /// The id of its first document; the others follow without a gap.
    public var firstDocument: Int64
    public var count: Int
}

/// Counts over a corpus.
public struct CorpusStatistics: Sendable {
    public var sources = 0
    public var documents = 0
    public var textBytes = 0
    /// Decompressed bytes of the sources that the chunks covered.
    public var rawBytes = 0
    public var rejected = 0
    public var blocks = 0
    public var storedBytes = 0
}
