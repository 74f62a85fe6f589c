internal import Streaming

/// The pages of a dump, in order.
final class MediaWikiReader: ItemReader {
    private let source: any ByteSource
    private let parser: MediaWikiParser
    private var pages: [MediaWikiPage] = []
    private var nextPage = 0
    private var started = false
    private var needsRoot = false
    private var ended = false

    init(_ source: any ByteSource, maxTextBytes: Int) throws(Failure) {
        self.source = source
        parser = try MediaWikiParser(path: source.path, maxTextBytes: maxTextBytes)
    }

    var consumed: Int { source.consumed }
    var site: SiteInformation { parser.builder.site }

    func next() throws(Failure) -> RawItem? {
        while nextPage == pages.count {
            if ended { return nil }
            try Cancellation.check()
            try step()
            pages = parser.takePages()
            nextPage = 0
        }
        let page = pages[nextPage]
        // The text is handed on, not kept here as well.
        pages[nextPage] = MediaWikiPage()
        nextPage += 1
        return RawItem(content: .page(page), rawBytes: page.rawBytes)
    }

    private func step() throws(Failure) {
        guard let piece = try source.next() else { return try finish() }
        guard started else { return try begin(piece) }
        try parser.push(piece)
    }

    private func begin(_ piece: [UInt8]) throws(Failure) {
        started = true
        let head = try DumpHead(piece, path: source.path)
        needsRoot = head.isBarePages
        if needsRoot { try parser.push(Array("<pages>".utf8)) }
        try parser.push(Array(piece[head.start...]))
    }

    private func finish() throws(Failure) {
        ended = true
        guard started else { throw Compression.isEmpty(source.path) }
        if needsRoot { try parser.push(Array("</pages>".utf8)) }
        // A dump without any page is a whole one all the same: Wikimedia has some.
        try parser.finish()
    }
}

/// What the first bytes of a dump tell.
struct DumpHead {
    /// Where the XML starts: after a byte order mark and white space, which XML does not allow there.
    var start: Int
    /// Whether pages come without a root element around them.
    var isBarePages: Bool

    init(_ bytes: [UInt8], path: String) throws(Failure) {
        try DumpHead.refuseSixteenBits(bytes, path: path)
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[start]) { start += 1 }
        guard start < bytes.count, bytes[start] == 0x3C else {
            throw Failure(
                .badData, "is not XML: it does not begin with '<'", at: path,
                remedy: "name a MediaWiki dump, or give another --format")
        }
        self.start = start
        isBarePages = bytes[start...].starts(with: "<page>".utf8)
        try DumpHead.refuseOtherEncodings(bytes[start...].prefix(200), path: path)
    }

    static func refuseSixteenBits(_ bytes: [UInt8], path: String) throws(Failure) {
        let marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF], [0x3C, 0x00], [0x00, 0x3C]]
        guard marks.contains(where: { bytes.starts(with: $0) }) else { return }
        throw Failure(
            .badData, "is in UTF-16 or UTF-32, only UTF-8 is read", at: path,
            remedy: "convert it first, as with 'iconv -f UTF-16 -t UTF-8'")
    }

    private static func refuseOtherEncodings(_ head: ArraySlice<UInt8>, path: String) throws(Failure) {
        let text = String(decoding: head, as: UTF8.self)
        guard text.hasPrefix("<?xml"), let end = text.firstRange(of: "?>"),
            let stated = text[..<end.lowerBound].firstMatch(of: /encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']/)
        else { return }
        let name = String(stated.1)
        guard !["utf-8", "utf8", "us-ascii", "ascii"].contains(name.lowercased()) else { return }
        throw Failure(
            .badData, "is in \(name), only UTF-8 is read", at: path,
            remedy: "convert it first, as with 'iconv -f \(name) -t UTF-8', and change its first line")
    }
}
