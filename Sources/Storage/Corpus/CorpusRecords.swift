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
    /// The journal it appeared in, empty when there is none or it is not known.
    public var journal: String
    /// The text in UTF-8, one paragraph a line.
    public var text: [UInt8]

    /// Creates a document.
    public init(
        externalID: String, revision: String = "", title: String = "", url: String = "", language: String = "",
        licence: String = "", journal: String = "", text: [UInt8]
    ) {
        self.externalID = externalID
        self.revision = revision
        self.title = title
        self.url = url
        self.language = language
        self.licence = licence
        self.journal = journal
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
    /// Times.
    public var count: Int
    /// Bytes of markup.
    public var bytes: Int

    /// Creates a count.
    public init(count: Int = 0, bytes: Int = 0) {
        self.count = count
        self.bytes = bytes
    }

    /// Adds the counts of another.
    public static func += (left: inout LossCount, right: LossCount) {
        left.count += right.count
        left.bytes += right.bytes
    }
}

/// A source of documents as the corpus knows it.
public struct CorpusSource: Sendable {
    /// How far its ingest has come.
    public enum State: String, Sendable {
        /// More of it is to come.
        case open
        /// All of it was read, and parts of it could not be: whoever uses it has to accept that first.
        case damaged
        /// All of it is in the corpus, or what could not be read was accepted.
        case complete
    }

    /// Its number in the corpus.
    public var id: Int64
    /// Where it was read from.
    public var uri: String
    /// Its format, as in `mediawiki`.
    public var kind: String
    /// Its size as stored.
    public var bytes: Int
    /// XXH3-128 of the stored bytes; empty before the first chunk.
    public var digest: String
    /// Licence of its text, empty when not known.
    public var licence: String
    /// How far its ingest has come.
    public var state: State
    /// Chunks committed so far.
    public var chunks: Int
    /// Items (pages, lines, files) those chunks covered: where to go on.
    public var items: Int
    /// Where to go on without reading what lies before; nil when that is not possible.
    public var position: SourcePosition?
    /// Whether it can be used.
    public var isComplete: Bool { state == .complete }
}

/// A source as it is entered in a corpus.
public struct NewSource: Sendable {
    var uri: String
    var kind: String
    var bytes: Int
    var licence: String

    /// - Parameters:
    ///   - uri: where it is read from, its name in the corpus.
    ///   - kind: its format, as in `mediawiki`.
    ///   - bytes: its size as stored.
    ///   - licence: that of its text, empty when not known.
    public init(uri: String, kind: String, bytes: Int, licence: String = "") {
        self.uri = uri
        self.kind = kind
        self.bytes = bytes
        self.licence = licence
    }
}

/// A block of a corpus: where it is and what it holds.
public struct CorpusBlock: Sendable {
    /// Its number in the corpus.
    public var id: Int64
    /// The file's name in the corpus folder.
    public var file: String
    /// Its first byte in the file.
    public var offset: Int
    /// Compressed bytes.
    public var size: Int
    /// Bytes when decompressed.
    public var rawSize: Int
    /// XXH3-64 of the compressed bytes.
    public var checksum: String
    /// The id of its first document; the others follow without a gap.
    public var firstDocument: Int64
    /// Documents in it.
    public var count: Int
}

/// Counts over a corpus.
public struct CorpusStatistics: Sendable {
    /// Sources, complete or not.
    public var sources = 0
    /// Documents.
    public var documents = 0
    /// Bytes of text in them.
    public var textBytes = 0
    /// Decompressed bytes of the sources that the chunks covered.
    public var rawBytes = 0
    /// Items left out.
    public var rejected = 0
    /// Blocks.
    public var blocks = 0
    /// Compressed bytes of all blocks.
    public var storedBytes = 0
    /// Documents taken out again; they are not among `documents`.
    public var removed = 0
}
