public import Streaming

internal import Foundation

/// One line of a run's log: the step and named numbers, in a fixed order.
public struct MetricRecord: Sendable, Equatable {
    /// The optimiser's step; 0 before the first.
    public var step: Int
    /// Name and value, in the order they are written.
    public var values: [(name: String, value: Double)]

    /// Creates a record.
    public init(step: Int, _ values: [(name: String, value: Double)]) {
        self.step = step
        self.values = values
    }

    /// Equal when step, names and bits of the values are.
    public static func == (left: MetricRecord, right: MetricRecord) -> Bool { left.line == right.line }

    /// The value of that name.
    public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }

    /// A JSON object without a line end; numbers in the shortest form that gives the same bits back.
    public var line: String {
        let fields = values.map { "\"\($0.name)\": \(MetricRecord.number($0.value))" }
        return "{" + (["\"step\": \(step)"] + fields).joined(separator: ", ") + "}"
    }

    /// JSON knows no infinities: such a value is written as null.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }

    /// Reads a line; nulls are left out, nil when the line is broken.
    init?(line: Substring) {
        guard let step = MetricRecord.step(of: line) else { return nil }
        self.step = step
        values = line.dropFirst().dropLast().split(separator: ",").dropFirst().compactMap { field in
            let parts = field.split(separator: ":")
            guard parts.count == 2, let value = Double(parts[1].drop { $0 == " " }) else { return nil }
            return (String(parts[0].filter { $0 != "\"" && $0 != " " }), value)
        }
    }

    /// The step of a written line, nil when the line is broken.
    static func step(of line: Substring) -> Int? {
        let prefix = "{\"step\": "
        guard line.hasPrefix(prefix), line.hasSuffix("}") else { return nil }
        return Int(line.dropFirst(prefix.count).prefix { $0.isNumber })
    }
}

/// A file of one JSON object a line that grows while a run goes on, and is cut back when it resumes.
///
/// After a resume it holds, byte for byte, what a run without a stop would hold, as long as the records themselves
/// depend on nothing but the step: wall-clock figures belong in a log of their own.
public final class MetricLog {
    private let path: String
    private let handle: FileHandle

    /// Opens the log and cuts off all records after `step`, and a last line that was never finished.
    /// - Parameter step: the step of the checkpoint the run goes on from; -1 empties the log.
    public init(_ path: String, after step: Int) throws(Failure) {
        self.path = path
        let descriptor = try SystemCall.check("write", path) {
            open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let kept = MetricLog.kept(try Files.read(path), after: step)
        try SystemCall.check("write", path) { ftruncate(descriptor, off_t(kept)) }
    }

    /// The bytes of the records up to `step`.
    private static func kept(_ bytes: [UInt8], after step: Int) -> Int {
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: bytes[start..<end], as: UTF8.self)
            guard let found = MetricRecord.step(of: line[...]), found <= step else { break }
            start = end + 1
        }
        return start
    }

    /// The records of a log, in the order of the file; a broken line ends it.
    public static func records(in path: String) throws(Failure) -> [MetricRecord] {
        guard Files.exists(path) else { return [] }
        var records: [MetricRecord] = []
        for line in String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n") {
            guard let record = MetricRecord(line: line) else { break }
            records.append(record)
        }
        return records
    }

    /// Appends a record.
    public func append(_ record: MetricRecord) throws(Failure) {
        do {
            try handle.write(contentsOf: Data((record.line + "\n").utf8))
        } catch {
            throw Failure(
                .inputOutput, "cannot write: \(error.localizedDescription)", at: path,
                remedy: "free some space and run the same command again; it resumes")
        }
    }

    /// Makes all records durable; called with each checkpoint.
    public func synchronize() throws(Failure) {
        try SystemCall.check("write", path) { fsync(handle.fileDescriptor) }
    }
}
