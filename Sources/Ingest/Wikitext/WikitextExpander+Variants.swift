/// Language variants and template parameters.
extension WikitextExpander {
    /// `{{{name|default}}}`: the default; without one it is text, as on any page that is no template.
    mutating func parameter(_ node: WikitextNode) {
        let first = Int(node.separators)
        guard node.separatorCount > 0 else {
            for _ in 0..<3 { out.append(contentsOf: [WikitextMark.literal, UInt8(ascii: "{")]) }
            render(Int(node.contentStart)..<Int(node.contentEnd), from: node.first)
            for _ in 0..<3 { out.append(contentsOf: [WikitextMark.literal, UInt8(ascii: "}")]) }
            return
        }
        let start = Int(preprocessor.separators[first].pipe) + 1
        let end = node.separatorCount > 1 ? Int(preprocessor.separators[first + 1].pipe) : Int(node.contentEnd)
        render(start..<end, from: preprocessor.skip(node.first, before: start))
    }

    /// Codes of variants in the order in which a reader without a preference gets them.
    private static let preferred = [
        "zh-hans", "zh-cn", "zh", "zh-hant", "zh-tw", "zh-sg", "zh-my", "zh-hk", "zh-mo", "sr-ec", "sr-cyrl", "sr",
    ]

    /// `-{text}-`, `-{flags|text}-`, `-{zh-hans:text; zh-hant:text}-`.
    mutating func variant(_ node: WikitextNode) {
        var (start, end) = (Int(node.contentStart), Int(node.contentEnd))
        if let bar = mark(UInt8(ascii: "|"), in: start..<end, node), areFlags(start..<bar) {
            let flags = source[start..<bar].filter { !$0.isWhitespace }
            // A adds a rule and shows its text; T, H and - show nothing.
            if flags.contains(where: { "HT-".utf8.contains($0) }), flags.count <= 3 { return }
            start = bar + 1
        }
        var choices: [(code: String, range: Range<Int>)] = []
        var from = start
        while from < end {
            let stop = mark(UInt8(ascii: ";"), in: from..<end, node, beforeCode: true) ?? end
            if let colon = mark(UInt8(ascii: ":"), in: from..<stop, node), let code = variantCode(from..<colon) {
                choices.append((code, colon + 1..<stop))
            } else if !choices.isEmpty || stop < end {
                if stop == end, source[from..<end].allSatisfy(\.isWhitespace) { break }
                choices.removeAll()
                break
            } else {
                break
            }
            from = stop + 1
        }
        let best =
            Self.preferred.lazy.compactMap { code in choices.first { $0.code == code } }.first ?? choices.first
        if let best { (start, end) = (best.range.lowerBound, best.range.upperBound) }
        render(start..<max(start, end), from: preprocessor.skip(node.first, before: start))
    }

    private func areFlags(_ range: Range<Int>) -> Bool {
        range.count <= 40
            && source[range].allSatisfy { $0.isWhitespace || $0.isASCIILetter || $0 == 0x3B || $0 == 0x2D }
    }

    /// The first `byte` in a range that no node holds; for `;`, one that a code or the end follows.
    private func mark(
        _ byte: UInt8, in range: Range<Int>, _ node: WikitextNode, beforeCode: Bool = false
    ) -> Int? {
        var child = preprocessor.skip(node.first, before: range.lowerBound)
        var position = range.lowerBound
        while position < range.upperBound {
            if child >= 0, Int(preprocessor.nodes[Int(child)].start) <= position {
                position = max(position, Int(preprocessor.nodes[Int(child)].end))
                child = preprocessor.nodes[Int(child)].next
                continue
            }
            if source[position] == byte, !beforeCode || isCodeNext(position + 1, range.upperBound) { return position }
            position += 1
        }
        return nil
    }

    private func isCodeNext(_ start: Int, _ end: Int) -> Bool {
        var stop = start
        while stop < end, stop < start + 24, source[stop] != UInt8(ascii: ":") {
            if source[stop] == UInt8(ascii: "=") { return true }
            stop += 1
        }
        if stop >= end { return source[start..<end].allSatisfy(\.isWhitespace) }
        return variantCode(start..<stop) != nil
    }

    private func variantCode(_ range: Range<Int>) -> String? {
        guard range.count <= 40 else { return nil }
        var letters = source[range].filter { !$0.isWhitespace }
        // `H => zh-cn` in one direction.
        if let arrow = letters.lastIndex(of: UInt8(ascii: ">")) { letters.removeSubrange(...arrow) }
        guard (2...11).contains(letters.count), letters.allSatisfy({ $0.isASCIILetter || $0 == UInt8(ascii: "-") })
        else {
            return nil
        }
        let code = String(decoding: letters, as: UTF8.self).lowercased()
        return Self.languages.contains(code.prefix { $0 != "-" }) ? code : nil
    }

    /// Languages that are written in several ways.
    private static let languages: Set<Substring> = [
        "zh", "sr", "sh", "gan", "wuu", "kk", "ku", "iu", "ike", "shi", "tg", "uz", "crh", "tly", "ban", "mni", "zgh",
        "hsn", "yue", "en",
    ]
}
