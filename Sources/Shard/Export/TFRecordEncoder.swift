internal import Streaming

/// `tf.train.Example` messages in TFRecord frames, with the features that Google's run_pretraining.py asks for.
///
/// A frame is the length (u64), its masked CRC-32C, the message, and its masked CRC-32C. The message is a map of names
/// to lists of packed integers (int64) or floats; names ascend, so that equal examples have equal bytes. Sequences are
/// padded with [PAD] to the sequence length, predictions with zeros to their limit, of weight 0.
struct TFRecordEncoder: ExportEncoder {
    private static let frameHead = 12

    let sequenceLength: Int
    let predictions: Int
    let padding: Int32

    func encode(_ examples: [ExportedExample], of file: ExportFile) -> ExportPiece {
        var writer = MessageWriter()
        writer.bytes.reserveCapacity(examples.count * 8 * sequenceLength)
        for example in examples { append(example.masked, to: &writer) }
        return ExportPiece(count: examples.count, parts: [writer.bytes])
    }

    private func append(_ example: MaskedExample, to writer: inout MessageWriter) {
        let start = writer.bytes.count
        writer.bytes.append(contentsOf: repeatElement(0, count: TFRecordEncoder.frameHead))
        let message = writer.bytes.count
        writer.nested(field: 1) { writer in
            let length = example.tokens.count
            writer.integers("input_ids", count: sequenceLength) { $0 < length ? Int(example.tokens[$0]) : Int(padding) }
            writer.integers("input_mask", count: sequenceLength) { $0 < length ? 1 : 0 }
            let masks = example.positions.count
            writer.integers("masked_lm_ids", count: predictions) { $0 < masks ? Int(example.labels[$0]) : 0 }
            writer.integers("masked_lm_positions", count: predictions) { $0 < masks ? Int(example.positions[$0]) : 0 }
            writer.floats("masked_lm_weights", count: predictions) { $0 < masks ? 1 : 0 }
            writer.integers("next_sentence_labels", count: 1) { _ in example.isRandomNext ? 1 : 0 }
            writer.integers("segment_ids", count: sequenceLength) { $0 < length ? Int(example.segments[$0]) : 0 }
        }
        finishFrame(&writer.bytes, start: start, message: message)
    }

    private func finishFrame(_ bytes: inout [UInt8], start: Int, message: Int) {
        let end = bytes.count
        bytes.replace(littleEndian: UInt64(end - message), at: start)
        bytes.replace(littleEndian: CRC32C.masked(CRC32C.of(bytes, start..<start + 8)), at: start + 8)
        bytes.append(littleEndian: CRC32C.masked(CRC32C.of(bytes, message..<end)))
    }
}

extension [UInt8] {
    fileprivate mutating func replace<Value: FixedWidthInteger>(littleEndian value: Value, at offset: Int) {
        Swift.withUnsafeBytes(of: value.littleEndian) {
            for (index, byte) in $0.enumerated() { self[offset + index] = byte }
        }
    }
}
