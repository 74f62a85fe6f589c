/// Links to other sites: `[address text]`.
extension WikitextInliner {
    private static let addressEnd = ASCIISet(" \t\n[]<>\"")

    /// Whether `[` at `position` is followed by an address.
    func opensAddress(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        guard openAddress == nil else { return false }
        let scheme = AddressSchemes.length(bytes, at: position + 1)
        guard scheme > 0 else { return false }
        let host = position + 1 + scheme
        return isAddressByte(bytes, at: host) || numericHostEnd(bytes, at: host) > host
    }

    /// Where `[2001:db8::1]` at `place` ends, or `place`.
    private func numericHostEnd(_ bytes: Span<UInt8>, at place: Int) -> Int {
        guard bytes.at(place) == UInt8(ascii: "[") else { return place }
        var end = place + 1
        while end < place + 48, isHostByte(bytes.at(end)) { end += 1 }
        return end > place + 1 && bytes.at(end) == UInt8(ascii: "]") ? end + 1 : place
    }

    private func isHostByte(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return byte.isASCIIDigit || letter >= 0x61 && letter <= 0x66 || byte == UInt8(ascii: ":")
            || byte == UInt8(ascii: ".")
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

    /// Where an address ends that goes on at `start`.
    func addressEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while isAddressByte(bytes, at: end) {
            if bytes[end] == 0x27, bytes.at(end + 1) == 0x27 { break }
            if bytes[end] == UInt8(ascii: "&"), isAngle(bytes, end) { break }
            end += 1
        }
        return end
    }

    /// Writes `[address ` as text for now; it goes when the closing bracket comes.
    mutating func address(_ bytes: Span<UInt8>, at position: Int) -> Int {
        let host = position + 1 + AddressSchemes.length(bytes, at: position + 1)
        let end = addressEnd(bytes, from: numericHostEnd(bytes, at: host))
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
        (openAddress, strippedBlanks) = (nil, 0..<0)
        ledger.add(.url, "link", size: open.size)
        if out.count == open.text {
            // MediaWiki numbers these; a number says nothing in plain text.
            out.removeLast(out.count - open.start)
            out.append(WikitextMark.gap)
        } else {
            out.removeSubrange(open.start..<open.text)
            // Neither a list's mark nor a run of apostrophes comes to be by what goes.
            if open.start == 0 || out[open.start - 1] == 0x0A || out[open.start - 1] == 0x27 {
                out.insert(contentsOf: [WikitextMark.literal, WikitextMark.literal], at: open.start)
            }
            if out.last == 0x27 { out.append(contentsOf: [WikitextMark.literal, WikitextMark.literal]) }
        }
        return position + 1
    }
}
