import Foundation
import Streaming

/// A file or standard input as blocks of whole paragraphs, about 1 MiB each: for filters that work on bytes.
///
/// A block ends at the end of a paragraph, so a paragraph of any length is kept whole in memory.
struct InputBlocks {
    /// What ends a paragraph.
    enum Paragraph {
        case line, blankLine
    }

    /// Some whole paragraphs.
    struct Block: Sendable {
        var bytes: [UInt8]
        /// The characters of the input before the block, if they are counted.
        var firstCharacter: Int
        /// The bytes of the input before the block.
        var firstByte: Int
    }

    private static let piece = 1 << 20

    private let descriptor: Int32
    /// What failures name: the file, or standard input.
    let path: String
    private let paragraph: Paragraph
    private let countsCharacters: Bool
    private var rest: [UInt8] = []
    private var characters = 0
    private var taken = 0
    private var atEnd = false

    /// - Parameter path: nil or `-` for standard input.
    init(_ path: String?, paragraph: Paragraph = .line, countsCharacters: Bool = false) throws(Failure) {
        self.paragraph = paragraph
        self.countsCharacters = countsCharacters
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

    /// The next block; nil at the end.
    mutating func next() throws(Failure) -> Block? {
        var searched = 0
        while true {
            if atEnd {
                if rest.isEmpty { return nil }
                return take(rest.count)
            }
            try fill()
            if let cut = cut(after: searched), atEnd || rest.count >= Self.piece { return take(cut) }
            searched = max(0, rest.count - 4)
        }
    }

    private mutating func take(_ count: Int) -> Block {
        let bytes: [UInt8]
        if count == rest.count {
            (bytes, rest) = (rest, [])
        } else {
            let tail = Array(rest[count...])
            rest.removeLast(rest.count - count)
            (bytes, rest) = (rest, tail)
        }
        defer {
            taken += bytes.count
            if countsCharacters { characters += Self.characters(bytes[...]) }
        }
        return Block(bytes: bytes, firstCharacter: characters, firstByte: taken)
    }

    /// Unicode scalars in UTF-8 text: the bytes that go on with none.
    static func characters(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBufferPointer(ByteScan.characters)
    }

    /// Where the last whole paragraph ends, looking no further back than `start`.
    private func cut(after start: Int) -> Int? {
        var position = rest.count
        while position > start {
            position -= 1
            guard rest[position] == 10 else { continue }
            switch paragraph {
            case .line: return position + 1
            case .blankLine:
                let before = position > 0 && rest[position - 1] == 13 ? position - 1 : position
                if before > 0, rest[before - 1] == 10 { return position + 1 }
            }
        }
        return nil
    }

    private mutating func fill() throws(Failure) {
        let piece = max(Self.piece, rest.count)
        var filled = rest.count
        rest.reserveCapacity(filled + piece)
        rest.append(contentsOf: repeatElement(0, count: piece))
        let target = rest.count
        // Pipes give 64 KiB at a time; blocks are to be full.
        while filled < target {
            let count = try SystemCall.check("read", path, isInterruptible: true) {
                rest.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, target - filled) }
            }
            if count == 0 {
                atEnd = true
                break
            }
            filled += count
        }
        rest.removeLast(target - filled)
    }
}
