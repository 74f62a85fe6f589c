/// Writes aligned pieces as text, a line for each line of the input: `ID:START:END`, a space between.
public struct OffsetFormatter: Sendable {
    /// What places in a line are counted in, from its beginning.
    public enum Unit: Sendable {
        /// Bytes of UTF-8.
        case bytes
        /// Unicode scalar values, as Python and Hugging Face count; what is no UTF-8 counts as Python decodes it.
        case characters
    }

    private let vocabulary: Vocabulary
    private let style: LineFormatter.Style
    private let unit: Unit

    /// Creates a formatter.
    public init(_ vocabulary: Vocabulary, style: LineFormatter.Style, unit: Unit) {
        (self.vocabulary, self.style, self.unit) = (vocabulary, style, unit)
    }

    /// Appends the pieces of all lines of `text`.
    public func append(_ text: [UInt8], with encoder: AlignedEncoder, to output: inout [UInt8]) {
        var tokens: [AlignedToken] = []
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            tokens.removeAll(keepingCapacity: true)
            encoder.encode(text, start..<end, into: &tokens)
            appendLine(tokens, text, start..<end, to: &output)
            start = end + 1
        }
    }

    private func appendLine(_ tokens: [AlignedToken], _ text: [UInt8], _ line: Range<Int>, to output: inout [UInt8]) {
        let counts = unit == .characters ? OffsetFormatter.characters(text, line) : []
        func append(place: Int) {
            output.append(UInt8(ascii: ":"))
            let offset = place - line.lowerBound
            OffsetFormatter.append(unit == .bytes ? offset : Int(counts[offset]), to: &output)
        }
        for (index, token) in tokens.enumerated() {
            if index > 0 { output.append(UInt8(ascii: " ")) }
            if style == .ids {
                OffsetFormatter.append(Int(token.id), to: &output)
            } else {
                output += vocabulary.pieceBytes(token.id)
            }
            append(place: token.range.lowerBound)
            append(place: token.range.upperBound)
        }
        output.append(UInt8(ascii: "\n"))
    }

    /// For each place in a line, how many characters begin before it.
    private static func characters(_ text: [UInt8], _ line: Range<Int>) -> [Int32] {
        var counts = [Int32](repeating: 0, count: line.count + 1)
        var (position, count) = (line.lowerBound, Int32(0))
        while position < line.upperBound {
            let next = UTF8Decoding.next(text.span, at: position, end: line.upperBound).next
            for place in position..<next { counts[place - line.lowerBound] = count }
            count += 1
            position = next
        }
        counts[line.count] = count
        return counts
    }

    private static func append(_ number: Int, to output: inout [UInt8]) {
        let start = output.count
        var rest = number
        repeat {
            output.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        output[start...].reverse()
    }
}
