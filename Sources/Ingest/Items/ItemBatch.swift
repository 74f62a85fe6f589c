internal import Storage
internal import Streaming

/// Consecutive items of one chunk: what a worker takes at once.
struct ItemBatch: Sendable {
    var items: [RawItem] = []
    var rawBytes = 0
    var site = SiteInformation()
    /// Whether the chunk ends with this batch.
    var endsChunk = false
    /// Whether the source ends with this batch.
    var endsSource = false
    /// Bytes of the stored files taken when it was cut.
    var consumed = 0
    /// Where its last item ends, when reading can begin there.
    var end: SourcePosition?
}

/// Cuts a reader's items into batches and chunks, by the source alone: where it says so, and by sizes.
struct ItemBatcher {
    /// Raw bytes from which a batch is closed: worth a message between threads, small against memory.
    static let batchBytes = 256 << 10
    /// A chunk of a source that says where chunks begin is cut all the same when it is this many times as large.
    private static let largeChunk = 4

    private let reader: any ItemReader
    private let chunkBytes: Int
    private var chunkRawBytes = 0
    private var chunkIsEmpty = true
    /// An item that belongs to the next chunk.
    private var held: RawItem?
    private var ended = false

    init(_ reader: any ItemReader, chunkBytes: Int) {
        self.reader = reader
        self.chunkBytes = reader.saysWhereChunksBegin ? ItemBatcher.largeChunk * chunkBytes : chunkBytes
    }

    /// The next batch, nil at the end.
    ///
    /// The last one of a source may be empty.
    mutating func next() throws(Failure) -> ItemBatch? {
        guard !ended else { return nil }
        var batch = ItemBatch()
        while batch.rawBytes < ItemBatcher.batchBytes, chunkRawBytes < chunkBytes {
            guard let item = try nextItem() else {
                ended = true
                break
            }
            if item.startsChunk, !chunkIsEmpty {
                held = item
                held?.startsChunk = false
                batch.endsChunk = true
                break
            }
            append(item, to: &batch)
        }
        batch.site = reader.site
        batch.consumed = reader.consumed
        batch.endsSource = ended && reader.reachedEnd
        batch.endsChunk = batch.endsChunk || ended || chunkRawBytes >= chunkBytes
        if batch.endsChunk { (chunkRawBytes, chunkIsEmpty) = (0, true) }
        return batch
    }

    private mutating func nextItem() throws(Failure) -> RawItem? {
        if let item = held.take() { return item }
        return try reader.next()
    }

    private mutating func append(_ item: RawItem, to batch: inout ItemBatch) {
        batch.items.append(item)
        batch.rawBytes += item.rawBytes
        batch.end = item.end
        chunkRawBytes += item.rawBytes
        chunkIsEmpty = false
    }
}
