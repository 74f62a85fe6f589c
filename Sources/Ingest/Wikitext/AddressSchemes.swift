/// The beginnings of addresses that MediaWiki makes links of.
enum AddressSchemes {
    static let all: [[UInt8]] = """
        http:// https:// // mailto: ftp:// ftps:// news: irc:// ircs:// tel: sms: urn: geo: magnet: xmpp: sip: sips: \
        git:// svn:// ssh:// sftp:// telnet:// nntp:// worldwind:// mms:// redis:// gopher:// bitcoin: matrix:
        """.split(separator: " ").map { Array($0.utf8) }

    private static let firstLetters: ASCIISet = {
        var set = ASCIISet("")
        for scheme in all {
            set.insert(scheme[0])
            if scheme[0].isASCIILetter { set.insert(scheme[0] & 0xDF) }
        }
        return set
    }()

    /// The length of the scheme at `position`, or 0.
    static func length(_ bytes: Span<UInt8>, at position: Int) -> Int {
        guard firstLetters.contains(bytes.at(position)) else { return 0 }
        for scheme in all where bytes.count - position >= scheme.count {
            var index = 0
            while index < scheme.count, bytes[position + index].lowercasedASCII == scheme[index] { index += 1 }
            if index == scheme.count { return index }
        }
        return 0
    }

    static func begins(_ bytes: Span<UInt8>, at position: Int) -> Bool { length(bytes, at: position) > 0 }
}
