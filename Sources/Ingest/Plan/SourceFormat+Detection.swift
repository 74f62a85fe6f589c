internal import Streaming

extension SourceFormat {
    /// By a file's name with or without the ending of a compression; nil when it says nothing.
    init?(name: String) {
        let bare = Compression.stripped(name).lowercased()
        func ends(_ suffixes: String...) -> Bool { suffixes.contains { bare.hasSuffix($0) } }
        if ends("-multistream-index.txt") {
            // A table of contents of a dump, no text.
            return nil
        } else if ends(".xml") || bare.contains(".xml-p") {
            // Wikimedia cuts its large dumps into ...articles1.xml-p10p30302.bz2.
            self = .mediawiki
        } else if ends(".nxml") {
            self = .jats
        } else if ends(".jsonl", ".ndjson") {
            self = .jsonl
        } else if ends(".csv") {
            self = .csv
        } else if ends(".tsv", ".tab") {
            self = .tsv
        } else if ends(".txt") {
            self = .text
        } else {
            return nil
        }
    }

    /// Whether the name leaves open which kind of XML a file holds.
    func needsContent(name: String) -> Bool {
        self == .mediawiki && Compression.stripped(name).lowercased().hasSuffix(".xml")
    }

    /// By the first bytes of the content; nil when they say nothing.
    init?(content: [UInt8]) {
        let mark = content.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        switch content[mark...].first(where: { $0 > 0x20 }) {
        case 0x3C: self = SourceFormat(root: XMLProlog(content).root)
        case 0x7B: self = .jsonl
        default: return nil
        }
    }

    /// By the root element of XML; what is not known is left to the reader of dumps, which says what it is.
    init(root: String) {
        switch root {
        case "PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet",
            "MedlineCitation":
            self = .pubmed
        case "article", "pmc-articleset", "articles", "article-set", "OAI-PMH": self = .jats
        default: self = .mediawiki
        }
    }

    var kind: SourceEntry.Kind? {
        switch self {
        case .auto: nil
        case .mediawiki: .mediawiki
        case .jsonl: .jsonl
        case .text: .text
        case .csv: .csv
        case .tsv: .tsv
        case .pubmed: .pubmed
        case .jats: .jats
        }
    }
}
