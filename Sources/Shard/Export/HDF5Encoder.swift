internal import CZlib
internal import Streaming

/// A dataset of an HDF5 file for NVIDIA's trainer.
struct HDF5Column: Sendable {
    var name: String
    /// Numbers of an instance; 0 for a vector of one number each.
    var columns: Int
    /// Bytes of a number, 1 or 4, signed.
    var elementBytes: Int

    /// The names and types that NVIDIA's create_pretraining_data.py gives.
    static func all(sequenceLength: Int, predictions: Int) -> [HDF5Column] {
        [
            HDF5Column(name: "input_ids", columns: sequenceLength, elementBytes: 4),
            HDF5Column(name: "input_mask", columns: sequenceLength, elementBytes: 1),
            HDF5Column(name: "segment_ids", columns: sequenceLength, elementBytes: 1),
            HDF5Column(name: "masked_lm_positions", columns: predictions, elementBytes: 4),
            HDF5Column(name: "masked_lm_ids", columns: predictions, elementBytes: 4),
            HDF5Column(name: "next_sentence_labels", columns: 0, elementBytes: 1),
        ]
    }

    var rowBytes: Int { max(1, columns) * elementBytes }
}

/// Makes the chunks of the six datasets, each a zlib stream of `ExportPlan.pieceInstances` rows, on any thread.
///
/// Padding as in `TFRecordEncoder`; position 0, that of [CLS], is never a prediction's and ends their list.
struct HDF5Encoder: ExportEncoder {
    /// The level of gzip that h5py takes when none is named.
    static let level: Int32 = 4

    let columns: [HDF5Column]
    let padding: Int32

    init(sequenceLength: Int, predictions: Int, padding: Int32) {
        columns = HDF5Column.all(sequenceLength: sequenceLength, predictions: predictions)
        self.padding = padding
    }

    /// Rows of a chunk: those of a piece, or all of a small file, as no chunk may be larger than its dataset.
    static func chunkRows(_ file: ExportFile) -> Int { min(ExportPlan.pieceInstances, file.range.count) }

    func encode(_ examples: [ExportedExample], of file: ExportFile) throws(Failure) -> ExportPiece {
        var parts: [[UInt8]] = []
        let rows = HDF5Encoder.chunkRows(file)
        for column in columns { parts.append(try HDF5Encoder.deflated(raw(column, examples, rows: rows))) }
        return ExportPiece(count: examples.count, parts: parts)
    }

    /// The rows of a dataset; a chunk is always full, its last rows zero.
    private func raw(_ column: HDF5Column, _ examples: [ExportedExample], rows: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: rows * column.rowBytes)
        for (row, example) in examples.enumerated() {
            let (masked, start) = (example.masked, row * column.rowBytes)
            switch column.name {
            case "input_ids":
                write(masked.tokens, at: start, to: &bytes)
                guard padding != 0 else { continue }
                let rest = [Int32](repeating: padding, count: column.columns - masked.tokens.count)
                write(rest, at: start + 4 * masked.tokens.count, to: &bytes)
            case "input_mask": for index in masked.tokens.indices { bytes[start + index] = 1 }
            case "segment_ids": for (index, value) in masked.segments.enumerated() { bytes[start + index] = value }
            case "masked_lm_positions": write(masked.positions, at: start, to: &bytes)
            case "masked_lm_ids": write(masked.labels, at: start, to: &bytes)
            default: bytes[start] = masked.isRandomNext ? 1 : 0
            }
        }
        return bytes
    }

    private func write(_ values: [Int32], at offset: Int, to bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in
            for (index, value) in values.enumerated() {
                buffer.storeBytes(of: value.littleEndian, toByteOffset: offset + 4 * index, as: Int32.self)
            }
        }
    }

    private static func deflated(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var code = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: Int(compressBound(UInt(bytes.count)))) { output, count in
            var size = UInt(output.count)
            code = bytes.withUnsafeBufferPointer {
                compress2(output.baseAddress, &size, $0.baseAddress, UInt($0.count), level)
            }
            count = code == Z_OK ? Int(size) : 0
        }
        guard code == Z_OK else { throw Failure(.bug, "zlib refused a buffer of its own bound (\(code))") }
        return output
    }
}
