internal import Streaming

/// The raw bytes of a corpus block: u32 count, u32 length of each document, then the texts; little-endian.
enum CorpusBlockCoding {
    static func encode(_ texts: [[UInt8]]) -> [UInt8] {
        var raw: [UInt8] = []
        raw.reserveCapacity(4 + texts.reduce(0) { $0 + 4 + $1.count })
        append(UInt32(texts.count), to: &raw)
        for text in texts { append(UInt32(text.count), to: &raw) }
        for text in texts { raw.append(contentsOf: text) }
        return raw
    }

    static func decode(_ raw: [UInt8], expecting count: Int, at place: String) throws(Failure) -> [[UInt8]] {
        func damaged(_ what: String) -> Failure {
            Failure(.badData, "a block \(what)", at: place, remedy: "restore the file, or ingest again")
        }
        guard raw.count >= 4, read(raw, 0) == count, raw.count >= 4 + 4 * count else {
            throw damaged("does not hold the \(count) documents of its index")
        }
        var texts: [[UInt8]] = []
        texts.reserveCapacity(count)
        var offset = 4 + 4 * count
        for index in 0..<count {
            let end = offset + read(raw, 4 + 4 * index)
            guard end <= raw.count else { throw damaged("states a document beyond its end") }
            texts.append(Array(raw[offset..<end]))
            offset = end
        }
        guard offset == raw.count else { throw damaged("has bytes after its last document") }
        return texts
    }

    private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private static func read(_ bytes: [UInt8], _ at: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
}
