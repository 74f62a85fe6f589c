internal import Streaming

/// The rows and the open block of a chunk that is being written.
struct OpenChunk {
    struct Row {
        let id: Int64
        let document: CorpusDocument
        let bytes: Int
        let block: Int64
        let indexInBlock: Int
        let digest: String
    }

    let id: Int64
    /// Its source as it stands before the chunk.
    let source: CorpusSource
    var file: AtomicFile?
    private(set) var rows: [Row] = []
    private(set) var blocks: [CorpusBlock] = []
    private(set) var blockTexts: [[UInt8]] = []
    private(set) var blockBytes = 0
    var rejections: [Rejection] = []
    var loss: [Loss: LossCount] = [:]

    init(id: Int64, source: CorpusSource) {
        self.id = id
        self.source = source
    }

    mutating func add(_ document: CorpusDocument, id: Int64, block: Int64) {
        var described = document
        described.text = []
        let digest = OpenChunk.digest(of: document.text)
        rows.append(
            Row(
                id: id, document: described, bytes: document.text.count, block: block, indexInBlock: blockTexts.count,
                digest: digest))
        blockTexts.append(document.text)
        blockBytes += document.text.count
    }

    mutating func close(_ block: CorpusBlock) {
        blocks.append(block)
        blockTexts.removeAll(keepingCapacity: true)
        blockBytes = 0
    }

    static func digest(of text: [UInt8]) -> String {
        let digest = Digest()
        digest.update(text)
        return digest.value
    }

    static func number(_ value: Int64) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
