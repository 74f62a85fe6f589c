import Foundation
import Streaming

/// Nobody reads our output any more (`| head`): the program ends quietly.
struct ClosedPipe: Error {}

/// Buffered bytes to stdout.
struct StandardOutput: ~Copyable {
    private var buffer: [UInt8] = []

    init() { buffer.reserveCapacity(1 << 17) }

    /// Appends bytes; writes when 64 KiB are together.
    mutating func write(_ bytes: some Sequence<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Writes what is buffered and then a large block, without a copy.
    mutating func write(block: [UInt8]) throws {
        try flush()
        try StandardOutput.writeAll(block)
    }

    /// Appends a text.
    mutating func write(_ text: String) throws { try write(text.utf8) }

    /// Writes all that is buffered.
    mutating func flush() throws {
        try StandardOutput.writeAll(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private static func writeAll(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(STDOUT_FILENO, $0.baseAddress! + done, $0.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE { throw ClosedPipe() }
                throw SystemCall.failure("write", "standard output", errno: errno)
            }
            done += count
        }
    }

    /// Prints one line.
    static func line(_ text: String) throws {
        var output = StandardOutput()
        try output.write(text + "\n")
        try output.flush()
    }

    /// Prints a value as one JSON object: snake_case keys, sorted.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try line(String(decoding: encoder.encode(value), as: UTF8.self))
    }
}
