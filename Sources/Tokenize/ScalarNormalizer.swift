/// Takes the characters that a `ScalarNormalizer` gives.
protocol NormalizedCharacters {
    /// A character of a word; `isAlone` if it is a word by itself. `source`: the bytes it comes from.
    mutating func put(_ scalar: UInt32, isAlone: Bool, source: Range<Int>)
    /// A space, or the place between an ideograph and its neighbours; `source`: the bytes it comes from.
    mutating func putSpace(source: Range<Int>)
}

/// The cleaner, the Chinese splitter, the accent stripper and the lower-caser of BERT's released code, in one pass over
/// a text's scalar values.
struct ScalarNormalizer<Output: NormalizedCharacters & Sendable>: Sendable {
    /// Where the characters go.
    var output: Output

    private let lowercase: Bool
    private let stripsAccents: Bool
    private let splitChinese: Bool
    private let properties = ScalarProperties.reference
    private var source = 0..<0
    /// Marks that wait for canonical ordering.
    private var pending: [Mark] = []

    private struct Mark: Sendable {
        let combiningClass: UInt8
        let scalar: UInt32
        var source: Range<Int>
        /// Whether it is part of a decomposition, the first part excepted.
        let isMade: Bool
    }

    init(_ options: TokenizerOptions, output: Output) {
        lowercase = options.lowercase
        stripsAccents = options.stripsAccents
        splitChinese = options.splitChinese
        self.output = output
    }

    /// Hands on the characters of `text[range]`.
    ///
    /// Bytes that are no UTF-8 are left out.
    mutating func normalize(_ text: Span<UInt8>, _ range: Range<Int>) {
        var position = range.lowerBound
        while position < range.upperBound {
            let (scalar, next) = UTF8Decoding.next(text, at: position, end: range.upperBound)
            source = position..<next
            clean(scalar)
            position = next
        }
        orderPending()
    }

    private mutating func clean(_ scalar: UInt32) {
        let entry = properties[scalar]
        if entry.rawValue == 0, scalar != 0x20, !(0xAC00...0xD7A3).contains(scalar) {
            orderPending()
            output.put(scalar, isAlone: false, source: source)
        } else if entry.contains(.dropped) {
            return
        } else if entry.contains(.space) || scalar == 0x20 {
            orderPending()
            output.putSpace(source: source)
        } else if splitChinese, entry.contains(.ideograph) {
            orderPending()
            output.putSpace(source: source)
            decompose(scalar, entry)
            orderPending()
            output.putSpace(source: source)
        } else {
            decompose(scalar, entry)
        }
    }

    private mutating func decompose(_ scalar: UInt32, _ entry: ScalarProperties.Entry) {
        if !stripsAccents {
            lower(scalar, entry, source)
        } else if entry.contains(.decomposes) {
            for (index, part) in properties.decomposition(of: scalar).enumerated() {
                strip(part, properties[part], isMade: index > 0)
            }
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
        output.put(0x1100 + index / 588, isAlone: false, source: source)
        output.put(0x1161 + index % 588 / 28, isAlone: false, source: source)
        if index % 28 > 0 { output.put(0x11A7 + index % 28, isAlone: false, source: source) }
    }

    private mutating func strip(_ scalar: UInt32, _ entry: ScalarProperties.Entry, isMade: Bool = false) {
        if entry.combiningClass == 0 {
            orderPending()
            if !entry.contains(.mark) { lower(scalar, entry, source) }
        } else {
            pending.append(
                Mark(combiningClass: entry.combiningClass, scalar: scalar, source: source, isMade: isMade))
        }
    }

    /// Marks between two starters, sorted by class; those of one class stay in their order, and non-spacing ones go.
    private mutating func orderPending() {
        guard !pending.isEmpty else { return }
        if pending.count > 1 { sortPending() }
        for mark in pending where !properties[mark.scalar].contains(.mark) {
            lower(mark.scalar, properties[mark.scalar], mark.source)
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// As the reference counts: places in the text stay where they are whatever marks come there, and a mark that a
    /// decomposition made has the place of the mark or letter before it.
    private mutating func sortPending() {
        guard pending.contains(where: { !properties[$0.scalar].contains(.mark) }) else { return }
        var places = pending.lazy.filter { !$0.isMade }.map(\.source).makeIterator()
        let ordered = pending.enumerated().sorted {
            ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
        }
        var place: Range<Int>?
        var sorted: [Mark] = []
        for var mark in ordered.map(\.element) {
            if !mark.isMade { place = places.next() }
            mark.source = place ?? mark.source
            sorted.append(mark)
        }
        pending = sorted
    }

    private mutating func lower(_ scalar: UInt32, _ entry: ScalarProperties.Entry, _ source: Range<Int>) {
        if lowercase, entry.contains(.lowers) {
            for part in properties.lowercase(of: scalar) {
                output.put(part, isAlone: properties[part].contains(.punctuation), source: source)
            }
        } else {
            output.put(scalar, isAlone: entry.contains(.punctuation), source: source)
        }
    }
}
