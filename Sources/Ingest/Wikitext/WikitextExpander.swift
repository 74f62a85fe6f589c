/// The second pass: writes a page's wikitext with templates rendered or dropped, comments and extension tags gone, and
/// the sections nobody wants left out.
///
/// What it drops leaves a mark and an entry in the ledger. Nesting beyond `depthLimit` is dropped; each piece is written
/// at most once for each level around it.
struct WikitextExpander {
    /// More levels than any real page has.
    static let depthLimit = 48

    let options: WikitextOptions
    let rules: TemplateRules
    private let droppedSections: Set<String>

    var preprocessor = WikitextPreprocessor()
    private(set) var source: [UInt8] = []
    /// The title of the page, for `{{PAGENAME}}` and its kin; empty when not known.
    private(set) var title = ""
    var out: [UInt8] = []
    var ledger = LossLedger()
    var depth = 0
    /// Bytes that may still be written, counted once for each level: no nest of templates that ask for their arguments
    /// more than once can grow beyond it.
    private var budget = 0
    /// Expressions so far that could not be read.
    var errors = 0
    /// Where the line of the page that was looked at last ends, and whether it defines a term.
    var latestLine: (end: Int, isTerm: Bool) = (0, false)
    /// Scratch for the name of one template at a time.
    var name: [UInt8] = []
    /// How many prefixes such as `subst:` were taken off it.
    var prefixes = 0
    /// Arguments of the templates being written, innermost last.
    var arguments: [TemplateArgument] = []

    init(options: WikitextOptions, rules: TemplateRules) {
        self.options = options
        self.rules = rules
        droppedSections = Set(options.droppedSections.map { $0.lowercased() })
    }

    /// Expands a page into `out`.
    mutating func expand(_ wikitext: [UInt8], title: String) {
        source = wikitext
        self.title = title
        preprocessor.scan(wikitext.span)
        out.removeAll(keepingCapacity: true)
        out.reserveCapacity(wikitext.count / 2)
        arguments.removeAll(keepingCapacity: true)
        (depth, errors, latestLine) = (0, 0, (0, false))
        budget = 64 * wikitext.count + 4096
        var position = 0
        var node = preprocessor.first
        var index = 0
        while let section = nextDroppedSection(after: position, &node, &index) {
            render(position..<section.lowerBound, from: node)
            out.append(WikitextMark.tableGap)
            out.append(0x0A)
            position = section.upperBound
            node = preprocessor.skip(node, before: position)
        }
        render(position..<wikitext.count, from: node)
    }

    /// Writes `range` of the page, whose first node is `first` or a later one beside it.
    mutating func render(_ range: Range<Int>, from first: Int32) {
        guard depth < Self.depthLimit, budget > 0 else {
            if !range.isEmpty { drop(.depth, "nesting", size: range.count) }
            return
        }
        // Even the shortest piece takes its time.
        budget -= range.count + 32
        depth += 1
        defer { depth -= 1 }
        var position = range.lowerBound
        var index = first
        while index >= 0 {
            let node = preprocessor.nodes[Int(index)]
            let start = Int(node.start)
            guard start < range.upperBound else { break }
            index = node.next
            guard start >= position, Int(node.end) <= range.upperBound else { continue }
            if start > position { copy(position..<start) }
            write(node)
            position = Int(node.end)
        }
        if position < range.upperBound { copy(position..<range.upperBound) }
    }

    @inline(__always)
    private mutating func copy(_ range: Range<Int>) {
        source.withUnsafeBufferPointer { out.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }

    private mutating func write(_ node: WikitextNode) {
        switch node.kind {
        case .nothing: break
        case .literal: literal(node)
        case .dropped:
            let tag = preprocessor.tags.words[Int(node.detail)]
            ledger.add(.tag, tag, 0..<tag.count, size: size(node))
            out.append(WikitextMark.gap)
        case .tag:
            guard preprocessor.tags.roles[Int(node.detail)] == .poem else { break }
            out.append(node.flag ? WikitextMark.poemClose : WikitextMark.poemOpen)
        case .template: template(node)
        case .parameter: parameter(node)
        case .variant: variant(node)
        }
    }

    func size(_ node: WikitextNode) -> Int { Int(node.end - node.start) }

    /// Notes a loss and marks its place.
    mutating func drop(_ kind: LossLedger.Kind, _ name: String, size: Int) {
        ledger.add(kind, name, size: size)
        out.append(WikitextMark.gap)
    }

    // MARK: Text that is no markup

    /// The content of `<nowiki>`, `<pre>` or code in a line.
    private mutating func literal(_ node: WikitextNode) {
        let isPre = preprocessor.tags.roles[Int(node.detail)] == .pre
        literal(source, Int(node.contentStart)..<Int(node.contentEnd), isPre: isPre)
    }

    /// The text of a parser function's argument.
    mutating func literal(_ argument: TemplateArgument?, isPre: Bool) {
        guard let argument else { return }
        let mark = out.count
        _ = writeValue(argument)
        let text = Array(out[mark...])
        out.removeLast(out.count - mark)
        literal(text, 0..<text.count, isPre: isPre)
    }

    private mutating func literal(_ source: [UInt8], _ range: Range<Int>, isPre: Bool) {
        var position = range.lowerBound
        let end = range.upperBound
        if isPre {
            out.append(WikitextMark.paragraph)
            if position < end, source[position] == 0x0A { position += 1 }
        } else {
            // Even an empty <nowiki/> parts what stands around it.
            out.append(WikitextMark.literal)
            out.append(WikitextMark.literal)
        }
        while position < end {
            let byte = source[position]
            if isPre, byte == UInt8(ascii: "<"), let after = nowikiTag(source, position, end) {
                position = after
                continue
            }
            if byte == UInt8(ascii: "&"), let after = HTMLEntities.decode(source.span, position + 1, end)?.end {
                // Entities are characters here too.
                out.append(contentsOf: source[position..<after])
                position = after
                continue
            }
            position += 1
            appendLiteral(byte, newline: isPre ? WikitextMark.paragraph : 0x20)
        }
        if isPre { out.append(WikitextMark.paragraph) }
    }

    private mutating func appendLiteral(_ byte: UInt8, newline: UInt8) {
        if byte == 0x0A { return out.append(newline) }
        if byte == 0x27 { return out.append(WikitextMark.apostrophe) }
        if byte < 0x20 || byte == 0x7F { return byte == 0x09 ? out.append(0x20) : () }
        if byte < 0x80, !byte.isASCIILetter, !byte.isASCIIDigit { out.append(WikitextMark.literal) }
        out.append(byte)
    }

    private func nowikiTag(_ source: [UInt8], _ position: Int, _ end: Int) -> Int? {
        for tag in ["<nowiki>", "</nowiki>"] where source[position..<end].starts(with: tag.utf8) {
            return position + tag.utf8.count
        }
        return nil
    }

    // MARK: Sections

    /// The next section to leave out that is not part of a template.
    private mutating func nextDroppedSection(
        after position: Int, _ node: inout Int32, _ index: inout Int
    ) -> Range<Int>? {
        guard !droppedSections.isEmpty else { return nil }
        let headings = preprocessor.headings
        var cursor = node
        while index < headings.count {
            let heading = headings[index]
            index += 1
            guard heading.start >= position, preprocessor.isOutside(heading, &cursor),
                Self.isNamed(source[heading.title], droppedSections)
            else {
                continue
            }
            while index < headings.count {
                if preprocessor.isOutside(headings[index], &cursor), headings[index].level <= heading.level { break }
                index += 1
            }
            let end = index < headings.count ? headings[index].start : source.count
            ledger.add(
                .section, String(decoding: source[heading.title].prefix(80), as: UTF8.self).trimmingBlanks(),
                size: end - heading.start)
            return heading.start..<end
        }
        return nil
    }

    /// Whether a heading is one of `sections`.
    private static func isNamed(_ title: ArraySlice<UInt8>, _ sections: Set<String>) -> Bool {
        guard title.count < 200 else { return false }
        var words: [UInt8] = []
        for byte in title where !isMarkup(byte) {
            let isBlank = byte.isBlank || byte == UInt8(ascii: "_")
            if isBlank && (words.isEmpty || words.last == 0x20) { continue }
            words.append(isBlank ? 0x20 : byte)
        }
        while let last = words.last, last == 0x20 || last == UInt8(ascii: ":") { words.removeLast() }
        return sections.contains(String(decoding: words, as: UTF8.self).lowercased())
    }

    private static func isMarkup(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x27, UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
        default: false
        }
    }
}
