/// Turns text into normalised words: the cleaner, the Chinese splitter, the accent stripper, the lower-caser and the
/// splitter at white space and punctuation of BERT's released code, in one pass.
///
/// The words of the last call lie in `bytes`, one after the other. Buffers are kept between calls.
struct WordNormalizer: Sendable {
    /// The words' UTF-8, without gaps.
    private(set) var bytes: [UInt8] = []
    /// Where each word ends in `bytes`.
    private(set) var ends: [Int] = []
    /// Scalar values in each word.
    private(set) var lengths: [Int] = []

    private let lowercase: Bool
    private let stripsAccents: Bool
    private let splitChinese: Bool
    private let properties = ScalarProperties.reference
    private var wordStart = 0
    private var wordLength = 0
    /// Marks that wait for canonical ordering: class and scalar value.
    private var pending: [(combiningClass: UInt8, scalar: UInt32)] = []

    init(_ options: TokenizerOptions) {
        lowercase = options.lowercase
        stripsAccents = options.stripsAccents
        splitChinese = options.splitChinese
    }

    /// Replaces the words by those of `text[range]`.
    ///
    /// Bytes that are no UTF-8 are left out.
    mutating func normalize(_ text: Span<UInt8>, _ range: Range<Int>) {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        (wordStart, wordLength) = (0, 0)
        var position = range.lowerBound
        while position < range.upperBound {
            let (scalar, next) = UTF8Decoding.next(text, at: position, end: range.upperBound)
            clean(scalar)
            position = next
        }
        orderPending()
        endWord()
    }

    private mutating func clean(_ scalar: UInt32) {
        let entry = properties[scalar]
        if entry.rawValue == 0, !(0xAC00...0xD7A3).contains(scalar) {
            orderPending()
            put(scalar, entry)
        } else if entry.contains(.dropped) {
            return
        } else if entry.contains(.space) || scalar == 0x20 {
            orderPending()
            endWord()
        } else if splitChinese, entry.contains(.ideograph) {
            orderPending()
            endWord()
            decompose(scalar, entry)
            orderPending()
            endWord()
        } else {
            decompose(scalar, entry)
        }
    }

    private mutating func decompose(_ scalar: UInt32, _ entry: ScalarProperties.Entry) {
        if !stripsAccents {
            lower(scalar, entry)
        } else if entry.contains(.decomposes) {
            for part in properties.decomposition(of: scalar) { strip(part, properties[part]) }
        } else if (0xAC00...0xD7A3).contains(scalar) {
            decomposeHangul(scalar)
        } else {
            strip(scalar, entry)
        }
    }

    /// The arithmetic of Unicode 15, §3.12: a syllable is a lead, a vowel and perhaps a tail.
    private mutating func decomposeHangul(_ scalar: UInt32) {
        let index = scalar - 0xAC00
        orderPending()
        put(0x1100 + index / 588, [])
        put(0x1161 + index % 588 / 28, [])
        if index % 28 > 0 { put(0x11A7 + index % 28, []) }
    }

    private mutating func strip(_ scalar: UInt32, _ entry: ScalarProperties.Entry) {
        if entry.combiningClass == 0 {
            orderPending()
            if !entry.contains(.mark) { lower(scalar, entry) }
        } else if !entry.contains(.mark) {
            pending.append((entry.combiningClass, scalar))
        }
    }

    /// Marks between two starters, sorted by class; those of one class stay in their order.
    private mutating func orderPending() {
        guard !pending.isEmpty else { return }
        if pending.count > 1 {
            let ordered = pending.enumerated().sorted {
                ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
            }
            pending = ordered.map(\.element)
        }
        for index in pending.indices {
            let scalar = pending[index].scalar
            lower(scalar, properties[scalar])
        }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func lower(_ scalar: UInt32, _ entry: ScalarProperties.Entry) {
        if lowercase, entry.contains(.lowers) {
            for part in properties.lowercase(of: scalar) { put(part, properties[part]) }
        } else {
            put(scalar, entry)
        }
    }

    @inline(__always)
    private mutating func put(_ scalar: UInt32, _ entry: ScalarProperties.Entry) {
        let alone = entry.contains(.punctuation)
        if alone { endWord() }
        UTF8Decoding.append(scalar, to: &bytes)
        wordLength += 1
        if alone { endWord() }
    }

    private mutating func endWord() {
        guard wordLength > 0 else { return }
        ends.append(bytes.count)
        lengths.append(wordLength)
        (wordStart, wordLength) = (bytes.count, 0)
    }
}
