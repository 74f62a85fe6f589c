internal import Storage
internal import Streaming

/// Parses pages one after the other with one context of libxml2, which a page that is ill-formed costs.
struct PageParser {
    private let maxTextBytes: Int
    private var parser: MediaWikiParser?

    /// - Parameter maxTextBytes: texts above it are dropped while they are read.
    init(maxTextBytes: Int) { self.maxTextBytes = maxTextBytes }

    /// The page; fails when its XML is not well-formed.
    mutating func parse(_ page: PageXML) throws(Failure) -> MediaWikiPage {
        do throws(Failure) {
            let open = try openParser()
            var repairs: [Loss: LossCount] = [:]
            try open.push(Utf8Repair.repaired(page.xml, loss: &repairs))
            guard var parsed = open.takePages().first else {
                throw Failure(.badData, "is not well-formed XML (the page does not end)")
            }
            parsed.repairs = repairs
            return parsed
        } catch {
            parser = nil
            throw Failure(error.code, error.message, at: page.place.description, remedy: error.remedy)
        }
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
