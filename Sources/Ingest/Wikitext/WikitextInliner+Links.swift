/// Links between pages.
extension WikitextInliner {
    /// A link's parts, as they stand in the text.
    private struct Link {
        var target: Range<Int>
        /// Empty when there is no bar.
        var label: Range<Int>
        var hasLabel: Bool
        var end: Int
    }

    /// `[[target|label]]` at `position`; nil when it is text.
    mutating func link(_ bytes: Span<UInt8>, at position: Int, _ ledger: inout LossLedger) -> Int? {
        let start = position + 2
        var title = LinkTitle()
        let targetEnd = title.scan(bytes, from: start)
        let isBar = bytes.at(targetEnd) == UInt8(ascii: "|")
        guard isBar || (bytes.at(targetEnd) == UInt8(ascii: "]") && bytes.at(targetEnd + 1) == UInt8(ascii: "]")) else {
            return nil
        }
        guard let role = title.role(bytes, start..<targetEnd, namespaces, &scratch) else { return nil }
        var link = Link(target: start..<targetEnd, label: targetEnd..<targetEnd, hasLabel: isBar, end: targetEnd + 2)
        if isBar {
            guard let close = labelEnd(bytes, from: targetEnd + 1) else {
                // A picture's caption may hold links.
                guard role == .file, let end = pictureEnd(bytes, from: targetEnd + 1) else { return nil }
                return drop(.file, "file", position, end, &ledger)
            }
            link.label = targetEnd + 1..<close
            link.end = close + 2
        }
        links += 1
        switch role {
        case .file: return drop(.file, "file", position, link.end, &ledger)
        case .category, .language:
            ledger.add(.link, role == .category ? "category" : "language", size: link.end - position)
            stripLineEnd()
            return link.end
        case .media, .page: break
        }
        write(bytes, link, title)
        return link.end
    }

    /// Where a label ends: at `]]` before the next `[[`.
    private func labelEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        while place + 1 < bytes.count {
            let byte = bytes[place]
            if byte == WikitextMark.literal {
                place += 2
                continue
            }
            if byte == UInt8(ascii: "]"), bytes[place + 1] == byte {
                // `[[a|[http://x b]]]`: the first bracket belongs to the text.
                return bytes.at(place + 2) == byte && hasBracket(bytes, start..<place) ? place + 1 : place
            }
            if byte == UInt8(ascii: "["), bytes[place + 1] == byte { return nil }
            place += 1
        }
        return nil
    }

    private func hasBracket(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes.first(UInt8(ascii: "["), from: range.lowerBound, to: range.upperBound) != nil
    }

    /// Where a picture ends whose text holds links: between two `[[` may stand one `]]`, and at two the picture ends.
    private func pictureEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        var closings = 2
        var opensSingle = false
        while place + 1 < bytes.count {
            let byte = bytes[place]
            if byte == WikitextMark.literal {
                place += 2
            } else if byte == UInt8(ascii: "["), bytes[place + 1] == byte {
                // A part without any closing: the picture has no end.
                guard closings > 0 else { return nil }
                closings = 0
                place += 2
            } else if byte == UInt8(ascii: "]"), bytes[place + 1] == byte {
                closings += 1
                place += 2
                // A third bracket belongs to an address in the text.
                if closings == 2 { return bytes.at(place) == byte && opensSingle ? place + 1 : place }
            } else {
                if byte == UInt8(ascii: "[") { opensSingle = true }
                if byte == UInt8(ascii: "]") { opensSingle = false }
                place += 1
            }
        }
        return nil
    }

    private mutating func drop(
        _ kind: LossLedger.Kind, _ name: String, _ start: Int, _ end: Int, _ ledger: inout LossLedger
    ) -> Int {
        ledger.add(kind, name, size: end - start)
        out.append(WikitextMark.gap)
        return end
    }

    /// A category or language link takes the line break before it along.
    private mutating func stripLineEnd() {
        var place = out.count
        var lineEnd: Int?
        while place > 0, out[place - 1].isWhitespace {
            // No line break is left in what was searched before.
            if place == strippedBlanks.upperBound, !strippedBlanks.isEmpty {
                place = strippedBlanks.lowerBound
                continue
            }
            place -= 1
            if out[place] == 0x0A { lineEnd = place }
        }
        if let lineEnd { out.removeLast(out.count - lineEnd) }
        strippedBlanks = min(place, out.count)..<out.count
    }

    // MARK: What a link shows

    private mutating func write(_ bytes: Span<UInt8>, _ link: Link, _ title: LinkTitle) {
        if out.isEmpty || out.last == 0x0A {
            // A link never begins a list or a heading.
            out.append(WikitextMark.literal)
            out.append(WikitextMark.literal)
        }
        if link.hasLabel, !link.label.isEmpty { return label(bytes, link.label) }
        var range = link.target
        if title.isEncoded {
            return scratch.withUnsafeBufferPointer { decoded in target(decoded.span, 0..<decoded.count) }
        }
        if link.hasLabel { range = pipeTrick(bytes, range) }
        target(bytes, range)
    }

    /// A link without a label shows its target as it stands.
    private mutating func target(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var place = range.lowerBound
        while place < range.upperBound, bytes[place] == 0x20 { place += 1 }
        if place < range.upperBound, bytes[place] == UInt8(ascii: ":") { place += 1 }
        while place < range.upperBound {
            plain(bytes[place])
            place += 1
        }
    }

    /// A byte of a link's text that is no markup.
    @inline(__always)
    private mutating func plain(_ byte: UInt8) {
        switch byte {
        case 0x27: out.append(WikitextMark.apostrophe)
        case 0x0A: out.append(0x20)
        case UInt8(ascii: ":") where terms > 0:
            out.append(WikitextMark.literal)
            out.append(byte)
        default: out.append(byte)
        }
    }

    /// A label: tags go, apostrophes pair up within it, all else is text.
    private mutating func label(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var place = range.lowerBound
        let end = range.upperBound
        var quotes: WikitextQuotes?
        while place < end {
            let byte = bytes[place]
            switch byte {
            case 0x27 where place + 1 < end && bytes[place + 1] == 0x27:
                if quotes == nil || place >= quotes!.range.upperBound {
                    quotes = WikitextQuotes(bytes, WikitextQuotes.line(bytes, place, range))
                }
                let (kept, stop) = quotes!.run(bytes, at: place)
                for _ in 0..<kept { out.append(WikitextMark.apostrophe) }
                place = stop
            case UInt8(ascii: "<"): place = labelTag(bytes, at: place, end)
            case UInt8(ascii: "_") where place + 1 < end && bytes[place + 1] == byte:
                place = behaviourSwitch(bytes, at: place)
            case WikitextMark.literal:
                copy(bytes, place, min(place + 2, end))
                place += 2
            default:
                plain(byte)
                place += 1
            }
        }
    }

    /// `[[Talk:Name (kind)|]]` shows `Name`, as when the page is saved.
    private func pipeTrick(_ bytes: Span<UInt8>, _ target: Range<Int>) -> Range<Int> {
        var (start, end) = (target.lowerBound, target.upperBound)
        while start < end, bytes[start] == UInt8(ascii: ":") { start += 1 }
        if let colon = bytes.first(UInt8(ascii: ":"), from: start, to: end) { start = colon + 1 }
        var open: Int?
        var place = start
        while place < end {
            if bytes[place] == UInt8(ascii: "(") { open = place }
            place += 1
        }
        if end > start, bytes[end - 1] == UInt8(ascii: ")"), let open, open > start {
            end = open
        } else if let comma = bytes.first(UInt8(ascii: ","), from: start, to: end), comma > start {
            end = comma
        }
        while end > start, bytes[end - 1].isBlank { end -= 1 }
        return start..<end
    }
}
