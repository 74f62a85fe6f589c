/// Finds what belongs together in a page: which braces, brackets, tags and table marks open and close each other.
///
/// One pass with a stack, as in MediaWiki's preprocessor; each byte is looked at a bounded number of times whatever the
/// nesting. Where MediaWiki lets one forgotten bracket spoil the template around it, the nearest sensible partner is
/// taken instead. Files `WikitextMatcher+...` hold the parts.
struct WikitextMatcher {
    /// Something open that waits for its partner.
    struct Open {
        enum Kind: UInt8 { case brace, link, externalLink, table, htmlTable, variant, code }
        var kind: Kind
        var start: Int
        /// The first node kept for it.
        var node: Int
        /// Braces not yet matched.
        var count = 0
        /// Nodes kept for it and not yet used: a run of braces may open several templates.
        var slots = 1
        /// How many separators were open before it.
        var pipes: Int
        var line: Int
        /// Where the content starts.
        var contentStart: Int
    }

    private static let specials = ASCIISet("\n<[]{|}")

    private(set) var source: [UInt8] = []
    var nodes: [WikitextNode] = []
    /// Positions of `|`, grouped by the node they separate.
    var pipes: [Int32] = []

    let tags = WikitextTags.standard
    var stack: [Open] = []
    var openPipes: [Int32] = []
    var openBraces = 0
    var openLinks = 0
    var openTables = 0
    /// The line being read, from 0.
    var line = 0
    /// Where the current line's text begins, after blanks and colons.
    var lineContent = 0
    /// Single brackets open on this line, so that `a[b[0]]` stays as it is.
    var singleBrackets = 0
    /// A line that began with `=`: its node and how much was open then.
    var heading: (node: Int, depth: Int)?
    /// Tags of which no closing one is left.
    var unclosable: [Bool] = []
    var tagName: [UInt8] = []

    /// Reads a page; `nodes` and `pipes` then describe it.
    mutating func match(_ wikitext: [UInt8]) {
        reset(wikitext)
        var position = beginLine(at: 0)
        let bytes = wikitext.span
        let count = bytes.count
        let specials = Self.specials
        while true {
            while position < count, !specials.contains(bytes[position]) { position += 1 }
            guard position < count else { break }
            switch bytes[position] {
            case UInt8(ascii: "\n"): position = endLine(at: position)
            case UInt8(ascii: "<"): position = angle(at: position)
            case UInt8(ascii: "{"): position = openBrace(at: position)
            case UInt8(ascii: "}"): position = closeBrace(at: position)
            case UInt8(ascii: "["): position = openBracket(at: position)
            case UInt8(ascii: "]"): position = closeBracket(at: position)
            default: position = separator(at: position)
            }
        }
        closeHeading(at: count)
        while !stack.isEmpty { cancelTop() }
    }

    private mutating func reset(_ wikitext: [UInt8]) {
        source = wikitext
        nodes.removeAll(keepingCapacity: true)
        pipes.removeAll(keepingCapacity: true)
        stack.removeAll(keepingCapacity: true)
        openPipes.removeAll(keepingCapacity: true)
        (openBraces, openLinks, openTables, line, lineContent, singleBrackets) = (0, 0, 0, 0, 0, 0)
        heading = nil
        unclosable = [Bool](repeating: false, count: tags.count)
    }

    /// The byte at `position`, or 0 beyond the end.
    @inline(__always)
    func byte(_ position: Int) -> UInt8 { position >= 0 && position < source.count ? source[position] : 0 }

    /// Adds a node that holds no others.
    mutating func leaf(
        _ kind: WikitextNode.Kind, detail: Int = 0, _ start: Int, content: Range<Int>? = nil, end: Int
    ) {
        nodes.append(
            WikitextNode(
                kind, detail: UInt8(truncatingIfNeeded: detail), start: start, contentStart: content?.lowerBound ?? end,
                contentEnd: content?.upperBound ?? end, end: end, next: nodes.count + 1))
    }

    /// Adds nodes to be filled in when their partner comes.
    mutating func reserve(_ slots: Int, at start: Int) -> Int {
        let first = nodes.count
        for k in 0..<slots {
            nodes.append(
                WikitextNode(
                    .none, start: start, contentStart: start, contentEnd: start, end: start, next: first + k + 1))
        }
        return first
    }

    mutating func push(_ kind: Open.Kind, at start: Int, contentStart: Int, count: Int = 0, slots: Int = 1) {
        stack.append(
            Open(
                kind: kind, start: start, node: reserve(slots, at: start), count: count, slots: slots,
                pipes: openPipes.count, line: line, contentStart: contentStart))
        tally(kind, 1)
    }

    /// Forgets the innermost open thing: its opening becomes ordinary text, or goes if it is a bare `{{` or `[[`.
    mutating func cancelTop() {
        guard let open = stack.popLast() else { return }
        tally(open.kind, -1)
        // What it separated, the thing around it separates now.
        if stack.last?.kind != .brace, stack.last?.kind != .link { openPipes.removeLast(openPipes.count - open.pipes) }
        let width = open.kind == .brace ? open.count : open.kind == .link ? 2 : 0
        guard width > 1, open.slots > 0 else { return }
        nodes[open.node].kind = .nothing
        nodes[open.node].start = Int32(truncatingIfNeeded: open.start)
        nodes[open.node].end = Int32(truncatingIfNeeded: open.start + width)
    }

    /// Ends the innermost open thing at `end` as `kind`, its content ending at `contentEnd`.
    mutating func closeTop(as kind: WikitextNode.Kind, contentEnd: Int, end: Int) {
        guard let open = stack.popLast() else { return }
        tally(open.kind, -1)
        fill(open.node, kind, start: open.start, contentStart: open.contentStart, contentEnd: contentEnd, end: end)
        takePipes(for: open.node, from: open.pipes)
    }

    mutating func fill(
        _ node: Int, _ kind: WikitextNode.Kind, start: Int, contentStart: Int, contentEnd: Int, end: Int
    ) {
        nodes[node] = WikitextNode(
            kind, start: start, contentStart: contentStart, contentEnd: contentEnd, end: end, next: nodes.count)
    }

    /// Hands the separators from `first` on to a node.
    mutating func takePipes(for node: Int, from first: Int) {
        nodes[node].pipes = Int32(truncatingIfNeeded: pipes.count)
        nodes[node].pipeCount = Int32(truncatingIfNeeded: openPipes.count - first)
        pipes.append(contentsOf: openPipes[first...])
        openPipes.removeLast(openPipes.count - first)
    }

    mutating func tally(_ kind: Open.Kind, _ change: Int) {
        switch kind {
        case .brace: openBraces += change
        case .link: openLinks += change
        case .table: openTables += change
        default: break
        }
    }
}
