import Foundation
import Tokenize

/// Splits blocks of text into lines of sentences.
struct SentenceWriter: Sendable {
    let splitter: SentenceSplitter
    /// Whether two columns tell where a sentence begins and ends.
    let offsets: Bool
    /// Whether a paragraph goes on over line breaks, until a blank line.
    let endsAtBlankLines: Bool

    /// One sentence a line, a blank line after each paragraph that has any.
    func split(_ block: InputBlocks.Block) -> [UInt8] {
        let text = block.bytes
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 8 + 64)
        var cutter = splitter.makeCutter()
        var sentences: [Range<Int>] = []
        var counter = CharacterCounter(first: block.firstCharacter)
        var start = 0
        while start < text.count {
            let end = paragraphEnd(text, start)
            sentences.removeAll(keepingCapacity: true)
            cutter.cut(text, start..<end, into: &sentences)
            for sentence in sentences {
                if offsets { Self.append(counter.count(text, to: sentence.lowerBound), 9, to: &output) }
                if offsets { Self.append(counter.count(text, to: sentence.upperBound), 9, to: &output) }
                append(text, sentence, to: &output)
            }
            if !sentences.isEmpty { output.append(10) }
            start = end + 1
        }
        return output
    }

    private func append(_ text: [UInt8], _ sentence: Range<Int>, to output: inout [UInt8]) {
        var start = sentence.lowerBound
        if endsAtBlankLines {
            // A line break of hard-wrapped text is a blank.
            while case let end = SentenceCutter.lineEnd(text, start), end < sentence.upperBound {
                let isReturn = end > start && text[end - 1] == 13
                output.append(contentsOf: text[start..<(isReturn ? end - 1 : end)])
                output.append(32)
                start = end + 1
            }
        }
        output.append(contentsOf: text[start..<sentence.upperBound])
        output.append(10)
    }

    /// Where the paragraph at `start` ends: before its line break.
    private func paragraphEnd(_ text: [UInt8], _ start: Int) -> Int {
        var end = SentenceCutter.lineEnd(text, start)
        guard endsAtBlankLines else { return end }
        while end < text.count {
            let next = SentenceCutter.lineEnd(text, end + 1)
            if text[end..<next].allSatisfy({ $0 <= 32 }) { return end }
            end = next
        }
        return end
    }

    private static func append(_ number: Int, _ separator: UInt8, to output: inout [UInt8]) {
        ByteScan.append(number, to: &output)
        output.append(separator)
    }
}

/// Counts characters (Unicode scalars) up to places that only go forward.
struct CharacterCounter {
    private var characters: Int
    private var position = 0

    init(first: Int = 0) { characters = first }

    mutating func count(_ text: [UInt8], to place: Int) -> Int {
        characters += InputBlocks.characters(text[position..<place])
        position = place
        return characters
    }
}
