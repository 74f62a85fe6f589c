/// A text without the paragraphs that were seen before.
struct ReducedText {
    var text: [UInt8] = []
    /// Whether a paragraph long enough to count is left.
    var hasParagraph = false
    var droppedParagraphs = 0
    var droppedBytes = 0

    /// - Parameters:
    ///   - whole: one paragraph a line.
    ///   - keeps: of each line, in order: whether it stays and whether it is long enough to count.
    init(_ whole: [UInt8], _ keeps: [(stays: Bool, counts: Bool)]) {
        text.reserveCapacity(whole.count)
        var start = 0
        for keep in keeps {
            let end = whole[start...].firstIndex(of: 0x0A) ?? whole.count
            if keep.stays {
                if !text.isEmpty { text.append(0x0A) }
                text += whole[start..<end]
                if keep.counts { hasParagraph = true }
            } else {
                droppedParagraphs += 1
                droppedBytes += end - start
            }
            start = min(end + 1, whole.count)
        }
    }
}
