/// Turns text into normalised words: what `ScalarNormalizer` gives, split at white space and punctuation.
///
/// The words of the last call lie in `bytes`, one after the other. Buffers are kept between calls.
struct WordNormalizer: Sendable {
    private var normalizer: ScalarNormalizer<WordList>

    init(_ options: TokenizerOptions) { normalizer = ScalarNormalizer(options, output: WordList()) }

    /// The words' UTF-8, without gaps.
    var bytes: [UInt8] { normalizer.output.bytes }
    /// Where each word ends in `bytes`.
    var ends: [Int] { normalizer.output.ends }
    /// Scalar values in each word.
    var lengths: [Int] { normalizer.output.lengths }

    /// Replaces the words by those of `text[range]`.
    ///
    /// Bytes that are no UTF-8 are left out.
    mutating func normalize(_ text: Span<UInt8>, _ range: Range<Int>) {
        normalizer.output.removeAll()
        normalizer.normalize(text, range)
        normalizer.output.endWord()
    }
}

/// Words one after the other.
struct WordList: NormalizedCharacters, Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []
    private(set) var lengths: [Int] = []
    private var length = 0

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        length = 0
    }

    @inline(__always)
    mutating func put(_ scalar: UInt32, isAlone: Bool, source: Range<Int>) {
        if isAlone { endWord() }
        UTF8Decoding.append(scalar, to: &bytes)
        length += 1
        if isAlone { endWord() }
    }

    @inline(__always)
    mutating func putSpace(source: Range<Int>) { endWord() }

    mutating func endWord() {
        guard length > 0 else { return }
        ends.append(bytes.count)
        lengths.append(length)
        length = 0
    }
}
