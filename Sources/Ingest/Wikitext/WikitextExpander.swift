/// Writes a page's text with links, tags, templates and entities resolved, but still in lines of wikitext, for the
/// layout. What it drops leaves a mark and an entry in the ledger.
///
/// Nesting beyond `depthLimit` is dropped; each piece is written at most once for each level around it.
struct WikitextExpander {
    /// More levels than any real page has.
    static let depthLimit = 48

    let options: WikitextOptions
    let namespaces: WikiNamespaces
    let rules = TemplateRules.standard
    private let droppedSections: Set<String>

    var matcher = WikitextMatcher()
    var out: [UInt8] = []
    var ledger = LossLedger()
    var depth = 0
    /// Bytes that may still be written, counted once for each level: no nest of templates that ask for their arguments
    /// more than once can grow beyond it.
    private var budget = 0
    /// Scratch for the name of one template at a time.
    var name: [UInt8] = []
    /// Arguments of the templates being written, innermost last.
    var arguments: [TemplateArgument] = []

    init(options: WikitextOptions, namespaces: WikiNamespaces) {
        self.options = options
        self.namespaces = namespaces
        droppedSections = Set(options.droppedSections.map { $0.lowercased() })
    }

    var source: [UInt8] { matcher.source }

    /// Expands a page into `out`.
    mutating func expand(_ wikitext: [UInt8]) {
        matcher.match(wikitext)
        out.removeAll(keepingCapacity: true)
        arguments.removeAll(keepingCapacity: true)
        depth = 0
        budget = 64 * wikitext.count + 4096
        render(0..<wikitext.count, from: 0)
    }

    /// Writes `range` of the page, whose first node is `first` or a later one.
    mutating func render(_ range: Range<Int>, from first: Int) {
        guard depth < Self.depthLimit, budget > 0 else {
            if !range.isEmpty { drop(.depth, "nesting", size: range.count) }
            return
        }
        budget -= range.count
        depth += 1
        defer { depth -= 1 }
        var position = range.lowerBound
        var index = first
        while index < matcher.nodes.count {
            let node = matcher.nodes[index]
            guard Int(node.start) < range.upperBound else { break }
            // A heading may reach over the end of an argument; then only what is in it counts.
            if node.kind == .none || Int(node.start) < position || Int(node.end) > range.upperBound {
                index = Int(node.start) < position ? Int(node.next) : index + 1
                continue
            }
            if Int(node.start) > position { text(position..<Int(node.start)) }
            if node.kind == .heading {
                (position, index) = section(node, index, in: range)
            } else {
                write(node, index)
                position = Int(node.end)
                index = Int(node.next)
            }
        }
        if position < range.upperBound { text(position..<range.upperBound) }
    }

    private mutating func write(_ node: WikitextNode, _ index: Int) {
        switch node.kind {
        case .none, .nothing, .heading: break
        case .literal: literal(Int(node.contentStart)..<Int(node.contentEnd))
        case .dropped:
            let tag = matcher.tags.words[Int(node.detail)]
            ledger.add(.tag, tag, 0..<tag.count, size: size(node))
            out.append(WikitextMark.gap)
        case .tag: tag(node)
        case .template: template(node, index)
        case .parameter: parameter(node, index)
        case .link: link(node, index)
        case .externalLink: externalLink(node, index)
        case .variant: variant(node, index)
        case .table: table(node, index)
        }
    }

    /// A tag whose content stays.
    private mutating func tag(_ node: WikitextNode) {
        let isClosing = node.contentStart > node.start
        switch matcher.tags.roles[Int(node.detail)] {
        case .block: out.append(WikitextMark.paragraph)
        case .lineBreak: out.append(WikitextMark.lineBreak)
        case .poem: out.append(isClosing ? WikitextMark.poemClose : WikitextMark.poemOpen)
        case .row: out.append(WikitextMark.row)
        case .cell: out.append(WikitextMark.cell)
        case .literal: out.append(WikitextMark.literal)
        case .strip, .drop, .table, .code: break
        }
    }

    private mutating func table(_ node: WikitextNode, _ index: Int) {
        guard options.tables == .text else { return drop(.table, "table", size: size(node)) }
        var start = Int(node.contentStart)
        if source[Int(node.start)] == UInt8(ascii: "{") {
            // The first line holds attributes.
            while start < Int(node.contentEnd), source[start] != 0x0A { start += 1 }
        }
        out.append(contentsOf: [0x0A, WikitextMark.tableOpen, 0x0A])
        render(start..<Int(node.contentEnd), from: child(of: index, at: start))
        out.append(contentsOf: [0x0A, WikitextMark.tableClose, 0x0A])
    }

    /// A heading; gives where to go on, which is after the section when that is to go.
    private mutating func section(_ node: WikitextNode, _ index: Int, in range: Range<Int>) -> (Int, Int) {
        let mark = out.count
        let level = node.detail
        out.append(contentsOf: [0x0A, WikitextMark.heading, UInt8(ascii: "0") + level])
        render(Int(node.contentStart)..<Int(node.contentEnd), from: index + 1)
        for place in mark + 1..<out.count where out[place] == 0x0A { out[place] = 0x20 }
        guard depth == 1, isDropped(out[(mark + 3)...]) else {
            out.append(0x0A)
            return (Int(node.end), Int(node.next))
        }
        out.removeLast(out.count - mark)
        var next = Int(node.next)
        var end = range.upperBound
        while next < matcher.nodes.count {
            let other = matcher.nodes[next]
            if other.kind == .heading, other.detail <= level {
                end = Int(other.start)
                break
            }
            next = Int(other.next)
        }
        ledger.add(
            .section, String(decoding: plain(Int(node.contentStart), Int(node.contentEnd)), as: UTF8.self),
            size: end - Int(node.start))
        return (end, next)
    }

    private func plain(_ start: Int, _ end: Int) -> ArraySlice<UInt8> {
        var range = start..<end
        while let first = range.first, source[first].isWhitespace { range = first + 1..<range.upperBound }
        while let last = range.last, source[last].isWhitespace { range = range.lowerBound..<last }
        return source[range].prefix(80)
    }

    private func isDropped(_ title: ArraySlice<UInt8>) -> Bool {
        guard !droppedSections.isEmpty, title.count < 200 else { return false }
        var words: [UInt8] = []
        for byte in title where byte > 0x20 || byte.isBlank {
            if byte.isBlank && (words.isEmpty || words.last == 0x20) { continue }
            words.append(byte.isBlank ? 0x20 : byte)
        }
        while let last = words.last, last == 0x20 || last == UInt8(ascii: ":") || last == UInt8(ascii: "'") {
            words.removeLast()
        }
        let first = words.firstIndex { $0 != UInt8(ascii: "'") } ?? 0
        return droppedSections.contains(String(decoding: words[first...], as: UTF8.self).lowercased())
    }

    /// The first node in the node `index` that starts at `position` or later.
    func child(of index: Int, at position: Int) -> Int {
        let end = Int(matcher.nodes[index].next)
        var child = index + 1
        while child < end, Int(matcher.nodes[child].start) < position { child = Int(matcher.nodes[child].next) }
        return child
    }

    func size(_ node: WikitextNode) -> Int { Int(node.end - node.start) }

    /// Notes a loss and marks its place.
    mutating func drop(_ kind: LossLedger.Kind, _ name: String, size: Int) {
        ledger.add(kind, name, size: size)
        out.append(WikitextMark.gap)
    }
}
