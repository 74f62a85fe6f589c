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
}

/// Cuts a reader's items into batches and chunks, by their sizes alone.
struct ItemBatcher {
    /// Raw bytes from which a batch is closed: worth a message between threads, small against memory.
    static let batchBytes = 256 << 10

    private let reader: any ItemReader
    private let chunkBytes: Int
    private var chunkRawBytes = 0
    private var ended = false

    init(_ reader: any ItemReader, chunkBytes: Int) {
        self.reader = reader
        self.chunkBytes = chunkBytes
    }

    /// The next batch, nil at the end.
    ///
    /// The last one of a source may be empty.
    mutating func next() throws(Failure) -> ItemBatch? {
        guard !ended else { return nil }
        var batch = ItemBatch()
        while batch.rawBytes < ItemBatcher.batchBytes, chunkRawBytes < chunkBytes {
            guard let item = try reader.next() else {
                ended = true
                break
            }
            batch.items.append(item)
            batch.rawBytes += item.rawBytes
            chunkRawBytes += item.rawBytes
        }
        batch.site = reader.site
        batch.consumed = reader.consumed
        batch.endsSource = ended
        batch.endsChunk = ended || chunkRawBytes >= chunkBytes
        if batch.endsChunk { chunkRawBytes = 0 }
        return batch
    }
}
