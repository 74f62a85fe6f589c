/// The tags that wikitext knows, and what becomes of each.
struct WikitextTags: Sendable {
    enum Role: UInt8, Sendable {
        /// The tag goes, its content stays.
        case strip
        /// The tag goes and ends a paragraph.
        case block
        /// `<br>`.
        case lineBreak
        /// The tag goes with its content, which is not looked into.
        case drop
        /// The content is plain text.
        case literal
        /// The content's lines stay lines.
        case poem
        /// An HTML table, its rows and its cells.
        case table, row, cell
        /// Kept in a line, dropped when it spans lines.
        case code
    }

    private static let lists: [(Role, String)] = [
        (
            .strip,
            """
            b i u s em strong small big sub sup span font tt var kbd samp abbr acronym cite dfn del ins strike q bdi bdo ruby \
            rb rp rt rtc mark time data wbr a noinclude onlyinclude section translate tvar languages nobr \
            basefont col colgroup thead tbody tfoot img meta link
            """
        ),
        (
            .block,
            "p div center blockquote ul ol li dl dt dd hr h1 h2 h3 h4 h5 h6 caption address article fieldset pagequality"
        ),
        (.lineBreak, "br"),
        (
            .drop,
            """
            ref references math chem ce score gallery timeline graph hiero imagemap inputbox mapframe maplink templatedata \
            templatestyles categorytree includeonly indicator charinsert rss slideshow syntaxhighlight source pre \
            mapdata phonos dynamicpagelist pagelist pages quiz script style
            """
        ),
        (.literal, "nowiki"), (.poem, "poem"), (.table, "table"), (.row, "tr"), (.cell, "td th"), (.code, "code"),
    ]

    static let standard = WikitextTags()

    private var names = ByteTable()
    private(set) var roles: [Role] = []
    /// The names by number.
    private(set) var words: [[UInt8]] = []
    /// The number of `ref`, which has rules of its own.
    private(set) var ref = 0

    private init() {
        for (role, list) in Self.lists {
            for word in list.split(separator: " ") {
                let bytes = Array(word.utf8)
                guard names.intern(bytes, 0..<bytes.count) == roles.count else { continue }
                roles.append(role)
                words.append(bytes)
            }
        }
        ref = names.find(Array("ref".utf8)) ?? 0
    }

    var count: Int { roles.count }

    func find(_ name: [UInt8]) -> Int? { names.find(name) }
}
