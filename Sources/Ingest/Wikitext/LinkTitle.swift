/// The target of a `[[link]]`: whether a page can have that title, and what kind of page it is.
struct LinkTitle {
    /// What a link's target makes of the link.
    enum Role {
        /// A page, or a place on one; the link shows its text.
        case page
        /// A picture or sound shown in place.
        case file
        /// A file to be fetched.
        case media
        case category
        /// The same article in another language.
        case language
    }

    private static let illegal = ASCIISet("[]{}|<>\n\t", controls: true)
    private static let noted = ASCIISet("%&:~.#")
    private static let protocols = AddressSchemes.all

    private var needsLook = false
    /// Whether the title holds `%41` and the like; it is decoded in the scratch then.
    private(set) var isEncoded = false

    /// Reads the characters from `start` on that a target may have; gives where they end.
    mutating func scan(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var place = start
        while place < bytes.count {
            let byte = bytes[place]
            if Self.illegal.contains(byte), byte != WikitextMark.gap { break }
            if Self.noted.contains(byte) { needsLook = true }
            place += 1
        }
        return place
    }

    /// The kind of page, or nil when no page can have that title: then the link is text.
    mutating func role(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ namespaces: WikiNamespaces, _ scratch: inout [UInt8]
    ) -> Role? {
        guard needsLook else {
            for place in range where bytes[place] != 0x20 && bytes[place] != UInt8(ascii: "_") {
                return range.count <= 255 ? .page : nil
            }
            return nil
        }
        Self.decode(bytes, range, &scratch, &isEncoded)
        let decoded = isEncoded
        return scratch.withUnsafeBufferPointer { Self.role($0.span, namespaces, isDecoded: decoded) }
    }

    /// Percent signs are decoded as in an address.
    private static func decode(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ scratch: inout [UInt8], _ isEncoded: inout Bool
    ) {
        scratch.removeAll(keepingCapacity: true)
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = bytes[place]
            if byte == UInt8(ascii: "%"), place + 2 < range.upperBound, let high = digit(bytes[place + 1]),
                let low = digit(bytes[place + 2])
            {
                scratch.append(high << 4 | low)
                isEncoded = true
                place += 3
            } else {
                scratch.append(byte)
                place += 1
            }
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        if byte.isASCIIDigit { return byte - 0x30 }
        let letter = byte | 0x20
        return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : nil
    }

    private static func role(_ raw: Span<UInt8>, _ namespaces: WikiNamespaces, isDecoded: Bool) -> Role? {
        guard let title = resolved(raw, isDecoded: isDecoded) else { return nil }
        return title.withUnsafeBufferPointer { role(of: $0.span, namespaces) }
    }

    private static func role(of title: Span<UInt8>, _ namespaces: WikiNamespaces) -> Role? {
        var start = 0
        let end = title.count
        while start < end, isBlank(title[start]) { start += 1 }
        guard start < end, !AddressSchemes.begins(title, at: start) else { return nil }
        var isForced = false
        if title[start] == UInt8(ascii: ":") {
            isForced = true
            start += 1
            while start < end, isBlank(title[start]) { start += 1 }
            guard start < end, title[start] != UInt8(ascii: ":") else { return nil }
        }
        let fragment = title.first(UInt8(ascii: "#"), from: start, to: end) ?? end
        var role: Role = .page
        var nameStart = start
        var mayBeEmpty = fragment < end
        if let colon = title.first(UInt8(ascii: ":"), from: start, to: fragment), colon > start {
            if let found = namespaces.role(of: title, start..<colon) {
                nameStart = colon + 1
                mayBeEmpty = found == .language || found == .project
                if !isForced { role = Self.role(found) } else if found == .media { role = .media }
            } else if !isForced, hasMediaSuffix(title, fragment) {
                role = .file
            }
        }
        while nameStart < fragment, isBlank(title[nameStart]) { nameStart += 1 }
        if nameStart == fragment { return mayBeEmpty ? role : nil }
        guard fragment - nameStart <= 255, !isRelative(title, nameStart..<fragment) else { return nil }
        return role
    }

    private static func role(_ namespace: WikiNamespaces.Role) -> Role {
        switch namespace {
        case .file: .file
        case .media: .media
        case .category: .category
        case .language: .language
        case .project, .other: .page
        }
    }

    /// The title with entities as characters; nil when it holds what no title may hold.
    private static func resolved(_ raw: Span<UInt8>, isDecoded: Bool) -> [UInt8]? {
        var title: [UInt8] = []
        title.reserveCapacity(raw.count)
        var place = 0
        while place < raw.count {
            let byte = raw[place]
            if byte == UInt8(ascii: "&") {
                if let found = HTMLEntities.decode(raw, place + 1, raw.count) {
                    title.append(contentsOf: found.text.utf8)
                    place = found.end
                    continue
                }
            }
            if byte == UInt8(ascii: "~"), raw.at(place + 1) == byte, raw.at(place + 2) == byte { return nil }
            title.append(byte)
            place += 1
        }
        for place in title.indices {
            let byte = title[place]
            if illegal.contains(byte), byte != WikitextMark.gap { return nil }
            // What still looks like a character in disguise, twice in disguise that is, is in no title.
            if byte == UInt8(ascii: "&"), looksLikeEntity(title.span, place) { return nil }
            if byte == UInt8(ascii: "%"), looksLikeEscape(title, place) { return nil }
        }
        return title
    }

    private static func looksLikeEscape(_ title: [UInt8], _ percent: Int) -> Bool {
        percent + 2 < title.count && digit(title[percent + 1]) != nil && digit(title[percent + 2]) != nil
    }

    private static func looksLikeEntity(_ raw: Span<UInt8>, _ ampersand: Int) -> Bool {
        var place = ampersand + 1
        if raw.at(place) == UInt8(ascii: "#") { place += 1 }
        let start = place
        while raw.at(place).isASCIILetter || raw.at(place).isASCIIDigit || raw.at(place) >= 0x80 { place += 1 }
        return place > start && raw.at(place) == UInt8(ascii: ";")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == UInt8(ascii: "_") }

    /// `.`, `..` and paths with them are no titles.
    private static func isRelative(_ title: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard title.first(UInt8(ascii: "."), from: range.lowerBound, to: range.upperBound) != nil else { return false }
        let slash = UInt8(ascii: "/")
        var partStart = range.lowerBound
        for place in range.lowerBound...range.upperBound
        where place == range.upperBound || title[place] == slash {
            let count = place - partStart
            let isDots =
                (count == 1 || count == 2) && title[partStart] == UInt8(ascii: ".")
                && title[place - 1] == title[partStart]
            if isDots { return true }
            partStart = place + 1
        }
        return false
    }

    /// Whether a target with a prefix names a picture or sound: wikis have aliases for their file namespace, such as
    /// `Immagine`, that no dump tells of.
    private static func hasMediaSuffix(_ title: Span<UInt8>, _ end: Int) -> Bool {
        var stop = end
        while stop > 0, isBlank(title[stop - 1]) { stop -= 1 }
        var dot = stop
        while dot > 0, dot > stop - 6, title[dot - 1] != UInt8(ascii: ".") { dot -= 1 }
        guard dot > 0, title[dot - 1] == UInt8(ascii: "."), dot < stop else { return false }
        var suffix = ""
        for place in dot..<stop { suffix.unicodeScalars.append(Unicode.Scalar(title[place].lowercasedASCII)) }
        return mediaSuffixes.contains(suffix)
    }

    private static let mediaSuffixes: Set<String> = [
        "jpg", "jpeg", "png", "svg", "gif", "tif", "tiff", "webp", "ogg", "oga", "ogv", "webm", "mp3", "wav", "flac",
        "mid", "djvu", "pdf", "xcf", "bmp",
    ]
}
