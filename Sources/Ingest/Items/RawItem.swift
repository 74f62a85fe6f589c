internal import Storage
internal import Streaming

/// A unit of a source before it is cleaned: what becomes one document or one row of `rejected`.
struct RawItem: Sendable {
    enum Content: Sendable {
        /// A page of a dump as XML.
        case page(PageXML)
        /// A line of JSON and its number from 1; of a line that nothing ends, also the byte it begins at.
        case line([UInt8], row: Int, cutAt: Int?)
        /// A row of a table.
        case row(RawTableRow)
        /// A citation or an article in XML.
        case record(RawXMLRecord)
        /// A file's or a passage's text and its name.
        case text([UInt8], name: String, title: String)
        /// Left out before cleaning.
        case rejected(Rejection)
    }

    var content: Content
    /// Decompressed bytes of the source it took: what chunks and batches are measured by.
    var rawBytes: Int
    /// Whether a chunk must begin with it, by the source's nature.
    var startsChunk = false
    /// Where it ends in the source, when reading can begin there.
    var end: SourcePosition?

    /// The reason of rows that tell of damage: text was lost that should have been there.
    static let damaged = "damaged"
}

/// The XML of a page and where it begins.
struct PageXML: Sendable, Equatable {
    var xml: [UInt8]
    var place: XMLPlace
}

/// Gives the items of one source in order.
///
/// Not for two threads at once.
protocol ItemReader: AnyObject {
    /// Bytes of the stored files taken so far.
    var consumed: Int { get }
    /// What is known of the wiki by now; empty for other kinds.
    var site: SiteInformation { get }
    /// Where its items begin, other than at the beginning; nil also when that is not known.
    var position: SourcePosition? { get }
    /// After the last item: whether the source has ended, not only the part of it that was to be read.
    var reachedEnd: Bool { get }
    /// Whether its items tell where chunks begin (`RawItem.startsChunk`).
    var saysWhereChunksBegin: Bool { get }
    /// The next item, nil at the end. The same source gives the same items with the same sizes, always.
    func next() throws(Failure) -> RawItem?
}

extension ItemReader {
    var position: SourcePosition? { nil }
    var reachedEnd: Bool { true }
    var saysWhereChunksBegin: Bool { false }
}
