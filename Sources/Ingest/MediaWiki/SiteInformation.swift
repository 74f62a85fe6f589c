/// What a dump says of its wiki.
struct SiteInformation: Sendable, Equatable {
    /// BCP 47 language (`xml:lang` of the root), empty when not stated.
    var language = ""
    /// The main page's address; others have the same folder.
    var base = ""
    /// As in `enwiki`.
    var databaseName = ""
    /// Names by number; 0 is the article namespace and has an empty name.
    var namespaces: [Int: String] = [:]
    /// Whether the pages stand in a root element, which must end.
    var hasRoot = false

    /// The namespaces of the English MediaWiki, for dumps that do not name theirs.
    static let englishNamespaces: [Int: String] = [
        -2: "Media", -1: "Special", 0: "", 1: "Talk", 2: "User", 3: "User talk", 4: "Wikipedia", 5: "Wikipedia talk",
        6: "File", 7: "File talk", 8: "MediaWiki", 9: "MediaWiki talk", 10: "Template", 11: "Template talk",
        12: "Help", 13: "Help talk", 14: "Category", 15: "Category talk", 100: "Portal", 101: "Portal talk",
        118: "Draft", 119: "Draft talk", 710: "TimedText", 711: "TimedText talk", 828: "Module", 829: "Module talk",
    ]

    /// The namespace that a title's prefix stands for; 0 when it has none.
    func namespace(ofTitle title: String) -> Int {
        guard let colon = title.firstIndex(of: ":") else { return 0 }
        let prefix = SiteInformation.folded(String(title[..<colon]))
        guard !prefix.isEmpty else { return 0 }
        func number(in names: [Int: String]) -> Int? {
            // The lowest number wins, so that the answer does not depend on the order of a dictionary.
            names.filter { SiteInformation.folded($0.value) == prefix }.keys.min()
        }
        // The English names are valid in every wiki beside its own.
        return number(in: namespaces) ?? number(in: SiteInformation.englishNamespaces) ?? 0
    }

    private static func folded(_ name: String) -> String {
        name.replacing("_", with: " ").trimmingPrefix(while: { $0 == " " }).lowercased()
    }

    /// Where the page can be read, empty when the dump does not say.
    func url(ofTitle title: String) -> String {
        guard !title.isEmpty, let slash = base.utf8.lastIndex(of: 0x2F) else { return "" }
        var bytes = Array(base.utf8[...slash])
        for byte in title.utf8 {
            if byte == 0x20 {
                bytes.append(0x5F)
            } else if SiteInformation.isKeptInAddresses[Int(byte)] {
                bytes.append(byte)
            } else {
                bytes += [0x25, SiteInformation.digits[Int(byte >> 4)], SiteInformation.digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
    private static let isKeptInAddresses: [Bool] = {
        let kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~;@$!*(),/:"
        return (0..<256).map { kept.utf8.contains(UInt8($0)) }
    }()
}
