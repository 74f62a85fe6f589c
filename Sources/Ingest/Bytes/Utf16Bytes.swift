internal import Streaming

/// A stream of UTF-16 as UTF-8 (Unicode 15, §3.10); lone surrogates become U+FFFD.
final class Utf16Bytes: ByteSource {
    private let source: any ByteSource
    private let isBigEndian: Bool
    private var carry: [UInt8] = []
    private var highSurrogate: UInt16?
    private var atStart = true
    private var ended = false

    private init(_ source: any ByteSource, isBigEndian: Bool) {
        self.source = source
        self.isBigEndian = isBigEndian
    }

    /// The stream itself, or its translation when its first bytes are those of UTF-16; the byte order mark is dropped.
    ///
    /// A source that is damaged at its beginning tells so when it is read.
    static func translated(_ source: any ByteSource) throws(Failure) -> any ByteSource {
        let first: [UInt8]
        do throws(Failure) {
            guard let piece = try source.next() else { return source }
            first = piece
        } catch {
            guard error.code == .badData else { throw error }
            return PeekedBytes(first: nil, failure: error, rest: source)
        }
        let peeked = PeekedBytes(first: first, rest: source)
        guard let order = byteOrder(of: first), !isThirtyTwoBits(first) else { return peeked }
        return Utf16Bytes(peeked, isBigEndian: order == .big)
    }

    private enum ByteOrder { case little, big }

    /// By the mark, or by a `<` of which one byte is zero.
    private static func byteOrder(of bytes: [UInt8]) -> ByteOrder? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0x3C, 0x00]) { return .little }
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0x00, 0x3C]) { return .big }
        return nil
    }

    private static func isThirtyTwoBits(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0x3C, 0, 0, 0])
    }

    var path: String { source.path }
    var consumed: Int { source.consumed }

    func next() throws(Failure) -> [UInt8]? {
        while !ended {
            var output: [UInt8] = []
            if let piece = try source.next() {
                translate(carry.isEmpty ? piece : carry + piece, to: &output)
            } else {
                ended = true
                if highSurrogate != nil || !carry.isEmpty { append(0xFFFD, to: &output) }
            }
            if !output.isEmpty { return output }
        }
        return nil
    }

    private func translate(_ bytes: [UInt8], to output: inout [UInt8]) {
        output.reserveCapacity(bytes.count)
        carry = bytes.count & 1 == 1 ? [bytes[bytes.count - 1]] : []
        let (high, low) = isBigEndian ? (0, 1) : (1, 0)
        for at in stride(from: 0, to: bytes.count - 1, by: 2) {
            translate(UInt16(bytes[at + high]) << 8 | UInt16(bytes[at + low]), to: &output)
        }
    }

    private func translate(_ unit: UInt16, to output: inout [UInt8]) {
        if let high = highSurrogate.take() {
            if unit & 0xFC00 == 0xDC00 {
                return append(0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF)), to: &output)
            }
            append(0xFFFD, to: &output)
        }
        defer { atStart = false }
        switch unit {
        case 0xD800...0xDBFF: highSurrogate = unit
        case 0xDC00...0xDFFF: append(0xFFFD, to: &output)
        case 0xFEFF where atStart: break
        default: append(UInt32(unit), to: &output)
        }
    }

    private func append(_ scalar: UInt32, to output: inout [UInt8]) {
        if scalar < 0x80 { return output.append(UInt8(scalar)) }
        output.append(contentsOf: UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? .init(repeating: 0x3F, count: 1))
    }
}
