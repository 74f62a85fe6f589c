/// Tells the language of a text from its pieces of two to four letters: naive Bayes over the weights of
/// `LanguageModel`.
///
/// Of a long text four passages at fixed places are read, so that time does not grow with the text.
struct LanguageIdentifier {
    /// A language and how sure it is.
    struct Guess: Equatable {
        /// BCP 47, empty when the text has no letters.
        var language = ""
        /// From 0 to 1: how likely this language is among those known, times how much the text looks like any of them.
        var confidence = 0.0
    }

    /// A text up to this is read whole.
    static let wholeBytes = 2048
    private static let passages = 4
    /// Rows added in bytes before they are carried to wider numbers: 17 x 15 fits.
    private static let carryAfter = 17

    private let model: LanguageModel
    /// The letters of the word at hand between two spaces.
    private var word: [UInt32] = []
    private var narrow = [SIMD16<UInt8>](repeating: .zero, count: LanguageModel.columns / 16)
    private var sums = [UInt32](repeating: 0, count: LanguageModel.columns)
    private var carried = 0
    private var pieces = 0

    init(_ model: LanguageModel = .shared) { self.model = model }

    /// The likeliest language of a text.
    mutating func guess(_ text: [UInt8]) -> Guess {
        for column in sums.indices { sums[column] = 0 }
        (carried, pieces) = (0, 0)
        text.withUnsafeBufferPointer { text in
            for range in Self.ranges(text) { add(text, range) }
        }
        carry()
        return best()
    }

    /// The passages that are read, from word to word.
    static func ranges(_ text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        guard text.count > wholeBytes else { return [0..<text.count] }
        let size = wholeBytes / passages
        return (0..<passages).map { number in
            var start = (text.count - size) * number / (passages - 1)
            let end = start + size
            // Not from within a word, unless it is a long one.
            let limit = min(end, start + 64)
            if start > 0 { while start < limit, text[start] != 0x20, text[start] != 0x0A { start += 1 } }
            while start < end, text[start] & 0xC0 == 0x80 { start += 1 }
            return start..<end
        }
    }

    private mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        var at = range.lowerBound
        word.removeAll(keepingCapacity: true)
        word.append(0x20)
        while at < range.upperBound {
            let (scalar, size) = LanguageText.scalar(text, at, range.upperBound)
            at += size
            let kind = LanguageText.kind(scalar)
            if kind == .letter {
                word.append(LanguageText.fold(scalar))
                continue
            }
            endWord()
            if kind == .alone { addRow(LanguageModel.add(scalar, to: LanguageModel.seed)) }
        }
        endWord()
    }

    private mutating func endWord() {
        guard word.count > 1 else { return }
        word.append(0x20)
        let count = word.count
        for start in 0..<count - 1 {
            var hash = LanguageModel.add(word[start], to: LanguageModel.seed)
            for next in start + 1..<min(start + 4, count) {
                hash = LanguageModel.add(word[next], to: hash)
                addRow(hash)
            }
        }
        word.removeAll(keepingCapacity: true)
        word.append(0x20)
    }

    @inline(__always)
    private mutating func addRow(_ hash: UInt64) {
        pieces += 1
        guard let row = model.row(of: hash) else { return }
        model.weights.withUnsafeBytes { weights in
            narrow.withUnsafeMutableBufferPointer { narrow in
                for part in 0..<narrow.count {
                    let place = row * LanguageModel.columns + 16 * part
                    narrow[part] &+= weights.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
                }
            }
        }
        carried += 1
        if carried == Self.carryAfter { carry() }
    }

    private mutating func carry() {
        for part in narrow.indices {
            for lane in 0..<16 { sums[16 * part + lane] += UInt32(narrow[part][lane]) }
            narrow[part] = .zero
        }
        carried = 0
    }

    private func best() -> Guess {
        guard pieces > 0 else { return Guess() }
        var best = 0
        for column in model.languages.indices where sums[column] > sums[best] { best = column }
        guard sums[best] > 0 else { return Guess() }
        // The pieces of a word overlap, so they tell less than as many single ones: a root of their number.
        let scale = Double(model.step) / Double(pieces).squareRoot()
        var total = 0.0
        for column in model.languages.indices {
            let behind = Double(sums[best] - sums[column]) * scale
            if behind < 30 { total += Self.exponential(-behind) }
        }
        let likeness = Double(sums[best]) / Double(pieces) / Double(model.expected[best])
        return Guess(language: model.languages[best], confidence: min(1, max(0, 2 * likeness - 0.4)) / total)
    }

    /// e to a power from -30 to 0, in the same steps on every machine.
    private static func exponential(_ power: Double) -> Double {
        let part = power / 64
        var term = 1.0
        var sum = 1.0
        for number in 1...8 {
            term *= part / Double(number)
            sum += term
        }
        for _ in 0..<6 { sum *= sum }
        return sum
    }
}
