internal import Storage

/// The paragraphs of an article as they are written: headings wait for text, floats for the end of a paragraph.
struct ArticleText {
    private(set) var bytes: [UInt8] = []
    private(set) var loss: [Loss: LossCount] = [:]
    private var flow = FlowText()
    private var marks: [CitationMarks.Mark] = []
    /// Paragraphs that floats interrupt.
    private var interrupted: [(flow: FlowText, marks: [CitationMarks.Mark])] = []
    /// What floats wrote while a paragraph is interrupted.
    private var floating: [UInt8] = []
    private var headings: [(depth: Int, text: [UInt8])] = []
    /// The label of a figure or a theorem, which begins the next paragraph.
    private var label: [UInt8] = []

    /// Where the paragraph at hand ends so far, a space that is due included.
    mutating func place() -> Int {
        flow.settle()
        return flow.bytes.count
    }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) { flow.append(text) }
    mutating func append(_ text: String) { flow.append(text) }
    mutating func space() { flow.space() }

    mutating func mark(from start: Int, isAbove: Bool) {
        guard flow.bytes.count > start else { return }
        marks.append(CitationMarks.Mark(range: start..<flow.bytes.count, isAbove: isAbove))
    }

    /// Ends the paragraph at hand, if there is one.
    mutating func endParagraph() {
        let text = takeParagraph()
        guard !text.isEmpty else { return }
        guard interrupted.isEmpty else {
            ArticleText.write(text, to: &floating)
            return
        }
        for heading in headings { ArticleText.write(heading.text, to: &bytes) }
        headings = []
        ArticleText.write(text, to: &bytes)
        flushFloats()
    }

    private mutating func flushFloats() {
        guard !floating.isEmpty, interrupted.isEmpty else { return }
        for heading in headings { ArticleText.write(heading.text, to: &bytes) }
        headings = []
        ArticleText.write(floating, to: &bytes)
        floating = []
    }

    private mutating func takeParagraph() -> [UInt8] {
        let (text, count, size) = CitationMarks.removed(from: flow.take(), marks)
        marks.removeAll(keepingCapacity: true)
        if count > 0 { lose("xref", LossCount(count: count, bytes: size)) }
        var end = text.count
        while end > 0, text[end - 1] == 0x20 { end -= 1 }
        let paragraph = end == text.count ? text : Array(text[..<end])
        guard !label.isEmpty, !paragraph.isEmpty else { return paragraph }
        defer { label = [] }
        return label + paragraph
    }

    /// Makes the paragraph at hand the beginning of the next one: `Figure 1. `.
    mutating func endLabel() {
        label = []
        let text = takeParagraph()
        let isClosed = text.last.map { [UInt8](".:)".utf8).contains($0) } ?? true
        label = text.isEmpty ? [] : text + Array((isClosed ? " " : ". ").utf8)
    }

    private static func write(_ paragraph: [UInt8], to output: inout [UInt8]) {
        if !output.isEmpty { output.append(0x0A) }
        output += paragraph
    }

    /// Makes the paragraph at hand a heading, which is written before the next paragraph of its section.
    mutating func endHeading(depth: Int, isKept: Bool) {
        let text = takeParagraph()
        guard !text.isEmpty else { return }
        if isKept {
            headings.append((depth, text))
        } else {
            lose("title", LossCount(count: 1, bytes: text.count))
        }
    }

    /// A section ends: headings in it that no text followed go.
    mutating func endSection(depth: Int) {
        endParagraph()
        while let last = headings.last, last.depth >= depth {
            lose("title", LossCount(count: 1, bytes: last.text.count))
            headings.removeLast()
        }
    }

    mutating func beginFloat() {
        interrupted.append((flow, marks))
        (flow, marks) = (FlowText(), [])
    }

    mutating func endFloat() {
        guard !interrupted.isEmpty else { return }
        endParagraph()
        label = []
        (flow, marks) = interrupted.removeLast()
        if flow.isEmpty { flushFloats() }
    }

    mutating func lose(_ name: String, _ count: LossCount, kind: String = "tag") {
        loss[Loss(kind: kind, name: name), default: LossCount()] += count
    }
}
