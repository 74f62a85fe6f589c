/// Links of all kinds.
extension WikitextExpander {
    private static let addressEnd = ASCIISet(" \t\n<[]{}\"")

    /// `[[target|text]]`.
    mutating func link(_ node: WikitextNode, _ index: Int) {
        let content = Int(node.contentStart)..<Int(node.contentEnd)
        let target =
            content.lowerBound..<(node.pipeCount > 0 ? Int(matcher.pipes[Int(node.pipes)]) : content.upperBound)
        switch role(of: target) {
        case .file: return drop(.file, "file", size: size(node))
        case .category: return drop(.link, "category", size: size(node))
        case .language: return drop(.link, "language", size: size(node))
        case .media where node.pipeCount == 0: return drop(.file, "media", size: size(node))
        case .media, nil: break
        }
        if isForeign(node, target) { return drop(.link, "language", size: size(node)) }
        guard node.pipeCount > 0 else {
            let start = target.first.map { source[$0] } == UInt8(ascii: ":") ? target.lowerBound + 1 : target.lowerBound
            return render(start..<target.upperBound, from: child(of: index, at: start))
        }
        let text = target.upperBound + 1..<content.upperBound
        if text.allSatisfy({ source[$0].isWhitespace }) { return pipeTrick(target, index) }
        render(text, from: child(of: index, at: text.lowerBound))
    }

    /// The role of a target's prefix. A colon in front makes any target an ordinary link.
    private func role(of target: Range<Int>) -> WikiNamespaces.Role? {
        guard let prefix = prefix(of: target), !prefix.isEmpty else { return nil }
        if let role = namespaces.role(of: source[prefix]) { return role }
        return hasMediaSuffix(target) ? .file : nil
    }

    /// Whether a target with a prefix names a picture or sound: wikis have aliases for their file namespace, such as
    /// `Immagine`, that no dump tells of.
    private func hasMediaSuffix(_ target: Range<Int>) -> Bool {
        let target = trimmed(target)
        guard let dot = source[target.suffix(5)].lastIndex(of: UInt8(ascii: ".")) else { return false }
        let suffix = String(decoding: source[dot + 1..<target.upperBound].map(\.lowercasedASCII), as: UTF8.self)
        return Self.mediaSuffixes.contains(suffix)
    }

    private static let mediaSuffixes: Set<String> = [
        "jpg", "jpeg", "png", "svg", "gif", "tif", "tiff", "webp", "ogg", "oga", "ogv", "webm", "mp3", "wav", "flac",
        "mid",
        "djvu", "pdf", "xcf", "bmp",
    ]

    /// What stands before the first colon.
    private func prefix(of target: Range<Int>) -> Range<Int>? {
        for position in target.prefix(64) {
            if source[position] == UInt8(ascii: ":") { return target.lowerBound..<position }
        }
        return nil
    }

    /// Whether an unknown short prefix, alone on its line, looks like another language's.
    private func isForeign(_ node: WikitextNode, _ target: Range<Int>) -> Bool {
        guard node.pipeCount == 0, let prefix = prefix(of: target), (2...3).contains(prefix.count),
            prefix.allSatisfy({ source[$0] >= 0x61 && source[$0] <= 0x7A })
        else { return false }
        let (before, after) = (Int(node.start) - 1, Int(node.end))
        return (before < 0 || source[before] == 0x0A) && (after >= source.count || source[after].isWhitespace)
    }

    /// `[[Talk:Name (kind)|]]` shows `Name`.
    private mutating func pipeTrick(_ target: Range<Int>, _ index: Int) {
        var (start, end) = (target.lowerBound, target.upperBound)
        if let prefix = prefix(of: target) { start = prefix.upperBound + 1 }
        if end > start, source[end - 1] == UInt8(ascii: ")"),
            let open = source[start..<end].lastIndex(of: UInt8(ascii: "(")), open > start
        {
            end = open
        } else if let comma = source[start..<end].firstIndex(of: UInt8(ascii: ",")), comma > start {
            end = comma
        }
        while end > start, source[end - 1].isBlank { end -= 1 }
        render(start..<end, from: child(of: index, at: start))
    }

    /// `[http://site text]`.
    mutating func externalLink(_ node: WikitextNode, _ index: Int) {
        var place = Int(node.contentStart)
        while place < Int(node.contentEnd), !Self.addressEnd.contains(source[place]) { place += 1 }
        ledger.add(.url, "link", size: place - Int(node.contentStart))
        // An address in braces: the text begins after the first blank that no node holds.
        if place < Int(node.contentEnd), source[place] == UInt8(ascii: "{") {
            let first = child(of: index, at: place)
            if first < Int(node.next), Int(matcher.nodes[first].start) == place {
                place = Int(matcher.nodes[first].end)
            }
        }
        let text = place..<max(place, Int(node.contentEnd))
        guard !text.allSatisfy({ source[$0].isWhitespace }) else {
            out.append(WikitextMark.gap)
            return
        }
        let start = source[place].isBlank ? place + 1 : place
        render(start..<text.upperBound, from: child(of: index, at: start))
    }

    /// `-{text}-`, `-{flags|text}-`, `-{zh-hans:text; zh-hant:text}-`: the first text.
    mutating func variant(_ node: WikitextNode, _ index: Int) {
        var (start, end) = (Int(node.contentStart), Int(node.contentEnd))
        var child = index + 1
        var place = start
        // Only marks outside the nodes in it count.
        while place < end {
            if child < Int(node.next), Int(matcher.nodes[child].start) <= place {
                place = max(place, Int(matcher.nodes[child].end))
                child = Int(matcher.nodes[child].next)
                continue
            }
            switch source[place] {
            case UInt8(ascii: "|"):
                if source[start..<place].contains(where: { "AHT-".utf8.contains($0) }) {
                    out.append(WikitextMark.gap)
                    return
                }
                start = place + 1
            case UInt8(ascii: ";"): end = place
            case UInt8(ascii: ":") where isVariantCode(start..<place): start = place + 1
            default: break
            }
            place += 1
        }
        render(start..<max(start, end), from: self.child(of: index, at: start))
    }

    private func isVariantCode(_ range: Range<Int>) -> Bool {
        guard range.count <= 24 else { return false }
        let letters = source[range].filter { !$0.isWhitespace }
        return (2...8).contains(letters.count) && letters.allSatisfy { $0.isASCIILetter || $0 == UInt8(ascii: "-") }
    }
}
