/// How a wiki names the namespaces that matter to the cleaner: files, categories, and links to other wikis.
public struct WikiNamespaces: Sendable, Equatable {
    /// What a link's prefix makes of the link.
    enum Role: UInt8, Sendable {
        /// A picture or sound shown in place; it goes with its caption.
        case file
        /// A link to a file; its text stays.
        case media
        /// A category of the page.
        case category
        /// The same article in another language.
        case language
        /// A page of another project.
        case project
        /// A page of another namespace, which needs a name after the prefix.
        case other
    }

    private var names = ByteTable()
    private var roles: [Role] = []
    /// What was added to the names every wiki understands.
    private let own: [Int: String]

    /// The names of the English Wikipedia.
    public static let english = WikiNamespaces(names: [:])

    /// Names from a dump's `<siteinfo>` by namespace number (-2 Media, 6 File, 14 Category), beside the canonical
    /// English ones, which every wiki understands, and the aliases that wikis had.
    public init(names: [Int: String]) {
        own = names
        for (number, name) in names.sorted(by: { $0.key < $1.key }) where number != 0 && !name.isEmpty {
            add(name, number == 6 ? .file : number == 14 ? .category : number == -2 ? .media : .other)
        }
        for (role, list) in NamespaceNames.all {
            for name in list.split(separator: ",") { add(String(name), role) }
        }
        for code in NamespaceNames.languageCodes.split(separator: " ") { add(String(code), .language) }
    }

    /// Two wikis are alike when their own names are.
    public static func == (left: WikiNamespaces, right: WikiNamespaces) -> Bool { left.own == right.own }

    private mutating func add(_ name: String, _ role: Role) {
        let bytes = Self.normalised(Array(name.utf8).span, 0..<name.utf8.count)
        if names.intern(bytes, 0..<bytes.count) == roles.count { roles.append(role) }
    }

    /// The role of a link's prefix, given as the text before its first colon.
    func role(of bytes: Span<UInt8>, _ range: Range<Int>) -> Role? {
        guard range.count <= 80 else { return nil }
        let name = Self.normalised(bytes, range)
        return names.find(name).map { roles[$0] }
    }

    /// In lower case, one blank between words.
    private static func normalised(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var name: [UInt8] = []
        var isASCII = true
        for place in range {
            let byte = bytes[place]
            if byte == 0x20 || byte == UInt8(ascii: "_") || byte == 0x09 {
                if !name.isEmpty, name.last != 0x20 { name.append(0x20) }
            } else {
                if byte >= 0x80 { isASCII = false }
                name.append(byte.lowercasedASCII)
            }
        }
        if name.last == 0x20 { name.removeLast() }
        return isASCII ? name : Array(String(decoding: name, as: UTF8.self).lowercased().utf8)
    }
}
