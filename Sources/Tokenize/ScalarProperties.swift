/// What the normaliser needs to know of a Unicode scalar value, in two lookups.
///
/// A two-stage table: 4,352 page numbers, then pages of 256 entries; page 0 is the one for values with nothing special.
struct ScalarProperties: Sendable {
    /// The properties of one scalar value, as bits.
    struct Entry: OptionSet {
        let rawValue: UInt32

        /// Removed by the cleaner: control, format and private-use characters, U+0000, U+FFFD.
        static let dropped = Entry(rawValue: 1 << 8)
        /// Any white space the cleaner makes a space.
        static let space = Entry(rawValue: 1 << 9)
        /// A word by itself: the blocks of Chinese characters.
        static let ideograph = Entry(rawValue: 1 << 10)
        /// A non-spacing mark (Mn), removed with the accents.
        static let mark = Entry(rawValue: 1 << 11)
        /// A word by itself: punctuation.
        static let punctuation = Entry(rawValue: 1 << 12)
        /// Has a canonical decomposition (Hangul syllables, which are computed, excepted).
        static let decomposes = Entry(rawValue: 1 << 13)
        /// Has another lower-case form.
        static let lowers = Entry(rawValue: 1 << 14)

        /// The canonical combining class, 0 for starters.
        var combiningClass: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    }

    /// The tables of the reference tokeniser, decoded once.
    static let reference = ScalarProperties()

    private var pageNumbers: [UInt16]
    private var entries: [UInt32]
    private var decompositions: ScalarMapping
    private var lowercase: ScalarMapping

    init() {
        pageNumbers = [UInt16](repeating: 0, count: 0x1100)
        entries = [UInt32](repeating: 0, count: 256)
        (decompositions, lowercase) = (ScalarMapping(), ScalarMapping())
        var reader = PackedNumbers(base64: UnicodeTables.data)
        for flag in [Entry.dropped, .space, .ideograph, .mark, .punctuation] {
            readRanges(from: &reader) { _ in flag.rawValue }
        }
        readRanges(from: &reader) { $0.next() }
        decompositions = readMapping(from: &reader, flag: .decomposes)
        lowercase = readMapping(from: &reader, flag: .lowers)
    }

    /// The properties of `scalar`, which is below 0x110000.
    @inline(__always)
    subscript(scalar: UInt32) -> Entry {
        Entry(rawValue: entries[Int(pageNumbers[Int(scalar >> 8)]) << 8 | Int(scalar & 255)])
    }

    /// Whether nothing is special in a page of 256 values, Hangul syllables apart.
    func isPlain(page: UInt32) -> Bool { pageNumbers[Int(page)] == 0 }

    /// The properties that all 256 values of a page have; nil if they differ.
    func onlyEntry(ofPage page: UInt32) -> Entry? {
        let start = Int(pageNumbers[Int(page)]) << 8
        let first = entries[start]
        return entries[start..<start + 256].allSatisfy { $0 == first } ? Entry(rawValue: first) : nil
    }

    /// The full canonical decomposition of a scalar value that `decomposes`.
    func decomposition(of scalar: UInt32) -> ArraySlice<UInt32> { decompositions[scalar] }

    /// The lower-case form of a scalar value that `lowers`.
    func lowercase(of scalar: UInt32) -> ArraySlice<UInt32> { lowercase[scalar] }

    private mutating func readRanges(from reader: inout PackedNumbers, value: (inout PackedNumbers) -> UInt32) {
        var end: UInt32 = 0
        for _ in 0..<reader.next() {
            let first = end + reader.next()
            end = first + reader.next() + 1
            let bits = value(&reader)
            var scalar = first
            while scalar < end {
                // A page at a time.
                let stop = min(end, (scalar >> 8 + 1) << 8)
                let start = place(of: scalar)
                for index in start..<start + Int(stop - scalar) { entries[index] |= bits }
                scalar = stop
            }
        }
    }

    private mutating func readMapping(from reader: inout PackedNumbers, flag: Entry) -> ScalarMapping {
        var mapping = ScalarMapping()
        var key: UInt32 = 0
        for _ in 0..<reader.next() {
            key += reader.next()
            let length = reader.next()
            mapping.append(key, (0..<length).map { _ in key &+ reader.nextSigned() })
            add(flag.rawValue, to: key)
        }
        return mapping
    }

    private mutating func add(_ bits: UInt32, to scalar: UInt32) { entries[place(of: scalar)] |= bits }

    /// Where the entry of `scalar` is, on a page of its own if it was on the plain one.
    private mutating func place(of scalar: UInt32) -> Int {
        let page = Int(scalar >> 8)
        if pageNumbers[page] == 0 {
            pageNumbers[page] = UInt16(entries.count >> 8)
            entries.append(contentsOf: repeatElement(0, count: 256))
        }
        return Int(pageNumbers[page]) << 8 | Int(scalar & 255)
    }
}

/// A map from scalar values to short sequences of them: sorted keys, found by halving.
struct ScalarMapping: Sendable {
    private var keys: [UInt32] = []
    private var starts: [Int32] = [0]
    private var values: [UInt32] = []

    /// Adds a key above all earlier ones.
    mutating func append(_ key: UInt32, _ sequence: [UInt32]) {
        keys.append(key)
        values += sequence
        starts.append(Int32(values.count))
    }

    /// The sequence of a key that is there.
    subscript(key: UInt32) -> ArraySlice<UInt32> {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return values[Int(starts[low])..<Int(starts[low + 1])]
    }
}

/// LEB128 numbers in base64, read one after the other.
struct PackedNumbers {
    private var bytes: [UInt8] = []
    private var position = 0

    init(base64 text: StaticString) {
        bytes.reserveCapacity(text.utf8CodeUnitCount * 3 / 4)
        var (bits, count): (UInt32, UInt32) = (0, 0)
        text.withUTF8Buffer { characters in
            for character in characters where character != UInt8(ascii: "=") {
                bits = bits << 6 | PackedNumbers.value(of: character)
                count += 6
                if count >= 8 {
                    count -= 8
                    bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                }
            }
        }
    }

    private static func value(of character: UInt8) -> UInt32 {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) + 4
        case UInt8(ascii: "+"): 62
        default: 63
        }
    }

    mutating func next() -> UInt32 {
        var (value, shift): (UInt32, UInt32) = (0, 0)
        while true {
            let byte = bytes[position]
            position += 1
            value |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A zigzag number, as the two's complement that wrapping addition needs.
    mutating func nextSigned() -> UInt32 {
        let value = next()
        return value & 1 == 0 ? value >> 1 : ~(value >> 1)
    }
}
