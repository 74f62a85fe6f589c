internal import CKernels

/// Finds the bytes at which a sentence may end, 4 KiB at a time, by the vector kernel.
struct SentenceMarkScan {
    private static let window = 4096

    /// The places found in the window: a bit a byte.
    private var bits = [UInt64](repeating: 0, count: window / 64)
    private var start = 0
    private var end = 0

    /// The first place from `position` on and before `limit` that needs a closer look; `limit` if there is none.
    mutating func next(_ text: [UInt8], from position: Int, before limit: Int) -> Int {
        var position = position
        while position < limit {
            if position < start || position >= end { fill(text, position, limit) }
            var word = (position - start) >> 6
            var found = bits[word] & (~0 << UInt64((position - start) & 63))
            let words = (end - start + 63) >> 6
            while found == 0 {
                word += 1
                if word == words { break }
                found = bits[word]
            }
            if found != 0 { return start + word << 6 + found.trailingZeroBitCount }
            position = end
        }
        return limit
    }

    /// Forgets what was found: another text comes.
    mutating func reset() { (start, end) = (0, 0) }

    private mutating func fill(_ text: [UInt8], _ position: Int, _ limit: Int) {
        let count = min(Self.window, limit - position)
        text.withUnsafeBufferPointer { text in
            bits.withUnsafeMutableBufferPointer { bits in
                guard let base = text.baseAddress, let words = bits.baseAddress else { return }
                withUnsafePointer(to: Self.marks) {
                    ck_find_marks($0, base + position, count, limit - position, words)
                }
            }
        }
        (start, end) = (position, position + count)
    }

    // MARK: What is looked for

    /// End marks, and what may end a sentence without one: smileys, rules of stars and lines, list marks.
    private static let marks: ck_mark_set = {
        var set = ck_mark_set()
        for scalar in SentenceCharacters.marks + SentenceCharacters.bullets + ":;=>)*_-—".unicodeScalars.map(\.value) {
            var bytes: [UInt8] = []
            UTF8Decoding.append(scalar, to: &bytes)
            // The long dash shares its bytes with quotes: it has a bucket of its own.
            add(bytes, scalar == 0x2014 ? 4 : bucket(bytes[0]), to: &set)
        }
        // Pictures, by the first two of their four bytes.
        add([0xF0, 0x9F], 8, to: &set)
        return set
    }()

    /// The bucket goes by the first byte: a bucket finds every mixture of what it was given.
    private static func bucket(_ lead: UInt8) -> UInt8 {
        switch lead {
        case 0x20...0x2F: 1
        case ..<0x80: 2
        case ..<0xE0: 8
        case 0xE0: 16
        case 0xE1: 32
        case 0xE2: 64
        default: 128
        }
    }

    private static func add(_ bytes: [UInt8], _ bit: UInt8, to set: inout ck_mark_set) {
        withUnsafeMutableBytes(of: &set) { tables in
            // low[3][16], then high[3][16].
            for place in 0..<3 {
                for nibble in 0..<16 where place >= bytes.count || Int(bytes[place] & 15) == nibble {
                    tables[place * 16 + nibble] |= bit
                }
                for nibble in 0..<16 where place >= bytes.count || Int(bytes[place] >> 4) == nibble {
                    tables[48 + place * 16 + nibble] |= bit
                }
            }
        }
    }
}
