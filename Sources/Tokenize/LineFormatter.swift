internal import CKernels

/// Writes ids as text, a line for each line of the input: decimal numbers or the pieces themselves, a space between.
public struct LineFormatter: Sendable {
    /// What an id is written as.
    public enum Style: Sendable {
        /// A decimal number.
        case ids
        /// Its piece.
        case pieces
    }

    private let vocabulary: Vocabulary
    private let style: Style
    /// For each id its text and a space, and in the last byte their length, `CK_TEXT_BYTES` if they are too long.
    private let texts: [UInt8]
    private static let slice = 2_048

    /// Creates a formatter; sixteen bytes for each piece of the vocabulary.
    public init(_ vocabulary: Vocabulary, style: Style) {
        (self.vocabulary, self.style) = (vocabulary, style)
        let width = CK_TEXT_BYTES
        texts = [UInt8](unsafeUninitializedCapacity: vocabulary.count * width) { buffer, count in
            buffer.initialize(repeating: 0)
            for id in 0..<vocabulary.count {
                let text = LineFormatter.text(Int32(id), vocabulary, style)
                buffer[id * width + width - 1] = UInt8(min(text.count + 1, width))
                guard text.count + 1 < width else { continue }
                for (index, byte) in text.enumerated() { buffer[id * width + index] = byte }
                buffer[id * width + text.count] = UInt8(ascii: " ")
            }
            count = buffer.count
        }
    }

    private static func text(_ id: Int32, _ vocabulary: Vocabulary, _ style: Style) -> ArraySlice<UInt8> {
        style == .pieces ? vocabulary.pieceBytes(id) : Array(String(id).utf8)[...]
    }

    /// Appends the text of `ids`, in which `WordPieceEncoder.lineEnd` ends each line.
    public func append(_ ids: [UInt32], to output: inout [UInt8]) {
        var start = 0
        while start < ids.count {
            var end = min(start + LineFormatter.slice, ids.count)
            // The space before a line's end is there to be replaced.
            if end < ids.count, ids[end] == WordPieceEncoder.lineEnd { end += 1 }
            start += append(ids[start..<end], to: &output)
            guard start < end else { continue }
            output += LineFormatter.text(Int32(bitPattern: ids[start]), vocabulary, style)
            start += 1
            let endsLine = start < ids.count && ids[start] == WordPieceEncoder.lineEnd
            output.append(UInt8(ascii: endsLine ? "\n" : " "))
            if endsLine { start += 1 }
        }
    }

    /// Appends ids up to one whose text is too long for the table; gives how many.
    private func append(_ ids: ArraySlice<UInt32>, to output: inout [UInt8]) -> Int {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: (LineFormatter.slice + 2) * CK_TEXT_BYTES) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var (end, lineStart) = (base, base)
            let done = ids.withUnsafeBufferPointer { ids in
                ids.baseAddress.map {
                    ck_text_active().pointee.format($0, ids.count, texts, &end, &lineStart)
                }
            }
            output.append(contentsOf: buffer[0..<(end - base)])
            return done ?? 0
        }
    }
}
