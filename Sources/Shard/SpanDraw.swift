internal import Streaming

/// Draws spans of whole words whose lengths, in words, are geometric with p = 0.2, those above 10 drawn again.
///
/// The mean is 3.8 words (SpanBERT, §3.1).
struct SpanDraw {
    private static let probability = 0.2
    private static let longest = 10
    /// Draws without a new span, one after the other, after which fewer pieces than wanted are enough.
    private static let failures = 32

    let words: [Range<Int>]
    /// Pieces to choose at most.
    let wanted: Int

    /// Ranges of positions, ascending, none touched twice and none over a [SEP].
    func spans(_ draws: inout Philox) -> [Range<Int>] {
        guard let first = words.first else { return [] }
        var taken = [Bool](repeating: false, count: words.count)
        var spans: [Range<Int>] = []
        var (chosen, failures) = (0, 0)
        while chosen < wanted, failures < SpanDraw.failures {
            if let span = span(from: draws.below(words.count), length(&draws), wanted - chosen, &taken) {
                spans.append(span)
                chosen += span.count
                failures = 0
            } else {
                failures += 1
            }
        }
        if spans.isEmpty { spans.append(first.lowerBound..<min(first.upperBound, first.lowerBound + wanted)) }
        return spans.sorted { $0.lowerBound < $1.lowerBound }
    }

    private func length(_ draws: inout Philox) -> Int {
        while true {
            var length = 1
            while length <= SpanDraw.longest, draws.unit() >= SpanDraw.probability { length += 1 }
            if length <= SpanDraw.longest { return length }
        }
    }

    /// As many of `length` words from `start` as have room; nil when the first is taken or has none.
    private func span(from start: Int, _ length: Int, _ room: Int, _ taken: inout [Bool]) -> Range<Int>? {
        let begin = words[start].lowerBound
        var (end, index) = (begin, start)
        while index < min(words.count, start + length), !taken[index], words[index].lowerBound == end,
            words[index].upperBound - begin <= room
        {
            end = words[index].upperBound
            taken[index] = true
            index += 1
        }
        return end > begin ? begin..<end : nil
    }
}
