internal import Streaming

extension SourceFormat {
    /// By a file's name with or without the ending of a compression; nil when it says nothing.
    init?(name: String) {
        let bare = Compression.stripped(name).lowercased()
        if bare.hasSuffix("-multistream-index.txt") {
            // A table of contents of a dump, no text.
            return nil
        } else if bare.hasSuffix(".xml") || bare.contains(".xml-p") {
            // Wikimedia cuts its large dumps into ...articles1.xml-p10p30302.bz2.
            self = .mediawiki
        } else if bare.hasSuffix(".jsonl") || bare.hasSuffix(".ndjson") {
            self = .jsonl
        } else if bare.hasSuffix(".txt") {
            self = .text
        } else {
            return nil
        }
    }

    /// By the first bytes of the content; nil when they say nothing.
    init?(content: [UInt8]) {
        let mark = content.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        switch content[mark...].first(where: { $0 > 0x20 }) {
        case 0x3C: self = .mediawiki
        case 0x7B: self = .jsonl
        default: return nil
        }
    }

    var kind: SourceEntry.Kind? {
        switch self {
        case .auto: nil
        case .mediawiki: .mediawiki
        case .jsonl: .jsonl
        case .text: .text
        }
    }
}
