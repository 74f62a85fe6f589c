/// Which pages of a dump are documents.
struct PageFilter {
    private let configuration: IngestConfiguration
    private let site: SiteInformation

    init(_ configuration: IngestConfiguration, site: SiteInformation) {
        self.configuration = configuration
        self.site = site
    }

    /// Why the page is left out and the particulars, nil when it is a document.
    func reasonToReject(_ page: MediaWikiPage) -> (reason: String, detail: String)? {
        guard page.hasTitle else { return ("malformed", "the page has no title") }
        guard !page.hasElementsInText else { return ("malformed", "there is XML markup inside the text") }
        let namespace: Int
        switch page.namespace {
        case .none: namespace = site.namespace(ofTitle: page.title)
        case .number(let number): namespace = number
        case .damaged(let text): return ("bad-namespace", "'\(text.prefix(40))' is no number")
        }
        guard configuration.namespaces.contains(namespace) else { return ("namespace", String(namespace)) }
        if let target = page.redirect { return ("redirect", target) }
        guard let revision = page.revision else { return ("empty", "the page has no revision") }
        guard ["", "wikitext"].contains(revision.model) else { return ("model", revision.model) }
        guard revision.textBytes <= configuration.maxPageBytes else {
            return ("too-large", "\(revision.textBytes) bytes")
        }
        if let target = RedirectText.target(of: revision.text) { return ("redirect", target) }
        if revision.text.allSatisfy({ $0 <= 0x20 }) {
            return revision.isDeleted ? ("deleted", "the wiki has hidden the text of the revision") : ("empty", "")
        }
        return nil
    }
}
