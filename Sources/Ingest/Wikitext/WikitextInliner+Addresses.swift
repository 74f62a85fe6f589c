/// Links to other sites: `[address text]`.
extension WikitextInliner {
    private static let addressEnd = ASCIISet(" \t\n[]<>\"")

    /// Whether `[` at `position` is followed by an address.
    func opensAddress(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        guard openAddress == nil else { return false }
        let scheme = AddressSchemes.length(bytes, at: position + 1)
        return scheme > 0 && isAddressByte(bytes, at: position + 1 + scheme)
    }

    private func isAddressByte(_ bytes: Span<UInt8>, at place: Int) -> Bool {
        guard place < bytes.count else { return false }
        let byte = bytes[place]
        if byte < 0x80 {
            // What a dropped template left is part of the address.
            return !Self.addressEnd.contains(byte) && (byte > 0x20 || byte == WikitextMark.gap) && byte != 0x7F
        }
        return !isSpace(bytes, at: place)
    }

    /// Whether a blank beyond ASCII begins at `place`.
    private func isSpace(_ bytes: Span<UInt8>, at place: Int) -> Bool {
        switch (bytes[place], bytes.at(place + 1), bytes.at(place + 2)) {
        case (0xC2, 0xA0, _), (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F),
            (0xE3, 0x80, 0x80):
            true
        default: false
        }
    }

    /// Writes `[address ` as text for now; it goes when the closing bracket comes.
    mutating func address(_ bytes: Span<UInt8>, at position: Int) -> Int {
        var end = position + 1
        while isAddressByte(bytes, at: end) {
            if bytes[end] == 0x27, bytes.at(end + 1) == 0x27 { break }
            if bytes[end] == UInt8(ascii: "&"), isAngle(bytes, end) { break }
            end += 1
        }
        var text = end
        while text < bytes.count {
            if bytes[text].isBlank {
                text += 1
            } else if bytes[text] >= 0xC2, isSpace(bytes, at: text) {
                text += bytes[text] == 0xC2 ? 2 : 3
            } else {
                break
            }
        }
        let start = out.count
        copy(bytes, position, text)
        openAddress = OpenAddress(start: start, text: out.count, size: end - position - 1)
        return text
    }

    /// Whether `&lt;` or `&gt;` stands at `place`.
    private func isAngle(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
        (bytes.at(place + 1) == UInt8(ascii: "l") || bytes.at(place + 1) == UInt8(ascii: "g"))
            && bytes.at(place + 2) == UInt8(ascii: "t") && bytes.at(place + 3) == UInt8(ascii: ";")
    }

    /// `]` after an address: what stands between is the link's text.
    mutating func closeAddress(at position: Int, _ ledger: inout LossLedger) -> Int {
        guard let open = openAddress else { return position + 1 }
        openAddress = nil
        ledger.add(.url, "link", size: open.size)
        if out.count == open.text {
            // MediaWiki numbers these; a number says nothing in plain text.
            out.removeLast(out.count - open.start)
            out.append(WikitextMark.gap)
        } else {
            out.removeSubrange(open.start..<open.text)
            if open.start == 0 || out[open.start - 1] == 0x0A {
                out.insert(contentsOf: [WikitextMark.literal, WikitextMark.literal], at: open.start)
            }
        }
        return position + 1
    }
}
