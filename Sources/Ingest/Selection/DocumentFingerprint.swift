internal import Storage

/// What the rules that go by the order of documents need of one, computed where it was cleaned.
///
/// Flat words, so that it travels between processes as it is.
struct DocumentFingerprint: Sendable, Equatable {
    /// XXH3-128 of the text, high word first; empty when nobody asks.
    var digest: [UInt64] = []
    /// Two words (XXH3-128) for each line, two zeros for a line too short to count; empty when nobody asks.
    var paragraphs: [UInt64] = []
    /// The MinHash signature, four values a word; empty when nobody asks.
    var signature: [UInt64] = []

    /// All of it as one array: the counts of the three, then their words.
    var words: [UInt64] {
        [UInt64(digest.count), UInt64(paragraphs.count), UInt64(signature.count)] + digest + paragraphs + signature
    }

    init() {}

    /// The inverse of `words`; nil when it is not such an array.
    init?(words: [UInt64]) {
        guard words.count >= 3 else { return nil }
        let counts = words[..<3].map { Int(clamping: $0) }
        guard counts.allSatisfy({ $0 <= words.count }), 3 + counts.reduce(0, +) == words.count else { return nil }
        digest = Array(words[3..<3 + counts[0]])
        paragraphs = Array(words[(3 + counts[0])..<(3 + counts[0] + counts[1])])
        signature = Array(words[(3 + counts[0] + counts[1])...])
    }

    /// Which parts are wanted.
    struct Parts: Sendable, Equatable {
        var digest = false
        var paragraphs = false
        var minimumParagraphBytes = 0
        var signature = false

        var isEmpty: Bool { !digest && !paragraphs && !signature }

        init(_ configuration: IngestConfiguration) {
            let selection = configuration.selection
            digest = configuration.deduplicate || !selection.against.isEmpty
            paragraphs = selection.paragraphs.deduplicate
            minimumParagraphBytes = selection.paragraphs.minimumBytes
            signature = selection.nearDuplicates.deduplicate
        }
    }

    /// Computes the parts wanted of a text.
    init(of text: [UInt8], _ parts: Parts) {
        guard !parts.isEmpty else { return }
        text.withUnsafeBytes { bytes in
            if parts.digest { append(Checksum.xxh3Pair(bytes), to: &digest) }
            if parts.paragraphs { hashParagraphs(bytes, parts.minimumParagraphBytes) }
        }
        if parts.signature { signature = MinHash.signature(of: text) }
    }

    private func append(_ pair: (high: UInt64, low: UInt64), to words: inout [UInt64]) {
        words.append(pair.high)
        words.append(pair.low)
    }

    private mutating func hashParagraphs(_ bytes: UnsafeRawBufferPointer, _ minimum: Int) {
        var start = 0
        while start <= bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let isLong = end - start >= max(1, minimum)
            append(isLong ? Checksum.xxh3Pair(.init(rebasing: bytes[start..<end])) : (0, 0), to: &paragraphs)
            start = end + 1
        }
    }
}
