internal import Streaming

/// Builds pages from the events of an XML parser; knows no parser.
///
/// Memory: the text of two revisions of one page, each `maxTextBytes` at most, and the finished pages until taken.
struct MediaWikiBuilder {
    /// The elements that mean something; the others are passed over.
    enum Element: String, CaseIterable {
        case mediawiki, siteinfo, base, dbname, namespaces, namespace
        case page, title, ns, id, redirect
        case revision, timestamp, model, text
        /// Put around pages that come without a root.
        case pages
        case other

        fileprivate func isNamed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { bytes.elementsEqual(rawValue.utf8) }
    }

    /// An element as it is named; the name is kept of unknown ones alone.
    struct ElementName {
        var element: Element
        var name = ""

        init(name: String) {
            element = Element(rawValue: name) ?? .other
            if element == .other { self.name = name }
        }

        /// By the bytes of a name; that of an unknown element is not kept.
        init(_ xml: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
            let bytes = UnsafeBufferPointer(rebasing: xml[range])
            element = Element.allCases.first { $0.isNamed(bytes) } ?? .other
        }
    }

    let maxTextBytes: Int
    private(set) var site = SiteInformation()
    /// What is known of the wiki, if the element that says it has ended.
    private(set) var wholeSite = SiteInformation()
    /// Whether the root element has begun.
    private(set) var hasRoot = false
    private(set) var pages: [MediaWikiPage] = []
    private(set) var pageCount = 0
    /// Set once the root element is not one of a dump.
    private(set) var foreignRoot: String?
    /// Elements open at most; a dump has seven.
    private static let maxDepth = 100
    /// Set once elements are nested deeper than in any dump.
    var isTooDeep: Bool { stack.count > MediaWikiBuilder.maxDepth }
    private var stack: [Element] = []
    private var page = MediaWikiPage()
    private var revision = MediaWikiPage.Revision()
    private var namespaceKey: Int?
    private var isCapturing = false
    private var captured: [UInt8] = []
    private var capturedBytes = 0

    init(maxTextBytes: Int) { self.maxTextBytes = maxTextBytes }

    /// Where the builder stands, for messages: the page that is open or the last one.
    var position: String {
        if stack.contains(.page) { return page.hasTitle ? "in page '\(page.title)'" : "in page \(pageCount + 1)" }
        return pageCount == 0 ? "before the first page" : "after page \(pageCount)"
    }

    mutating func start(_ name: ElementName, attribute: (String) -> String?) {
        let element = name.element
        if stack.isEmpty, ![.mediawiki, .page, .pages].contains(element) {
            foreignRoot = element == .other ? name.name : element.rawValue
        }
        if stack.last == .text { page.hasElementsInText = true }
        let parent = stack.last
        stack.append(element)
        isCapturing = false
        switch (parent, element) {
        case (nil, .mediawiki):
            hasRoot = true
            site.language = attribute("lang") ?? ""
            wholeSite.language = site.language
        case (_, .page): page = MediaWikiPage()
        case (.page, .revision): revision = MediaWikiPage.Revision()
        case (.page, .redirect): page.redirect = attribute("title") ?? ""
        case (.namespaces, .namespace): capture { $0.namespaceKey = attribute("key").flatMap { Int($0) } }
        case (.revision, .text): capture { $0.revision.isDeleted = attribute("deleted") != nil }
        case (.siteinfo, .base), (.siteinfo, .dbname), (.page, .title), (.page, .ns), (.page, .id), (.revision, .id),
            (.revision, .timestamp), (.revision, .model):
            capture { _ in }
        default: break
        }
    }

    private mutating func capture(_ prepare: (inout MediaWikiBuilder) -> Void) {
        prepare(&self)
        captured.removeAll(keepingCapacity: true)
        capturedBytes = 0
        isCapturing = true
    }

    mutating func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard isCapturing else { return }
        capturedBytes += bytes.count
        if capturedBytes <= maxTextBytes {
            captured.append(contentsOf: bytes)
        } else if !captured.isEmpty {
            captured = []
        }
    }

    /// One ASCII character, as an entity gives it.
    mutating func character(_ byte: UInt8) {
        guard isCapturing else { return }
        capturedBytes += 1
        if capturedBytes <= maxTextBytes {
            captured.append(byte)
        } else if !captured.isEmpty {
            captured = []
        }
    }

    mutating func end() {
        guard let element = stack.popLast() else { return }
        defer { isCapturing = false }
        switch (stack.last, element) {
        case (.mediawiki, .siteinfo): wholeSite = site
        case (.siteinfo, .base): site.base = capturedString
        case (.siteinfo, .dbname): site.databaseName = capturedString
        case (.namespaces, .namespace): if let key = namespaceKey { site.namespaces[key] = capturedString }
        case (.page, .title): (page.title, page.hasTitle) = (capturedString, !capturedString.isEmpty)
        case (.page, .ns):
            page.namespace = StatedNamespace(text: capturedString, hasElements: !isCapturing)
        case (.page, .id): page.id = capturedString
        case (.revision, .id): revision.id = capturedString
        case (.revision, .timestamp): revision.timestamp = capturedString
        case (.revision, .model): revision.model = capturedString
        case (.revision, .text): takeText()
        case (.page, .revision): if page.revision?.isReplaced(by: revision) ?? true { page.revision = revision }
        case (_, .page): finishPage()
        default: break
        }
    }

    /// What was captured, without white space around it.
    private var capturedString: String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = captured.firstIndex(where: { !isBlank($0) }),
            let last = captured.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: captured[first...last], as: UTF8.self)
    }

    private mutating func takeText() {
        revision.textBytes = capturedBytes
        revision.text = captured
        // The buffer now belongs to the page; the next text gets one of its own.
        captured = []
    }

    private mutating func finishPage() {
        pageCount += 1
        pages.append(page)
        page = MediaWikiPage()
    }

    /// What is known of the page that is open.
    var openPage: MediaWikiPage { page }

    /// The finished pages, oldest first; the builder forgets them.
    mutating func takePages() -> [MediaWikiPage] {
        defer { pages = [] }
        return pages
    }
}
