/// What the normaliser does to each Unicode scalar value under given options, in two lookups.
///
/// A two-stage table over `ScalarProperties`: pages of 256 entries, of which equal neighbours are one.
///
/// The memory behind the pointers belongs to this object and is never written after `init`, hence the unchecked
/// conformance.
final class NormalizationTable: @unchecked Sendable {
    /// What is done to one scalar value.
    enum Kind: UInt32 {
        /// It stays as it is, within a word.
        case keep
        /// It is left out, and the word goes on.
        case drop
        /// It ends a word.
        case space
        /// It is a word by itself: punctuation, an ideograph.
        case alone
        /// It becomes other characters within the word, or none.
        case map
        /// A syllable that becomes its letters.
        case hangul
        /// It needs its neighbours, or becomes something else than part of a word: see `WordNormalizer`.
        case complex
    }

    /// A kind in three bits; of `map` also bytes (five bits), characters (three) and where they begin in `bytes`.
    struct Entry {
        let bits: UInt32
        @inline(__always) var kind: UInt32 { bits & 7 }
        @inline(__always) var length: Int { Int(bits >> 3 & 31) }
        @inline(__always) var characters: Int { Int(bits >> 8 & 7) }
        @inline(__always) var start: Int { Int(bits >> 11) }
    }

    private let pages: UnsafeMutablePointer<UInt16>
    private let entries: UnsafeMutablePointer<UInt32>
    /// The UTF-8 of what `map` gives, readable for 32 bytes beyond the last.
    let bytes: UnsafeMutablePointer<UInt8>

    init(_ options: TokenizerOptions) {
        var builder = NormalizationTableBuilder(options)
        builder.build()
        pages = .allocate(capacity: builder.pages.count)
        pages.initialize(from: builder.pages, count: builder.pages.count)
        entries = .allocate(capacity: builder.entries.count)
        entries.initialize(from: builder.entries, count: builder.entries.count)
        bytes = .allocate(capacity: builder.bytes.count)
        bytes.initialize(from: builder.bytes, count: builder.bytes.count)
    }

    deinit {
        pages.deallocate()
        entries.deallocate()
        bytes.deallocate()
    }

    /// What is done to `scalar`, which is below 0x110000.
    @inline(__always)
    subscript(scalar: UInt32) -> Entry {
        Entry(bits: entries[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 255)])
    }
}
