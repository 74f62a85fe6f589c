internal import Foundation
public import Streaming

/// The file format of Hugging Face's safetensors: eight bytes of header length, a JSON header, then raw tensors.
public enum SafeTensors {
    /// Element types we read; we write `F32` and `I64`.
    public enum ElementType: String, Sendable, CaseIterable {
        case float64 = "F64"
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case int64 = "I64"
        case int32 = "I32"

        /// Bytes an element takes.
        public var size: Int {
            switch self {
            case .float64, .int64: 8
            case .float32, .int32: 4
            case .float16, .bfloat16: 2
            }
        }
    }

    /// A tensor to be written.
    public struct Item {
        /// What the tensor holds.
        public enum Content {
            /// A range of a flat buffer, written as `F32`.
            case floats(FloatBuffer, Range<Int>)
            /// Whole numbers, written as `I64`.
            case integers([Int64])
        }

        let name: String
        let shape: [Int]
        let content: Content

        /// - Parameter shape: its product is the number of elements.
        public init(name: String, shape: [Int], content: Content) {
            self.name = name
            self.shape = shape
            self.content = content
        }

        var elements: Int {
            switch content {
            case .floats(_, let range): range.count
            case .integers(let values): values.count
            }
        }

        var type: ElementType {
            switch content {
            case .floats: .float32
            case .integers: .int64
            }
        }
    }

    /// Writes a file, entirely or not at all.
    /// - Parameter metadata: text pairs for the header; `format` = `pt`, which `transformers` asks for, is added.
    public static func write(_ items: [Item], metadata: [String: String] = [:], to path: String) throws(Failure) {
        let file = try AtomicFile(path)
        do throws(Failure) {
            try file.write(try header(items, metadata))
            for item in items { try write(item, to: file) }
            try file.commit()
        } catch {
            file.discard()
            throw error
        }
    }

    private struct HeaderEntry: Encodable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    private static func header(_ items: [Item], _ metadata: [String: String]) throws(Failure) -> [UInt8] {
        var parts: [String] = []
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func json(_ value: some Encodable) throws(Failure) -> String {
            guard let data = try? encoder.encode(value) else {
                throw Failure(.bug, "a tensor header cannot be encoded")
            }
            return String(decoding: data, as: UTF8.self)
        }
        parts.append("\"__metadata__\":" + (try json(metadata.merging(["format": "pt"]) { own, _ in own })))
        var offset = 0
        for item in items {
            precondition(item.shape.reduce(1, *) == item.elements, "\(item.name): shape and content differ")
            let end = offset + item.elements * item.type.size
            let entry = HeaderEntry(dtype: item.type.rawValue, shape: item.shape, data_offsets: [offset, end])
            parts.append(try json(item.name) + ":" + (try json(entry)))
            offset = end
        }
        var text = Array(("{" + parts.joined(separator: ",") + "}").utf8)
        // Spaces up to a multiple of 64, so that the tensors lie aligned in a mapped file.
        while (text.count + 8) % 64 != 0 { text.append(0x20) }
        let length = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text
    }

    private static func write(_ item: Item, to file: AtomicFile) throws(Failure) {
        let slice = 1 << 20
        switch item.content {
        case .floats(let buffer, let range):
            for first in stride(from: range.lowerBound, to: range.upperBound, by: slice) {
                let end = min(first + slice, range.upperBound)
                try file.write(
                    [UInt8](UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer.buffer[first..<end]))))
            }
        case .integers(let values):
            for first in stride(from: 0, to: values.count, by: slice) {
                let part = values[first..<min(first + slice, values.count)]
                try file.write(part.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } })
            }
        }
    }
}
