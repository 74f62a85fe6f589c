internal import CKernels
internal import Foundation

/// What a `WordPieceEncoder` does and remembers.
struct EncoderCore: ~Copyable {
    let kernels: UnsafePointer<ck_text_kernels>
    let table: NormalizationTable
    let matcher: PieceMatcher
    let unknownID: UInt32
    private let lowercase: Bool
    private let added: AddedTokenMatcher?

    var chunk = TextChunk()
    var cache = WordCache()
    var ids = IDBuffer(capacity: 2 * CK_CHUNK)
    var word: WordBuffer
    var normalizer: WordNormalizer
    /// The ids, plus one, of words of one character below `singlesCount` that were met alone; 0 where none was.
    let singles: UnsafeMutablePointer<UInt32>
    static let singlesCount: UInt32 = 0x30000

    init(_ tokenizer: WordPieceTokenizer, kernels: UnsafePointer<ck_text_kernels>?) {
        self.kernels = kernels ?? ck_text_active()
        table = NormalizationTables.table(tokenizer.options)
        matcher = tokenizer.vocabulary.matcher
        unknownID = UInt32(bitPattern: tokenizer.vocabulary.unknownID)
        lowercase = tokenizer.options.lowercase
        added = AddedTokenMatcher(tokenizer.matchedTokens)
        word = WordBuffer(longest: tokenizer.options.wordLimit)
        normalizer = WordNormalizer(tokenizer.options)
        // Zeros that take no memory before they are first written.
        guard let zeros = calloc(Int(EncoderCore.singlesCount), MemoryLayout<UInt32>.stride) else {
            fatalError("no memory for an encoder")
        }
        singles = zeros.assumingMemoryBound(to: UInt32.self)
    }

    deinit { free(singles) }

    /// Hands the ids of a text on, some at a time.
    @inline(__always)
    mutating func encode(
        _ text: UnsafeBufferPointer<UInt8>, lines: Bool, _ sink: (UnsafeBufferPointer<UInt32>) -> Void
    ) {
        guard let added else { return encodePlain(text, lines: lines, sink) }
        var start = 0
        while let match = added.next(in: text, from: start) {
            encodePlain(UnsafeBufferPointer(rebasing: text[start..<match.range.lowerBound]), lines: lines, sink)
            withUnsafePointer(to: match.id) { sink(UnsafeBufferPointer(start: $0, count: 1)) }
            start = match.range.upperBound
        }
        encodePlain(UnsafeBufferPointer(rebasing: text[start...]), lines: lines, sink)
    }

    /// The same for a text without added tokens.
    private mutating func encodePlain(
        _ text: UnsafeBufferPointer<UInt8>, lines: Bool, _ sink: (UnsafeBufferPointer<UInt32>) -> Void
    ) {
        var position = 0
        while position < text.count, let base = text.baseAddress {
            let length = min(CK_CHUNK, text.count - position)
            kernels.pointee.cut(base + position, length, lowercase, lines, &chunk.cut)
            let next = position + length
            let last = chunk.cut.count - 1
            if !chunk.cut.open || next == text.count {
                encodeChunk(sink)
                position = next
            } else if chunk.cut.starts[last] > 0 {
                // The last token may go on: it comes first the next time.
                position += Int(chunk.cut.starts[last])
                chunk.cut.count = last
                encodeChunk(sink)
            } else {
                let end = endOfRun(text, from: next)
                encodeLongRun(UnsafeBufferPointer(rebasing: text[position..<end]))
                position = end
                flush(sink)
            }
        }
    }

    private mutating func encodeChunk(_ sink: (UnsafeBufferPointer<UInt32>) -> Void) {
        var token = 0
        while true {
            var end: UnsafeMutablePointer<UInt32> = ids.end
            withUnsafePointer(to: cache.tables) {
                token = kernels.pointee.look_up(&chunk.cut, token, $0, &end, ids.base + ids.capacity)
            }
            ids.count = end - ids.base
            if token == chunk.cut.count { break }
            if ids.count < ids.capacity {
                encodeToken(token)
                token += 1
            } else {
                flush(sink)
            }
        }
        flush(sink)
    }

    private mutating func flush(_ sink: (UnsafeBufferPointer<UInt32>) -> Void) {
        sink(ids.ids)
        ids.count = 0
    }

    /// Where the run that goes on at `start` ends.
    private func endOfRun(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        while end < text.count, RunKind.table[Int(text[end])] == RunKind.run { end += 1 }
        return end
    }
}
