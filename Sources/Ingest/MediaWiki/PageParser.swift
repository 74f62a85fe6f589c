internal import Storage
internal import Streaming

/// Parses pages one after the other: those written as usual by a scan, the others with libxml2, one context of which
/// serves until a page is ill-formed.
struct PageParser {
    private let maxTextBytes: Int
    private var parser: MediaWikiParser?

    /// - Parameter maxTextBytes: texts above it are dropped while they are read.
    init(maxTextBytes: Int) { self.maxTextBytes = maxTextBytes }

    /// The page; fails when its XML is not well-formed.
    mutating func parse(_ page: PageXML) throws(Failure) -> MediaWikiPage {
        do throws(Failure) {
            var repairs: [Loss: LossCount] = [:]
            let xml = Utf8Repair.repaired(page.xml, loss: &repairs)
            var parsed =
                if let plain = PlainPageScanner.page(xml, maxTextBytes: maxTextBytes) { plain } else {
                    try parseWithLibrary(xml)
                }
            parsed.repairs = repairs
            return parsed
        } catch {
            parser = nil
            throw Failure(error.code, error.message, at: page.place.description, remedy: error.remedy)
        }
    }

    /// The page as libxml2 reads it.
    /// - Parameter xml: valid UTF-8 without characters that XML forbids.
    mutating func parseWithLibrary(_ xml: [UInt8]) throws(Failure) -> MediaWikiPage {
        let open = try openParser()
        try open.push(xml)
        guard let parsed = open.takePages().first else {
            throw Failure(.badData, "is not well-formed XML (the page does not end)")
        }
        return parsed
    }

    private mutating func openParser() throws(Failure) -> MediaWikiParser {
        if let parser { return parser }
        let opened = try MediaWikiParser(path: "", maxTextBytes: maxTextBytes)
        // Pages follow each other inside one root element.
        try opened.push(Array("<pages>".utf8))
        parser = opened
        return opened
    }
}
