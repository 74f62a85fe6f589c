internal import Storage

/// Builds the document of one `<PubmedArticle>` or `<PubmedBookArticle>` from the events of a parser.
final class CitationBuilder: XMLRecordHandler {
    /// What a citation says.
    struct Citation {
        var pmid = ""
        var title: [UInt8] = []
        var sections: [(label: String, text: [UInt8])] = []
        var language = ""
        var journal = ""
        var bookTitle = ""
        var copyright = ""
        /// The date of the issue, and of the article on the web.
        var date = RecordDate()
        var electronicDate = RecordDate()
        /// The issue's date in words, where it is no single one.
        var medlineDate = ""
        /// The PMIDs of a `<DeleteCitation>`.
        var deleted: [String] = []

        /// The issue's date, or the web's where that says more of the same year or the issue says nothing.
        var published: String {
            let (issue, web) = (date.text, electronicDate.text)
            if !issue.isEmpty { return web.hasPrefix(issue) ? web : issue }
            if !web.isEmpty { return web }
            return RecordDate(year: String(medlineDate.prefix(4))).text
        }
    }

    private(set) var citation = Citation()
    private(set) var loss: [Loss: LossCount] = [:]
    private var stack: [CitationElement] = []
    private var flow = FlowText()
    /// The depth at which the element whose text is taken lies, 0 when none is.
    private var captureDepth = 0
    /// The depth at which something left out lies, 0 outside.
    private var dropDepth = 0
    private var droppedBytes = 0
    private var label = ""

    func reset() {
        citation = Citation()
        loss = [:]
        stack.removeAll(keepingCapacity: true)
        flow = FlowText()
        (captureDepth, dropDepth, droppedBytes, label) = (0, 0, 0, "")
    }

    func start(_ code: Int, _ attributes: XMLAttributes) {
        let element = CitationElement(rawValue: code) ?? .other
        let parent = stack.last
        stack.append(element)
        if captureDepth > 0 || dropDepth > 0 { return }
        switch (parent, element) {
        case (_, .reference), (_, .otherAbstract):
            (dropDepth, droppedBytes) = (stack.count, 0)
        case (.abstract, .abstractText):
            label = attributes["Label"] ?? ""
            capture()
        case (.medlineCitation, .pmid), (.bookDocument, .pmid), (.deleteCitation, .pmid), (.deleteDocument, .pmid),
            (_, .articleTitle), (.abstract, .copyrightInformation), (.article, .language), (.bookDocument, .language),
            (.journal, .title), (.journal, .isoAbbreviation), (.medlineJournalInfo, .medlineTA), (.book, .bookTitle),
            (.pubDate, _), (.articleDate, _):
            capture()
        default: break
        }
    }

    private func capture() {
        captureDepth = stack.count
        flow = FlowText()
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if captureDepth > 0 {
            flow.append(bytes)
        } else if dropDepth > 0 {
            droppedBytes += bytes.count
        }
    }

    func unknownEntity(_ name: String) {
        loss[Loss(kind: "entity", name: name), default: LossCount()] += LossCount(count: 1, bytes: name.utf8.count + 2)
    }

    func end() {
        guard let element = stack.last else { return }
        defer { stack.removeLast() }
        if dropDepth == stack.count {
            dropDepth = 0
            loss[Loss(kind: "tag", name: element.name), default: LossCount()] += LossCount(
                count: 1, bytes: droppedBytes)
        }
        guard captureDepth == stack.count else { return }
        captureDepth = 0
        take(element, parent: stack.count > 1 ? stack[stack.count - 2] : .other, flow.take())
    }

    private func take(_ element: CitationElement, parent: CitationElement, _ bytes: [UInt8]) {
        var string: String { String(decoding: bytes, as: UTF8.self) }
        switch (parent, element) {
        case (.deleteCitation, .pmid), (.deleteDocument, .pmid): citation.deleted.append(string)
        case (_, .pmid): citation.pmid = string
        case (_, .articleTitle): if citation.title.isEmpty { citation.title = CitationBuilder.unbracketed(bytes) }
        case (_, .abstractText): if !bytes.isEmpty { citation.sections.append((label, bytes)) }
        case (_, .copyrightInformation): citation.copyright = string
        case (_, .language): if citation.language.isEmpty { citation.language = string }
        case (.journal, .title): citation.journal = string
        // The full title stands before the short ones; where it is missing, they are better than nothing.
        case (.journal, .isoAbbreviation), (.medlineJournalInfo, .medlineTA):
            if citation.journal.isEmpty { citation.journal = string }
        case (_, .bookTitle): citation.bookTitle = string
        case (.pubDate, .medlineDate): citation.medlineDate = string
        case (.pubDate, _): CitationBuilder.set(element, string, &citation.date)
        case (.articleDate, _): CitationBuilder.set(element, string, &citation.electronicDate)
        default: break
        }
    }

    private static func set(_ element: CitationElement, _ text: String, _ date: inout RecordDate) {
        switch element {
        case .year: date.year = text
        case .month: date.month = text
        case .day: date.day = text
        default: break
        }
    }

    /// A title in brackets is a translation; the brackets are no part of it.
    private static func unbracketed(_ title: [UInt8]) -> [UInt8] {
        guard title.first == UInt8(ascii: "[") else { return title }
        if title.last == UInt8(ascii: "]") { return Array(title.dropFirst().dropLast()) }
        guard title.count > 3, title.suffix(2).elementsEqual("].".utf8) else { return title }
        let inner = title.dropFirst().dropLast(2)
        let isSentence = [UInt8(ascii: "."), UInt8(ascii: "?"), UInt8(ascii: "!")].contains(inner.last)
        return Array(inner) + (isSentence ? [] : [UInt8(ascii: ".")])
    }
}
