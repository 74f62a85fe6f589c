internal import Storage
internal import Streaming

/// What became of an item.
enum ItemOutcome: Sendable {
    case document(CorpusDocument, DocumentFingerprint)
    case rejected(Rejection)

    var isMalformed: Bool {
        if case .rejected(let rejection) = self { return rejection.reason == "malformed" }
        return false
    }
}

/// A batch after cleaning.
struct CleanedBatch: Sendable {
    var outcomes: [ItemOutcome]
    var loss: [Loss: LossCount]
    var rawBytes: Int
    var endsChunk: Bool
    var endsSource: Bool
    var consumed: Int
    var end: SourcePosition?
}

/// Turns items into documents, batch by batch, on one thread at a time.
struct ItemCleaner {
    private let configuration: IngestConfiguration
    private let rules: SelectionRules
    let site: SiteInformation
    private var wikitext: WikitextCleaner
    private var pages: PageParser
    private var records: RecordParsers
    private var loss: [Loss: LossCount] = [:]

    init(_ configuration: IngestConfiguration, _ rules: SelectionRules, site: SiteInformation) {
        self.configuration = configuration
        self.rules = rules
        self.site = site
        pages = PageParser(maxTextBytes: configuration.maxPageBytes)
        records = RecordParsers(configuration)
        wikitext = WikitextCleaner(
            options: configuration.wikitext,
            namespaces: site.namespaces.isEmpty ? .english : WikiNamespaces(names: site.namespaces))
    }

    /// Cleans a batch of the wiki that the cleaner was made for.
    mutating func clean(_ batch: ItemBatch) -> CleanedBatch {
        loss = [:]
        var outcomes: [ItemOutcome] = []
        outcomes.reserveCapacity(batch.items.count)
        for item in batch.items { outcomes.append(outcome(of: item.content)) }
        return CleanedBatch(
            outcomes: outcomes, loss: loss, rawBytes: batch.rawBytes, endsChunk: batch.endsChunk,
            endsSource: batch.endsSource, consumed: batch.consumed, end: batch.end)
    }

    private mutating func outcome(of content: RawItem.Content) -> ItemOutcome {
        switch content {
        case .page(let page): outcome(of: page)
        case .line(let bytes, let row, let cutAt):
            finished(records.outcome(ofLine: bytes, row: row, cutAt: cutAt, loss: &loss))
        case .row(let row): finished(records.outcome(of: row, loss: &loss))
        case .record(let record): finished(records.outcome(of: record, loss: &loss))
        case .text(let bytes, let name, let title): outcome(ofText: bytes, name: name, title: title)
        case .rejected(let rejection): .rejected(rejection)
        }
    }

    private mutating func outcome(of xml: PageXML) -> ItemOutcome {
        do {
            return outcome(of: try pages.parse(xml))
        } catch {
            let name = PageName(xml.xml)
            return .rejected(
                Rejection(
                    externalID: name.id.isEmpty ? name.title : name.id, title: name.title, reason: RawItem.damaged,
                    detail: error.description))
        }
    }

    private mutating func outcome(of page: MediaWikiPage) -> ItemOutcome {
        let id = page.id.isEmpty ? page.title : page.id
        if let (reason, detail) = PageFilter(configuration, site: site).reasonToReject(page) {
            return .rejected(Rejection(externalID: id, title: page.title, reason: reason, detail: detail))
        }
        for (key, value) in page.repairs { loss[key, default: LossCount()] += value }
        let revision = page.revision ?? MediaWikiPage.Revision()
        if configuration.wikitext.disambiguation == .drop,
            DisambiguationPage.matches(revision.text, title: page.title)
        {
            return .rejected(Rejection(externalID: id, title: page.title, reason: "disambiguation", detail: ""))
        }
        let text = wikitext.clean(revision.text, title: page.title, loss: &loss)
        return checked(
            CorpusDocument(
                externalID: id, revision: revision.id, title: page.title, url: site.url(ofTitle: page.title),
                language: language(site.language), text: text),
            whenEmpty: "empty-after-cleaning")
    }

    /// A record's document with its text and language as the corpus wants them.
    private mutating func finished(_ outcome: RecordOutcome) -> ItemOutcome {
        switch outcome {
        case .rejected(let rejection): return .rejected(rejection)
        case .document(var document):
            document.text = TextNormalizer.normalize(document.text, loss: &loss)
            document.language = language(document.language)
            return checked(document, whenEmpty: "empty")
        }
    }

    private mutating func outcome(ofText bytes: [UInt8], name: String, title: String) -> ItemOutcome {
        let text = TextNormalizer.normalize(bytes, loss: &loss)
        return checked(
            CorpusDocument(externalID: name, title: title, language: language(""), text: text), whenEmpty: "empty")
    }

    private func language(_ stated: String) -> String {
        configuration.language.isEmpty ? stated : configuration.language
    }

    private mutating func checked(_ document: CorpusDocument, whenEmpty reason: String) -> ItemOutcome {
        func rejected(_ reason: String, _ detail: String = "") -> ItemOutcome {
            .rejected(
                Rejection(externalID: document.externalID, title: document.title, reason: reason, detail: detail))
        }
        if document.text.isEmpty { return rejected(reason) }
        func isShort(_ text: [UInt8]) -> Bool { text.count < configuration.minimumBytes }
        if isShort(document.text) { return rejected("short", "\(document.text.count) bytes") }
        var document = document
        if let (reason, detail) = rules.apply(to: &document, loss: &loss) { return rejected(reason, detail) }
        if isShort(document.text) { return rejected("short", "\(document.text.count) bytes") }
        return .document(document, rules.fingerprint(of: document.text))
    }
}
