internal import CKernels

/// Turns text into ids.
///
/// Text is cut into tokens 2 KiB at a time, sixty-four bytes at once; a token is looked up in a cache of words, and
/// normalised and matched against the vocabulary when it is not there. Results never depend on the cache.
///
/// Not for two threads at once: it holds scratch buffers and the cache, 2 MB together.
public final class WordPieceEncoder {
    /// Stands for the end of a line in `encodeLines`.
    public static let lineEnd = UInt32.max

    let kernels: UnsafePointer<ck_text_kernels>
    let tokenizer: WordPieceTokenizer
    let table: NormalizationTable
    let matcher: PieceMatcher
    let unknownID: UInt32
    private let lowercase: Bool
    private let added: AddedTokenMatcher?
    /// Does all the work where added tokens are looked for in normalised text, which is not kept here.
    private let aligned: AlignedEncoder?
    /// Whether an added token has a line feed in it.
    private let hasTokensWithLines: Bool

    var chunk = TextChunk()
    var cache = WordCache()
    var ids = IDBuffer(capacity: 2 * CK_CHUNK)
    var word: WordBuffer
    var normalizer: WordNormalizer
    /// The ids, plus one, of words of one character below 0x30000 that were met alone; 0 where none was.
    let singles: UnsafeMutablePointer<UInt32>
    static let singlesCount: UInt32 = 0x30000

    /// - Parameter kernels: those of another instruction set, for tests; nil for the best.
    init(_ tokenizer: WordPieceTokenizer, kernels: UnsafePointer<ck_text_kernels>? = nil) {
        self.kernels = kernels ?? ck_text_active()
        self.tokenizer = tokenizer
        table = NormalizationTables.table(tokenizer.options)
        matcher = tokenizer.vocabulary.matcher
        unknownID = UInt32(bitPattern: tokenizer.vocabulary.unknownID)
        lowercase = tokenizer.options.lowercase
        added = AddedTokenMatcher(tokenizer.matchedTokens)
        hasTokensWithLines = tokenizer.matchedTokens.contains { $0.content.contains(UInt8(ascii: "\n")) }
        aligned = tokenizer.normalizedTokens.isEmpty ? nil : tokenizer.makeAlignedEncoder()
        word = WordBuffer(longest: tokenizer.options.wordLimit)
        normalizer = WordNormalizer(tokenizer.options)
        singles = .allocate(capacity: Int(WordPieceEncoder.singlesCount))
        singles.initialize(repeating: 0, count: Int(WordPieceEncoder.singlesCount))
    }

    deinit { singles.deallocate() }

    /// Appends the ids of `text[range]`, without `[CLS]` and `[SEP]`.
    ///
    /// Bytes that are no UTF-8 are left out.
    ///
    /// Linear in the text (a word has at most 100 characters that are tried).
    public func encode(_ text: [UInt8], _ range: Range<Int>, into result: inout [Int32]) {
        if let aligned {
            var tokens: [AlignedToken] = []
            aligned.encode(text, range, into: &tokens)
            result += tokens.map(\.id)
            return
        }
        text.withUnsafeBufferPointer { bytes in
            encode(UnsafeBufferPointer(rebasing: bytes[range]), lines: false) { ids in
                ids.withMemoryRebound(to: Int32.self) { result.append(contentsOf: $0) }
            }
        }
    }

    /// Appends the ids of all lines of `text[range]`, and `lineEnd` for every line feed.
    public func encodeLines(_ text: [UInt8], _ range: Range<Int>, into result: inout [UInt32]) {
        if aligned != nil || hasTokensWithLines { return encodeEachLine(text, range, into: &result) }
        text.withUnsafeBufferPointer { bytes in
            encode(UnsafeBufferPointer(rebasing: bytes[range]), lines: true) { result.append(contentsOf: $0) }
        }
    }

    private func encodeEachLine(_ text: [UInt8], _ range: Range<Int>, into result: inout [UInt32]) {
        var start = range.lowerBound
        var line: [Int32] = []
        while start < range.upperBound {
            let end = text[start..<range.upperBound].firstIndex(of: UInt8(ascii: "\n"))
            line.removeAll(keepingCapacity: true)
            encode(text, start..<(end ?? range.upperBound), into: &line)
            result += line.map { UInt32(bitPattern: $0) }
            if end != nil { result.append(WordPieceEncoder.lineEnd) }
            start = (end ?? range.upperBound - 1) + 1
        }
    }

    /// Hands the ids of a text on, some at a time.
    @inline(__always)
    private func encode(
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
    private func encodePlain(
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

    private func encodeChunk(_ sink: (UnsafeBufferPointer<UInt32>) -> Void) {
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

    private func flush(_ sink: (UnsafeBufferPointer<UInt32>) -> Void) {
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
