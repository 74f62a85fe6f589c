internal import Storage

/// Builds the text of one `<article>` from the events of a parser.
///
/// Of the front only title and abstract are text; what is known of the article is taken from it. Time is linear and
/// nothing recurses, so depth is no danger.
final class ArticleBuilder: XMLRecordHandler {
    private struct Open {
        var element: ArticleElement
        /// Where a citation begins in its paragraph.
        var mark: Int?
        var isFootnoteMark = false
    }

    private(set) var text = ArticleText()
    private(set) var metadata = ArticleMetadata()
    private let options: ArticleOptions
    private let keepsHeadings: Bool
    private let keepsTables: Bool
    private var stack: [Open] = []
    /// The depth at which something lies whose text is left out, 0 outside.
    private var dropDepth = 0
    private var droppedBytes = 0
    private var droppedReferences = 0
    /// The depth of the element of the front whose text is taken, 0 when none is.
    private var captureDepth = 0
    private var capture = FlowText()
    private var captureType = ""
    private var textDepth = 0
    private var supDepth = 0

    init(_ configuration: IngestConfiguration) {
        options = configuration.articles
        keepsHeadings = configuration.wikitext.headings == .keep
        keepsTables = configuration.wikitext.tables == .text
    }

    func reset() {
        (text, metadata, capture) = (ArticleText(), ArticleMetadata(), FlowText())
        stack.removeAll(keepingCapacity: true)
        (dropDepth, droppedBytes, droppedReferences, captureDepth, textDepth, supDepth) = (0, 0, 0, 0, 0, 0)
        captureType = ""
    }

    private var parent: ArticleElement { stack.count > 1 ? stack[stack.count - 2].element : .other }

    private func isInside(_ element: ArticleElement) -> Bool { stack.contains { $0.element == element } }

    func start(_ code: Int, _ attributes: XMLAttributes) {
        let element = ArticleElement.of(code)
        stack.append(Open(element: element))
        if dropDepth > 0 {
            if element == .ref { droppedReferences += 1 }
            return
        }
        if captureDepth > 0 { return startInCapture(element, attributes) }
        if textDepth > 0 { startText(element, attributes) } else { startFront(element, attributes) }
    }

    // MARK: the front

    private func startFront(_ element: ArticleElement, _ attributes: XMLAttributes) {
        switch element {
        case .article: metadata.language = attributes["lang"] ?? ""
        case .body, .back, .floatsGroup: textDepth = stack.count
        case .abstract:
            // Graphical abstracts, teasers and the like say the same once more, in fragments.
            let type = attributes["abstract-type"] ?? ""
            if ["", "summary", "plain-language-summary", "structured"].contains(type) {
                textDepth = stack.count
            } else {
                drop()
            }
        case .transAbstract, .subArticle, .response: drop()
        case .articleTitle where parent == .titleGroup: captureText("")
        case .articleID: captureText(attributes["pub-id-type"] ?? "")
        case .subtitle where parent == .titleGroup: captureText("")
        case .journalTitle, .licenseP, .licenseRef, .copyrightStatement: captureText("")
        case .license: metadata.licenceAddress = attributes["href"] ?? metadata.licenceAddress
        case .pubDate: beginDate()
        case .year, .month, .day: if parent == .pubDate { captureText("") }
        default: if isInside(.license), let address = attributes["href"] { noteLicence(address) }
        }
    }

    private func captureText(_ type: String) {
        captureDepth = stack.count
        captureType = type
        capture = FlowText()
    }

    /// Marks of notes are no part of a title; a licence's words may link to what they mean.
    private func startInCapture(_ element: ArticleElement, _ attributes: XMLAttributes) {
        if element == .xref || element == .fn { return drop() }
        if isInside(.license), let address = attributes["href"] { noteLicence(address) }
    }

    private var date = RecordDate()

    private func beginDate() { date = RecordDate() }

    private func noteLicence(_ address: String) {
        if metadata.licenceAddress.isEmpty, ArticleMetadata.creativeCommons(address) != nil {
            metadata.licenceAddress = address
        }
    }

    private func endCapture(_ element: ArticleElement) {
        captureDepth = 0
        let bytes = capture.take()
        let string = String(decoding: bytes, as: UTF8.self)
        switch element {
        case .articleTitle: if metadata.title.isEmpty { metadata.title = bytes }
        case .subtitle: if !metadata.title.isEmpty, !bytes.isEmpty { metadata.title += Array(": ".utf8) + bytes }
        case .copyrightStatement: metadata.copyright = string
        case .articleID: metadata.setID(captureType, string)
        case .journalTitle: metadata.journal = string
        case .licenseP: metadata.licenceText += (metadata.licenceText.isEmpty ? "" : " ") + string
        case .licenseRef: metadata.licenceAddress = string
        case .year: date.year = string
        case .month: date.month = string
        case .day: date.day = string
        default: break
        }
    }

    /// Of several dates the one that says most counts, of those the earliest.
    private func endDate() {
        let (new, old) = (date.text, metadata.date.text)
        if new.utf8.count > old.utf8.count || (new.utf8.count == old.utf8.count && new < old) { metadata.date = date }
    }

    // MARK: the text

    private func startText(_ element: ArticleElement, _ attributes: XMLAttributes) {
        if element.isDropped || element == .refList || isUnwanted(element) { return drop() }
        if element == .sec, ArticleBuilder.apparatus.contains((attributes["sec-type"] ?? "").lowercased()) {
            return drop()
        }
        if element.isFloat { text.beginFloat() }
        if isParagraph(element) { text.endParagraph() } else if element == .p { text.space() }
        switch element {
        case .lineBreak, .td, .th, .def: text.space()
        case .sup: if supDepth == 0 { supDepth = stack.count }
        case .xref: startReference(attributes["ref-type"] ?? "")
        default: break
        }
    }

    /// Kinds of sections that tell of the making of the article and are no part of it.
    private static let apparatus: Set<String> = [
        "supplementary-material", "data-availability", "coi-statement", "conflict", "author-contributions",
        "ethics-statement", "funding-information", "ack", "disclaimer", "publishers-note",
    ]

    /// Whether it begins and ends a paragraph here: a `<p>` in a cell or a definition does not.
    private func isParagraph(_ element: ArticleElement) -> Bool {
        element.isBlock && !(element == .p && (parent == .td || parent == .th || parent == .def))
    }

    private func isUnwanted(_ element: ArticleElement) -> Bool {
        switch element {
        case .table: !keepsTables
        case .caption: options.captions == .drop
        // Numbers of sections, items and formulas are no text; those of figures belong to the captions.
        case .label:
            !(parent.isFloat || parent == .statement || parent == .boxedText)
                || (parent.isFloat && options.captions == .drop)
        default: false
        }
    }

    private func startReference(_ type: String) {
        switch type {
        case "bibr": if options.citations == .drop { stack[stack.count - 1].mark = text.place() }
        case "fn", "table-fn", "aff", "corresp", "author-notes": drop()
        default: break
        }
    }

    private func drop() { (dropDepth, droppedBytes, droppedReferences) = (stack.count, 0, 0) }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if dropDepth > 0 {
            droppedBytes += bytes.count
        } else if captureDepth > 0 {
            capture.append(bytes)
        } else if textDepth > 0 {
            text.append(bytes)
        }
    }

    func unknownEntity(_ name: String) {
        text.lose(name, LossCount(count: 1, bytes: name.utf8.count + 2), kind: "entity")
    }

    func end() {
        guard let open = stack.last else { return }
        defer { stack.removeLast() }
        if dropDepth > 0 {
            if dropDepth == stack.count { endDrop(open.element) }
            return
        }
        if captureDepth > 0 {
            if captureDepth == stack.count { endCapture(open.element) }
            return
        }
        if textDepth > 0 { endText(open) } else if open.element == .pubDate { endDate() }
    }

    private func endDrop(_ element: ArticleElement) {
        dropDepth = 0
        let name = element.rawValue
        if droppedReferences > 0 {
            text.lose("ref", LossCount(count: droppedReferences, bytes: droppedBytes))
        } else {
            text.lose(name, LossCount(count: 1, bytes: droppedBytes))
        }
    }

    private func endText(_ open: Open) {
        let element = open.element
        if let mark = open.mark {
            text.mark(from: mark, isAbove: supDepth > 0 || isAboveItself)
            isAboveItself = false
        }
        switch element {
        case .title where parent != .caption: text.endHeading(depth: stack.count - 1, isKept: keepsHeadings)
        case .label: text.endLabel()
        case .term: text.append(":")
        case .sup:
            if supDepth == stack.count { supDepth = 0 }
            if stack.dropLast().last?.mark != nil { isAboveItself = true }
        case .sec, .app, .abstract, .boxedText, .glossary, .body, .back: text.endSection(depth: stack.count)
        default: if isParagraph(element) { text.endParagraph() }
        }
        if element.isFloat { text.endFloat() }
        if textDepth == stack.count { textDepth = 0 }
    }

    /// Whether the citation at hand holds its number above the line itself.
    private var isAboveItself = false
}
