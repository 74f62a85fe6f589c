internal import Foundation

/// Reads the XML of a page that is written as MediaWiki writes it, several times as fast as an XML parser.
///
/// What it accepts is well-formed: elements without name spaces, attributes in double quotes, the five entities of XML. At anything else (comments, sections, instructions, other line ends, other entities, any
/// error) it gives up, and libxml2 has the word; so what it gives is always what libxml2 would give.
struct PlainPageScanner {
    private let xml: UnsafeBufferPointer<UInt8>
    private var at = 0
    /// The names of the open elements, as ranges of `xml`.
    private var open: [Range<Int>] = []
    private(set) var builder: MediaWikiBuilder

    private static let maxDepth = 20

    private init(_ xml: UnsafeBufferPointer<UInt8>, maxTextBytes: Int) {
        self.xml = xml
        builder = MediaWikiBuilder(maxTextBytes: maxTextBytes)
    }

    /// The page; nil when libxml2 has to look.
    /// - Parameter xml: valid UTF-8 without characters that XML forbids.
    static func page(_ xml: [UInt8], maxTextBytes: Int) -> MediaWikiPage? {
        xml.withUnsafeBufferPointer { xml in
            // Other line ends would have to be normalised.
            guard let base = xml.baseAddress, memchr(base, 0x0D, xml.count) == nil else { return nil }
            var scanner = PlainPageScanner(xml, maxTextBytes: maxTextBytes)
            return scanner.scan() ? scanner.builder.takePages().first : nil
        }
    }

    private mutating func scan() -> Bool {
        while at < xml.count {
            guard xml[at] == 0x3C, at + 1 < xml.count else { return false }
            guard xml[at + 1] == 0x2F ? endTag() : startTag() else { return false }
            if open.isEmpty { return at == xml.count }
            guard text() else { return false }
        }
        return false
    }

    /// Hands on text up to the next tag.
    private mutating func text() -> Bool {
        guard let base = xml.baseAddress else { return false }
        let end = memchr(base + at, 0x3C, xml.count - at).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
        guard let end else { return false }
        while at < end {
            let found = memchr(base + at, 0x26, end - at).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? end
            guard emit(at..<found) else { return false }
            at = found
            if at < end {
                guard let (byte, count) = PlainPageScanner.reference(xml, at, end) else { return false }
                builder.character(byte)
                at += count
            }
        }
        return true
    }

    private mutating func emit(_ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return true }
        let part = UnsafeBufferPointer(rebasing: xml[range])
        // "]]>" ends a section, and nothing else may look like it.
        var from = 0
        while let found = memchr(part.baseAddress! + from, 0x3E, part.count - from) {
            let index = UnsafeRawPointer(found) - UnsafeRawPointer(part.baseAddress!)
            if index >= 2, part[index - 1] == 0x5D, part[index - 2] == 0x5D { return false }
            from = index + 1
            if from == part.count { break }
        }
        builder.characters(part)
        return true
    }

    /// The character that the reference at `at` stands for, and how many bytes the reference has.
    private static func reference(
        _ xml: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int
    ) -> (byte: UInt8, count: Int)? {
        func isNext(_ text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            return at + count <= end && memcmp(xml.baseAddress! + at, text.utf8Start, count) == 0
        }
        if isNext("&lt;") { return (0x3C, 4) }
        if isNext("&quot;") { return (0x22, 6) }
        if isNext("&gt;") { return (0x3E, 4) }
        if isNext("&amp;") { return (0x26, 5) }
        if isNext("&#039;") { return (0x27, 6) }
        if isNext("&apos;") { return (0x27, 6) }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
            || byte == 0x2D
    }

    private mutating func name() -> Range<Int>? {
        let start = at
        while at < xml.count, PlainPageScanner.isNameByte(xml[at]) { at += 1 }
        guard at > start, !(0x30...0x39).contains(xml[start]), xml[start] != 0x2D else { return nil }
        return start..<at
    }

    private mutating func startTag() -> Bool {
        at += 1
        guard open.count < PlainPageScanner.maxDepth, let name = name() else { return false }
        guard let attributes = attributes() else { return false }
        let isEmpty = at < xml.count && xml[at] == 0x2F
        if isEmpty { at += 1 }
        guard at < xml.count, xml[at] == 0x3E else { return false }
        at += 1
        let element = MediaWikiBuilder.ElementName(xml, name)
        builder.start(element) { wanted in attributes.first { $0.name == wanted }?.value }
        open.append(name)
        if isEmpty { close() }
        return true
    }

    private mutating func endTag() -> Bool {
        at += 2
        guard let name = name(), let opened = open.last, name.count == opened.count,
            memcmp(xml.baseAddress! + name.lowerBound, xml.baseAddress! + opened.lowerBound, name.count) == 0
        else { return false }
        while at < xml.count, xml[at] == 0x20 { at += 1 }
        guard at < xml.count, xml[at] == 0x3E else { return false }
        at += 1
        close()
        return true
    }

    private mutating func close() {
        open.removeLast()
        builder.end()
    }

    /// The attributes up to the end of the tag; nil for any that is not plain.
    private mutating func attributes() -> [(name: String, value: String)]? {
        var attributes: [(name: String, value: String)] = []
        while true {
            let hasSpace = at < xml.count && xml[at] == 0x20
            while at < xml.count, xml[at] == 0x20 { at += 1 }
            guard at < xml.count else { return nil }
            if xml[at] == 0x3E || xml[at] == 0x2F { return attributes }
            guard hasSpace, let (name, value) = attribute(), !attributes.contains(where: { $0.name == name }) else {
                return nil
            }
            attributes.append((name, value))
        }
    }

    private mutating func attribute() -> (name: String, value: String)? {
        let start = at
        guard name() != nil else { return nil }
        // The only prefix that needs no declaration.
        if at < xml.count, xml[at] == 0x3A {
            guard xml[start..<at].elementsEqual("xml".utf8) else { return nil }
            at += 1
            guard name() != nil else { return nil }
        }
        let named = String(decoding: xml[start..<at], as: UTF8.self)
        guard named != "xmlns", at + 1 < xml.count, xml[at] == 0x3D, xml[at + 1] == 0x22 else { return nil }
        at += 2
        var value: [UInt8] = []
        while at < xml.count, xml[at] != 0x22 {
            switch xml[at] {
            case 0x3C, 0x0A, 0x09: return nil
            case 0x26:
                guard let (byte, count) = PlainPageScanner.reference(xml, at, xml.count) else { return nil }
                value.append(byte)
                at += count
            default:
                value.append(xml[at])
                at += 1
            }
        }
        guard at < xml.count else { return nil }
        at += 1
        return (named, String(decoding: value, as: UTF8.self))
    }
}
