internal import Tokenize

/// One JSON object a line, unpadded; with pieces also the keys that pregenerated data for `transformers` has.
struct JSONLinesEncoder: ExportEncoder {
    /// The pieces as JSON strings in the order of their ids; none when ids are enough.
    let pieces: [[UInt8]]

    /// - Parameter vocabulary: when pieces are wanted.
    init(_ vocabulary: Vocabulary?) {
        guard let vocabulary else {
            pieces = []
            return
        }
        pieces = (0..<Int32(vocabulary.count)).map { JSONLinesEncoder.string(vocabulary.piece($0)) }
    }

    func encode(_ examples: [ExportedExample], of file: ExportFile) -> ExportPiece {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(examples.count * 1024)
        for example in examples { append(example, to: &bytes) }
        return ExportPiece(count: examples.count, parts: [bytes])
    }

    private func append(_ example: ExportedExample, to bytes: inout [UInt8]) {
        let (instance, masked) = (example.instance, example.masked)
        bytes.append(contentsOf: #"{"split":""#.utf8)
        bytes.append(contentsOf: instance.split.rawValue.utf8)
        field(#"","index":"#, instance.index, &bytes)
        field(#","epoch":"#, example.epoch, &bytes)
        list(#","documents":["#, instance.runs, &bytes) { append(Int($0.document), to: &$1) }
        list(#","input_ids":["#, masked.tokens, &bytes) { append(Int($0), to: &$1) }
        list(#","segment_ids":["#, masked.segments, &bytes) { append(Int($0), to: &$1) }
        list(#","masked_lm_positions":["#, masked.positions, &bytes) { append(Int($0), to: &$1) }
        list(#","masked_lm_ids":["#, masked.labels, &bytes) { append(Int($0), to: &$1) }
        field(#","next_sentence_label":"#, masked.isRandomNext ? 1 : 0, &bytes)
        if !pieces.isEmpty { appendPieces(masked, to: &bytes) }
        bytes.append(contentsOf: "}\n".utf8)
    }

    private func appendPieces(_ masked: MaskedExample, to bytes: inout [UInt8]) {
        list(#","tokens":["#, masked.tokens, &bytes) { $1.append(contentsOf: pieces[Int($0)]) }
        list(#","masked_lm_labels":["#, masked.labels, &bytes) { $1.append(contentsOf: pieces[Int($0)]) }
        bytes.append(contentsOf: #","is_random_next":"#.utf8)
        bytes.append(contentsOf: (masked.isRandomNext ? "true" : "false").utf8)
    }

    private func field(_ name: StaticString, _ value: Int, _ bytes: inout [UInt8]) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        append(value, to: &bytes)
    }

    private func list<Element>(
        _ name: StaticString, _ values: [Element], _ bytes: inout [UInt8], _ write: (Element, inout [UInt8]) -> Void
    ) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(value, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Appends a number of zero or more in decimal digits.
    private func append(_ value: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        var rest = value
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// A text between quotation marks; what is no UTF-8 in it becomes U+FFFD.
    static func string(_ text: String) -> [UInt8] {
        var bytes = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: bytes += Array("\\u00".utf8) + [hexadecimal(byte >> 4), hexadecimal(byte & 15)]
            default: bytes.append(byte)
            }
        }
        return bytes + [UInt8(ascii: "\"")]
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
