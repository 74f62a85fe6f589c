internal import Storage
internal import Streaming

/// A unit of a source before it is cleaned: what becomes one document or one row of `rejected`.
struct RawItem: Sendable {
    enum Content: Sendable {
        case page(MediaWikiPage)
        /// A line of JSON and its number from 1.
        case line([UInt8], row: Int)
        /// A file's or a passage's text and its name.
        case text([UInt8], name: String, title: String)
        /// Left out before cleaning.
        case rejected(Rejection)
    }

    var content: Content
    /// Decompressed bytes of the source it took: what chunks and batches are measured by.
    var rawBytes: Int
}

/// Gives the items of one source in order.
///
/// Not for two threads at once.
protocol ItemReader: AnyObject {
    /// Bytes of the stored files taken so far.
    var consumed: Int { get }
    /// What is known of the wiki by now; empty for other kinds.
    var site: SiteInformation { get }
    /// The next item, nil at the end. The same source gives the same items with the same sizes, always.
    func next() throws(Failure) -> RawItem?
}
