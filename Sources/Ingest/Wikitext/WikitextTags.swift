/// The tags of wikitext, and what becomes of each.
struct WikitextTags: Sendable {
    enum Role: UInt8, Sendable {
        // Tags of HTML, known to the inline pass.
        /// The tag goes, its content stays.
        case strip
        /// The tag goes and ends a paragraph.
        case block
        /// `<br>`.
        case lineBreak
        /// An HTML table, its rows and its cells.
        case table, row, cell
        /// Allowed as microdata only.
        case microdata

        // Tags that the preprocessor handles.
        /// The tag of an extension; it goes with its content, which is not looked into.
        case drop
        /// Dropped as a block, kept in a line.
        case code
        /// The content is plain text.
        case nowiki
        /// The content is plain text in lines.
        case pre
        /// The content's lines stay lines.
        case poem
        /// The tag goes without a trace, the content stays.
        case transparent
        /// `<includeonly>`: not of this page.
        case includeOnly

        var isForPreprocessor: Bool { rawValue >= Role.drop.rawValue }
    }

    private static let lists: [(Role, String)] = [
        (
            .strip,
            """
            b bdi del i ins u font big small sub sup cite code em s strike strong tt var span abbr dfn kbd samp data time \
            mark ruby rb rp rt rtc q bdo wbr
            """
        ),
        (.block, "p div center blockquote ul ol li dl dt dd hr h1 h2 h3 h4 h5 h6 caption"),
        (.lineBreak, "br"), (.table, "table"), (.row, "tr"), (.cell, "td th"), (.microdata, "meta link"),
        (
            .drop,
            """
            ref references math chem ce score gallery timeline graph hiero imagemap inputbox mapframe maplink templatedata \
            templatestyles categorytree indicator charinsert rss slideshow mapdata phonos dynamicpagelist pagelist pages \
            quiz listing buy do drink eat see sleep randomimage
            """
        ),
        (.code, "syntaxhighlight source"), (.nowiki, "nowiki"), (.pre, "pre"), (.poem, "poem"),
        (
            .transparent,
            "noinclude onlyinclude section translate tvar languages langconvert pagequality"
        ),
        (.includeOnly, "includeonly"),
    ]

    static let standard = WikitextTags()

    private var names = ByteTable()
    private(set) var roles: [Role] = []
    /// The names by number.
    private(set) var words: [[UInt8]] = []
    /// Tags of MediaWiki itself, which are text when they are not closed.
    private(set) var isCore: [Bool] = []

    private init() {
        let core: Set<String> = ["nowiki", "pre", "gallery", "indicator", "langconvert"]
        for (role, list) in Self.lists {
            for word in list.split(separator: " ") {
                let bytes = Array(word.utf8)
                guard names.intern(bytes, 0..<bytes.count) == roles.count else { continue }
                roles.append(role)
                words.append(bytes)
                isCore.append(core.contains(String(word)))
            }
        }
    }

    var count: Int { roles.count }

    /// The tag of a name in lower case.
    func find(_ name: [UInt8]) -> Int? { names.find(name) }

    /// Reads the tag name at `start`, in any case, into `scratch`; gives its number and where it ends.
    func find(
        _ bytes: Span<UInt8>, at start: Int, _ scratch: inout [UInt8]
    ) -> (index: Int, end: Int)? {
        guard bytes.at(start).isASCIILetter else { return nil }
        scratch.removeAll(keepingCapacity: true)
        var end = start
        while end < bytes.count, end < start + 20 {
            let byte = bytes[end]
            guard byte.isASCIILetter || byte.isASCIIDigit else { break }
            scratch.append(byte.lowercasedASCII)
            end += 1
        }
        return names.find(scratch).map { ($0, end) }
    }
}
