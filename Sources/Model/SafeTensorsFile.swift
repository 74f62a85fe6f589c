public import Streaming

internal import Foundation

/// A safetensors file open for reading; tensors are read one by one when asked for.
///
/// Every number in the header is checked against the file before it is used.
public final class SafeTensorsFile: Sendable {
    /// One tensor's place.
    public struct Tensor: Sendable {
        /// Element type.
        public let type: SafeTensors.ElementType
        /// Sizes, outermost first.
        public let shape: [Int]
        let offset: Int
        /// Elements in all.
        public let count: Int
    }

    /// The file's path.
    public var path: String { file.path }
    /// The tensors by name.
    public let tensors: [String: Tensor]
    /// Text pairs of the header.
    public let metadata: [String: String]
    private let file: ReadableFile

    /// Opens the file and checks its header.
    public init(_ path: String) throws(Failure) {
        file = try ReadableFile(path)
        let length = try Self.headerLength(file)
        let header = try Self.parse(try file.read(at: 8, count: length), path)
        metadata = header.metadata
        var tensors: [String: Tensor] = [:]
        for (name, entry) in header.entries {
            tensors[name] = try Self.checked(entry, name, dataStart: 8 + length, file)
        }
        self.tensors = tensors
    }

    private static func damaged(_ what: String, _ path: String) -> Failure {
        Failure(.badData, what, at: path, remedy: "the file is damaged or no safetensors file: fetch or write it again")
    }

    private static func headerLength(_ file: ReadableFile) throws(Failure) -> Int {
        guard file.size >= 10 else { throw damaged("has \(file.size) bytes, too few for a header", file.path) }
        let bytes = try file.read(at: 0, count: 8)
        let length = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length >= 2, length <= 100_000_000, length <= UInt64(file.size - 8) else {
            throw damaged("header of \(length) bytes in a file of \(file.size)", file.path)
        }
        return Int(length)
    }

    private static func parse(_ bytes: [UInt8], _ path: String) throws(Failure) -> SafeTensorsHeader {
        guard let header = try? JSONDecoder().decode(SafeTensorsHeader.self, from: Data(bytes)) else {
            throw damaged("the header is not the JSON of a safetensors file", path)
        }
        return header
    }

    private static func checked(
        _ entry: SafeTensorsHeader.Entry, _ name: String, dataStart: Int, _ file: ReadableFile
    ) throws(Failure) -> Tensor {
        guard let type = SafeTensors.ElementType(rawValue: entry.dtype) else {
            let known = SafeTensors.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.badData, "tensor \(name) has type \(entry.dtype); known are \(known)", at: file.path)
        }
        var bytes = type.size
        for size in entry.shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { throw damaged("tensor \(name) has the shape \(entry.shape)", file.path) }
            bytes = product
        }
        let room = file.size - dataStart
        guard entry.offsets.count == 2, entry.offsets[0] >= 0, entry.offsets[0] <= entry.offsets[1],
            entry.offsets[1] <= room, entry.offsets[1] - entry.offsets[0] == bytes
        else {
            throw damaged(
                "tensor \(name) of shape \(entry.shape) lies at bytes \(entry.offsets) of \(room)", file.path)
        }
        return Tensor(type: type, shape: entry.shape, offset: dataStart + entry.offsets[0], count: bytes / type.size)
    }

    /// The tensor's place; a failure when there is none of that name.
    public func tensor(_ name: String) throws(Failure) -> Tensor {
        guard let tensor = tensors[name] else { throw Failure(.badData, "holds no tensor \(name)", at: path) }
        return tensor
    }

    /// A tensor as doubles, whatever its element type.
    public func doubles(_ name: String) throws(Failure) -> [Double] {
        let tensor = try tensor(name)
        var values = [Double]()
        values.reserveCapacity(tensor.count)
        try forEachSlice(tensor) { bytes in Self.decode(bytes, tensor.type) { values.append($0) } }
        return values
    }

    /// A tensor as floats, whatever its element type.
    public func floats(_ name: String) throws(Failure) -> [Float] {
        let buffer = try FloatBuffer(checking: tensor(name).count)
        try read(name, into: buffer, at: 0)
        return buffer.values(0..<buffer.count)
    }

    /// A tensor of whole numbers.
    public func integers(_ name: String) throws(Failure) -> [Int64] {
        let tensor = try tensor(name)
        guard tensor.type == .int64 || tensor.type == .int32 else {
            throw Failure(.badData, "tensor \(name) is \(tensor.type.rawValue), whole numbers are needed", at: path)
        }
        var values: [Int64] = []
        try forEachSlice(tensor) { bytes in
            for index in 0..<bytes.count / tensor.type.size {
                let raw = Self.word(bytes, index, tensor.type.size)
                values.append(tensor.type == .int64 ? Int64(bitPattern: raw) : Int64(Int32(truncatingIfNeeded: raw)))
            }
        }
        return values
    }

    /// Reads a tensor into a buffer from `offset` on.
    public func read(_ name: String, into buffer: FloatBuffer, at offset: Int) throws(Failure) {
        let tensor = try tensor(name)
        precondition(offset >= 0 && offset + tensor.count <= buffer.count, "the tensor does not fit the buffer")
        var next = offset
        try forEachSlice(tensor) { bytes in
            if tensor.type == .float32 {
                bytes.withUnsafeBytes { raw in
                    UnsafeMutableRawPointer(buffer.base + next).copyMemory(from: raw.baseAddress!, byteCount: raw.count)
                }
                next += bytes.count / 4
            } else {
                Self.decode(bytes, tensor.type) {
                    buffer.base[next] = Float($0)
                    next += 1
                }
            }
        }
    }

    /// Calls `body` with the tensor's bytes, a few MB at a time; never with none.
    private func forEachSlice(_ tensor: Tensor, _ body: ([UInt8]) -> Void) throws(Failure) {
        let total = tensor.count * tensor.type.size
        let slice = 4 << 20
        var done = 0
        while done < total {
            let bytes = try file.read(at: tensor.offset + done, count: min(slice, total - done))
            body(bytes)
            done += bytes.count
        }
    }

    private static func word(_ bytes: [UInt8], _ index: Int, _ size: Int) -> UInt64 {
        var value: UInt64 = 0
        for byte in 0..<size { value |= UInt64(bytes[index * size + byte]) << (8 * UInt64(byte)) }
        return value
    }

    private static func decode(_ bytes: [UInt8], _ type: SafeTensors.ElementType, _ body: (Double) -> Void) {
        for index in 0..<bytes.count / type.size {
            let raw = word(bytes, index, type.size)
            switch type {
            case .float64: body(Double(bitPattern: raw))
            case .float32: body(Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw))))
            case .bfloat16: body(Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw) << 16)))
            case .float16: body(half(UInt16(truncatingIfNeeded: raw)))
            case .int64: body(Double(Int64(bitPattern: raw)))
            case .int32: body(Double(Int32(truncatingIfNeeded: raw)))
            }
        }
    }

    /// IEEE binary16 by its fields; `Float16` is not there on every platform we build for.
    private static func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10 & 31)
        let fraction = Double(bits & 1023)
        let sign = bits >> 15 == 0 ? 1.0 : -1.0
        if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
        if exponent == 0 { return sign * fraction * 0x1p-24 }
        return sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
    }
}

/// The header as it stands in the file, not yet believed.
struct SafeTensorsHeader: Decodable {
    struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        private enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Name.self)
        for key in values.allKeys {
            if key.stringValue == "__metadata__" {
                metadata = try values.decode([String: String].self, forKey: key)
            } else {
                entries[key.stringValue] = try values.decode(Entry.self, forKey: key)
            }
        }
    }
}
