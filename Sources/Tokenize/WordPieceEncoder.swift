internal import CKernels

/// Turns text into ids.
///
/// Text is cut into tokens 2 KiB at a time, sixty-four bytes at once; a token is looked up in a cache of words, and
/// normalised and matched against the vocabulary when it is not there. Results never depend on the cache.
///
/// Not for two threads at once: it holds scratch buffers and the cache, 6 MB at most.
public final class WordPieceEncoder {
    /// Stands for the end of a line in `encodeLines`.
    public static let lineEnd = UInt32.max

    private var core: EncoderCore
    /// Does all the work where added tokens are looked for in normalised text, which is not kept here.
    private let aligned: AlignedEncoder?
    /// Whether an added token has a line feed in it.
    private let hasTokensWithLines: Bool

    /// - Parameter kernels: those of another instruction set, for tests; nil for the best.
    init(_ tokenizer: WordPieceTokenizer, kernels: UnsafePointer<ck_text_kernels>? = nil) {
        core = EncoderCore(tokenizer, kernels: kernels)
        aligned = tokenizer.normalizedTokens.isEmpty ? nil : tokenizer.makeAlignedEncoder()
        hasTokensWithLines = tokenizer.matchedTokens.contains { $0.content.contains(UInt8(ascii: "\n")) }
    }

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
            core.encode(UnsafeBufferPointer(rebasing: bytes[range]), lines: false) { ids in
                ids.withMemoryRebound(to: Int32.self) { result.append(contentsOf: $0) }
            }
        }
    }

    /// Appends the ids of all lines of `text[range]`, and `lineEnd` for every line feed.
    public func encodeLines(_ text: [UInt8], _ range: Range<Int>, into result: inout [UInt32]) {
        if aligned != nil || hasTokensWithLines { return encodeEachLine(text, range, into: &result) }
        text.withUnsafeBufferPointer { bytes in
            core.encode(UnsafeBufferPointer(rebasing: bytes[range]), lines: true) { result.append(contentsOf: $0) }
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
}
