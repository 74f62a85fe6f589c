public import Streaming

internal import Foundation

/// Scalars in TensorBoard's event format: protocol buffers (`Event`, `Summary.Value`) in TFRecord frames.
///
/// A frame is the length (u64), its masked CRC-32C, the bytes, and their masked CRC-32C, all little-endian. A run that
/// resumes begins a file of its own, as TensorBoard expects: it shows the newest value of a step.
public final class EventFile {
    private let path: String
    private let handle: FileHandle

    /// Begins a file `events.out.tfevents.<seconds>.tessera.<process>` in `directory`.
    /// - Parameter seconds: the wall clock, seconds since 1970.
    public init(in directory: String, seconds: Double) throws(Failure) {
        let name = "events.out.tfevents.\(Int(seconds)).tessera.\(ProcessInfo.processInfo.processIdentifier)"
        let path = directory + "/" + name
        let descriptor = try SystemCall.create(path) {
            open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        }
        self.path = path
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try write(EventFile.frame(EventFile.versionEvent(seconds: seconds)))
    }

    /// Appends the values of a step, one event for all.
    public func append(_ record: MetricRecord, seconds: Double) throws(Failure) {
        try write(EventFile.frame(EventFile.event(record, seconds: seconds)))
    }

    private func write(_ bytes: [UInt8]) throws(Failure) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw Failure(
                .inputOutput, "cannot write: \(error.localizedDescription)", at: path, remedy: "free some space")
        }
    }

    // Event { 1: wall_time double, 2: step int64, 3: file_version string, 5: summary { 1: value { 1: tag, 2: float } } }

    static func versionEvent(seconds: Double) -> [UInt8] {
        [0x09] + littleEndian(seconds.bitPattern) + lengthDelimited(field: 3, Array("brain.Event:2".utf8))
    }

    static func event(_ record: MetricRecord, seconds: Double) -> [UInt8] {
        let values = record.values.flatMap { name, value in
            lengthDelimited(
                field: 1,
                lengthDelimited(field: 1, Array(name.utf8)) + [0x15] + littleEndian(Float(value).bitPattern))
        }
        return [0x09] + littleEndian(seconds.bitPattern) + [0x10] + variableLength(UInt64(record.step))
            + lengthDelimited(field: 5, values)
    }

    static func frame(_ bytes: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(bytes.count))
        func checksum(_ bytes: [UInt8]) -> [UInt8] { littleEndian(CRC32C.masked(CRC32C.of(bytes))) }
        return length + checksum(length) + bytes + checksum(bytes)
    }

    private static func lengthDelimited(field: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [field << 3 | 2] + variableLength(UInt64(bytes.count)) + bytes
    }

    private static func variableLength(_ value: UInt64) -> [UInt8] {
        var (bytes, rest): ([UInt8], UInt64) = ([], value)
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
