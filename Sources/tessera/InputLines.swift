import Foundation
import Storage
import Streaming

/// The lines of a file or of standard input, read in pieces of 1 MiB.
struct InputLines {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var cursor = 0
    private var atEnd = false

    /// - Parameter path: nil or `-` for standard input.
    init(_ path: String?) throws(Failure) {
        guard let path, path != "-" else {
            descriptor = STDIN_FILENO
            self.path = "standard input"
            return
        }
        self.path = path
        descriptor = try SystemCall.check("read", path) { open(path, O_RDONLY | O_CLOEXEC) }
        if Files.isDirectory(path) {
            throw Failure(.noInput, "is a folder, a file is needed", at: path, remedy: "name a file in it")
        }
    }

    /// The next batch of whole lines without their ends, about 1 MiB of them; nil at the end.
    mutating func nextBatch() throws(Failure) -> [[UInt8]]? {
        var lines: [[UInt8]] = []
        while lines.isEmpty {
            if atEnd { return nil }
            try fill()
            takeLines(&lines)
        }
        return lines
    }

    /// The next block of whole lines with their ends, half a MiB or as much as a longer line needs; nil at the end.
    ///
    /// The last line may have no end.
    mutating func nextBlock() throws(Failure) -> [UInt8]? {
        while !atEnd {
            try fill(1 << 19)
            let end = atEnd ? buffer.count : buffer[cursor...].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            cursor = buffer.count
            guard end > 0 else { continue }
            var block = [UInt8](buffer[end...])
            swap(&block, &buffer)
            block.removeLast(block.count - end)
            cursor = buffer.count
            return block
        }
        return nil
    }

    /// All that is left.
    mutating func rest() throws(Failure) -> [UInt8] {
        while !atEnd { try fill() }
        defer { buffer = [] }
        return buffer
    }

    private mutating func fill(_ piece: Int = 1 << 20) throws(Failure) {
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: piece))
        let count = try SystemCall.check("read", path, isInterruptible: true) {
            buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + start, piece) }
        }
        buffer.removeLast(piece - count)
        atEnd = count == 0
    }

    private mutating func takeLines(_ lines: inout [[UInt8]]) {
        var start = 0
        var index = cursor
        while index < buffer.count {
            if buffer[index] == 10 {
                lines.append(line(start, index))
                start = index + 1
            }
            index += 1
        }
        if atEnd, start < buffer.count {
            lines.append(line(start, buffer.count))
            start = buffer.count
        }
        buffer.removeFirst(start)
        cursor = buffer.count
    }

    private func line(_ start: Int, _ end: Int) -> [UInt8] {
        Array(buffer[start..<(end > start && buffer[end - 1] == 13 ? end - 1 : end)])
    }
}
