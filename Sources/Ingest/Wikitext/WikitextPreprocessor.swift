/// The first pass over a page: finds templates, parameters, extension tags and comments, by the rules of MediaWiki's
/// preprocessor.
///
/// One stack of what is open, as there: `{`, `[` and `-{` wait for their own partner and for nothing else, so that an
/// unclosed `[[` keeps the template around it from closing, and both stay text. Each byte is looked at a bounded number
/// of times whatever the nesting. Files `WikitextPreprocessor+...` hold the parts.
struct WikitextPreprocessor {
    /// Something open that waits for its partner.
    struct Open {
        enum Kind: UInt8 { case brace, bracket, variant, heading }
        var kind: Kind
        /// Where the opening characters not used yet begin.
        var start: Int
        /// How many there are.
        var count: Int
        var isLineStart = false
        /// Whether a dash before the braces waits to become `-{`.
        var hasDash = false
        var first = WikitextNode.none
        var last = WikitextNode.none
        /// How many separators were open before it.
        var separators: Int
        /// Whether the next `=` names an argument.
        var awaitsEquals = false
    }

    private static let always = ASCIISet("\n<[{", controls: true)
    private static let inBracket = ASCIISet("\n<[{]", controls: true)
    private static let inBrace = ASCIISet("\n<[{}|", controls: true)
    private static let inArgument = ASCIISet("\n<[{}|=", controls: true)
    private static let inVariant = ASCIISet("\n<[{}", controls: true)

    var nodes: [WikitextNode] = []
    var separators: [WikitextSeparator] = []
    /// The headings of the page in order, those inside templates too.
    var headings: [WikitextHeading] = []
    /// The first node of the page.
    private(set) var first = WikitextNode.none
    private var last = WikitextNode.none

    let tags = WikitextTags.standard
    var stack: [Open] = []
    var openSeparators: [WikitextSeparator] = []
    /// Up to where characters have been used as marks.
    var consumed = 0
    /// Tags of which no closing one is left, and whether any `>` is left.
    var unclosable: [Bool] = []
    var hasMoreTagEnds = true
    var tagName: [UInt8] = []
    private var stops = Self.always

    /// Reads a page; `first`, `nodes`, `separators` and `headings` then describe it.
    mutating func scan(_ bytes: Span<UInt8>) {
        reset()
        var position = beginLine(bytes, at: 0)
        let count = bytes.count
        while true {
            position = stops.first(in: bytes, from: position)
            guard position < count else { break }
            position = handle(bytes, at: position)
        }
        if stack.last?.kind == .heading { closeHeading(bytes, at: count) }
        while let open = stack.popLast() { handOn(open) }
    }

    @inline(__always)
    private mutating func handle(_ bytes: Span<UInt8>, at position: Int) -> Int {
        switch bytes[position] {
        case UInt8(ascii: "\n"):
            if stack.last?.kind == .heading { closeHeading(bytes, at: position) }
            return bytes.at(position + 1) == UInt8(ascii: "=") ? beginLine(bytes, at: position + 1) : position + 1
        case UInt8(ascii: "<"): return angle(bytes, at: position)
        case UInt8(ascii: "{"): return openBrace(bytes, at: position)
        case UInt8(ascii: "["): return openBracket(bytes, at: position)
        case UInt8(ascii: "}"): return closeBrace(bytes, at: position)
        case UInt8(ascii: "]"): return closeBracket(bytes, at: position)
        case UInt8(ascii: "|"):
            openSeparators.append(WikitextSeparator(pipe: Int32(truncatingIfNeeded: position)))
            setAwaitsEquals(true)
            return position + 1
        case UInt8(ascii: "="):
            openSeparators[openSeparators.count - 1].equals = Int32(truncatingIfNeeded: position)
            setAwaitsEquals(false)
            return position + 1
        default:
            leaf(.nothing, position, content: position..<position, end: position + 1)
            return position + 1
        }
    }

    private mutating func reset() {
        nodes.removeAll(keepingCapacity: true)
        separators.removeAll(keepingCapacity: true)
        headings.removeAll(keepingCapacity: true)
        stack.removeAll(keepingCapacity: true)
        openSeparators.removeAll(keepingCapacity: true)
        (first, last, consumed, hasMoreTagEnds) = (WikitextNode.none, WikitextNode.none, 0, true)
        if unclosable.isEmpty {
            unclosable = [Bool](repeating: false, count: tags.count)
        } else {
            for index in unclosable.indices { unclosable[index] = false }
        }
        stops = Self.always
    }

    private mutating func setAwaitsEquals(_ value: Bool) {
        stack[stack.count - 1].awaitsEquals = value
        stops = value ? Self.inArgument : Self.inBrace
    }

    /// Chooses what to stop at by what is open.
    mutating func updateStops() {
        switch stack.last?.kind {
        case nil, .heading: stops = Self.always
        case .bracket: stops = Self.inBracket
        case .variant: stops = Self.inVariant
        case .brace: stops = stack[stack.count - 1].awaitsEquals ? Self.inArgument : Self.inBrace
        }
    }

    mutating func push(_ open: Open) {
        stack.append(open)
        updateStops()
    }

    /// Adds a node that holds no others.
    mutating func leaf(
        _ kind: WikitextNode.Kind, detail: Int = 0, flag: Bool = false, _ start: Int, content: Range<Int>, end: Int
    ) {
        nodes.append(WikitextNode(kind, detail: detail, start: start, content: content, end: end))
        nodes[nodes.count - 1].flag = flag
        attach(Int32(truncatingIfNeeded: nodes.count - 1))
    }

    /// Puts the newest node into what is open.
    mutating func attach(_ node: Int32) { attach(node, node) }

    /// Puts a chain of nodes into what is open.
    private mutating func attach(_ head: Int32, _ tail: Int32) {
        guard let top = stack.indices.last else {
            if last >= 0 { nodes[Int(last)].next = head } else { first = head }
            last = tail
            return
        }
        if stack[top].last >= 0 { nodes[Int(stack[top].last)].next = head } else { stack[top].first = head }
        stack[top].last = tail
    }

    /// Gives the nodes of something that turned out to be text to what is around it.
    mutating func handOn(_ open: Open) {
        if open.first >= 0 { attach(open.first, open.last) }
    }

    // MARK: Headings

    /// Notes a line that begins with `=`, which may be a heading; gives where to go on.
    mutating func beginLine(_ bytes: Span<UInt8>, at position: Int) -> Int {
        var end = position
        while end < position + 6, bytes.at(end) == UInt8(ascii: "=") { end += 1 }
        let count = end - position
        // A single one in an argument names it.
        if count == 0 || (count == 1 && stack.last?.kind == .brace && stack[stack.count - 1].awaitsEquals) {
            return position
        }
        push(Open(kind: .heading, start: position, count: count, separators: openSeparators.count))
        return end
    }

    /// Ends the line of a heading at `position`.
    mutating func closeHeading(_ bytes: Span<UInt8>, at position: Int) {
        guard let open = stack.popLast() else { return }
        handOn(open)
        updateStops()
        var end = position
        var node = nodes.count - 1
        while end > open.start {
            if bytes[end - 1].isBlank || bytes[end - 1] == 0x0D {
                end -= 1
            } else if node >= 0, nodes[node].kind == .nothing, Int(nodes[node].end) == end {
                end = Int(nodes[node].start)
                node -= 1
            } else {
                break
            }
        }
        guard let level = Self.headingLevel(bytes, open.start..<end) else { return }
        headings.append(
            WikitextHeading(
                level: level, start: open.start, title: open.start + level..<max(end - level, open.start + level)))
    }

    /// The level of a line from its first `=` to its last character, if it is a heading.
    static func headingLevel(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Int? {
        var opening = line.lowerBound
        while opening < line.upperBound, bytes[opening] == UInt8(ascii: "=") { opening += 1 }
        if opening == line.upperBound { return line.count < 3 ? nil : min(6, (line.count - 1) / 2) }
        var closing = line.upperBound
        while closing > line.lowerBound, bytes[closing - 1] == UInt8(ascii: "="),
            bytes.at(closing - 2) != WikitextMark.literal
        {
            closing -= 1
        }
        let level = min(opening - line.lowerBound, line.upperBound - closing, 6)
        return level > 0 ? level : nil
    }

    /// The first node from `first` on that ends after `position`.
    func skip(_ first: Int32, before position: Int) -> Int32 {
        var index = first
        while index >= 0, Int(nodes[Int(index)].end) <= position {
            index = nodes[Int(index)].next
        }
        return index
    }

    /// Whether a heading is part of no node, of which none before `cursor` matters.
    func isOutside(_ heading: WikitextHeading, _ cursor: inout Int32) -> Bool {
        cursor = skip(cursor, before: heading.start)
        return cursor < 0 || Int(nodes[Int(cursor)].start) >= heading.start
    }
}
