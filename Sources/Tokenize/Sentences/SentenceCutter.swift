internal import Foundation

/// Cuts paragraphs into sentences and keeps what it needs for that: for one thread at a time, over many paragraphs.
public struct SentenceCutter {
    private var scanner: SentenceScanner
    private var scan = SentenceMarkScan()

    init(rules: SentenceRules) { scanner = SentenceScanner(rules: rules) }

    /// Appends the sentences of one paragraph, in order, without white space around them; none is empty.
    ///
    /// Linear in the paragraph; allocates nothing but the room in `sentences`.
    /// - Parameter range: the paragraph's bytes, UTF-8; a line break is taken as white space.
    public mutating func cut(_ text: [UInt8], _ range: Range<Int>, into sentences: inout [Range<Int>]) {
        scanner.take(text, range)
        // The text is not held beyond the call.
        defer { scanner.take([], 0..<0) }
        scan.reset()
        var start = open(scanner.skipSpace(range.lowerBound), into: &sentences)
        var position = start
        while true {
            position = scan.next(text, from: position, before: range.upperBound)
            guard position < range.upperBound else { break }
            let verdict: SentenceVerdict
            let after: Int
            if let candidate = scanner.candidate(at: position) {
                guard candidate.next < range.upperBound else { break }
                verdict = scanner.verdict(candidate, sentenceStart: start)
                after = candidate.marksEnd
            } else {
                verdict = scanner.unmarkedVerdict(position, sentenceStart: start)
                after = position + 1
            }
            position = after
            if case .ends(let end, let next) = verdict {
                if start < end { sentences.append(start..<end) }
                start = open(next, into: &sentences)
                // What lies between, such as the colon of a time, is looked at again from the new beginning.
                position = start
            }
        }
        let last = scanner.trimmedEnd(start, range.upperBound)
        if start < last { sentences.append(start..<last) }
    }

    /// Appends the sentences of a text, each line of which is a paragraph.
    public mutating func cutLines(_ text: [UInt8], into sentences: inout [Range<Int>]) {
        var start = 0
        while start < text.count {
            let end = Self.lineEnd(text, start)
            cut(text, start..<end, into: &sentences)
            start = end + 1
        }
    }

    /// Where the line that begins at `start` ends: before its line break, or with the text.
    public static func lineEnd(_ text: [UInt8], _ start: Int) -> Int {
        text.withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, 10, bytes.count - start)
            else { return bytes.count }
            return base.distance(to: UnsafeRawPointer(found))
        }
    }

    /// Takes what stands before a sentence and is none of it; where the sentence begins.
    private func open(_ start: Int, into sentences: inout [Range<Int>]) -> Int {
        var start = start
        while case .ends(let end, let next) = scanner.openingVerdict(start) {
            sentences.append(start..<end)
            start = next
        }
        return start
    }
}
