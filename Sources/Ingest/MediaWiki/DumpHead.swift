internal import Storage
internal import Streaming

/// What a dump says before its first page: that it is one, and of which wiki.
struct DumpHead {
    /// What is known of the wiki by now.
    private(set) var site = SiteInformation()
    private let path: String
    /// The beginning, until there is enough of it to look at.
    private var begin: [UInt8] = []
    private var parser: MediaWikiParser?
    /// Bytes that are looked at before the first are parsed.
    private static let beginBytes = 4096

    init(path: String) { self.path = path }

    /// What is known for sure of the wiki of an ill-formed head; nil when it is not that of a dump.
    var wholeSite: SiteInformation? { parser?.isIllFormedDump == true ? parser?.builder.wholeSite : nil }

    /// Takes more of the head; fails when this is no dump.
    mutating func push(_ bytes: [UInt8]) throws(Failure) {
        if parser == nil {
            begin += bytes
            if begin.count >= DumpHead.beginBytes { try start() }
        } else {
            try parse(bytes)
        }
    }

    /// Tells that the first page begins, or with `isWhole` that the dump ends without one.
    mutating func finish(isWhole: Bool) throws(Failure) {
        if parser == nil, !begin.isEmpty { try start() }
        if isWhole {
            guard parser != nil else {
                throw Failure(
                    .badData, "holds nothing but white space", at: path,
                    remedy: "fetch the file again, or leave it out")
            }
            try parser?.finish()
        }
        parser = nil
    }

    private mutating func start() throws(Failure) {
        let bytes = begin
        begin = []
        try DumpHead.refuseSixteenBits(bytes, path: path)
        // A byte order mark and white space, which XML does not allow there.
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[start]) { start += 1 }
        guard start < bytes.count else { return }
        guard bytes[start] == 0x3C else {
            throw Failure(
                .badData, "is not XML: it does not begin with '<'", at: path,
                remedy: "name a MediaWiki dump, or give another --format")
        }
        try DumpHead.refuseOtherEncodings(bytes[start...].prefix(200), path: path)
        let root = XMLProlog(Array(bytes[start...])).rootTag
        guard !root.contains(":") else {
            throw Failure(
                .badData, "has the root element <\(root)>: names with a prefix are not read", at: path,
                remedy: "export the dump again, without a prefix for MediaWiki's namespace")
        }
        parser = try MediaWikiParser(path: path, maxTextBytes: 1 << 20)
        try parse(Array(bytes[start...]))
    }

    private mutating func parse(_ bytes: [UInt8]) throws(Failure) {
        var repairs = [Loss: LossCount]()
        try parser?.push(Utf8Repair.repaired(bytes, loss: &repairs))
        site = parser?.builder.site ?? site
    }

    static func refuseSixteenBits(_ bytes: [UInt8], path: String) throws(Failure) {
        let marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF], [0x3C, 0x00], [0x00, 0x3C]]
        guard marks.contains(where: { bytes.starts(with: $0) }) else { return }
        throw Failure(
            .badData, "is in UTF-16 or UTF-32, only UTF-8 is read", at: path,
            remedy: "convert it first, as with 'iconv -f UTF-16 -t UTF-8'")
    }

    private static func refuseOtherEncodings(_ head: ArraySlice<UInt8>, path: String) throws(Failure) {
        let text = String(decoding: head, as: UTF8.self)
        guard text.hasPrefix("<?xml"), let end = text.firstRange(of: "?>"),
            let stated = text[..<end.lowerBound].firstMatch(of: /encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']/)
        else { return }
        let name = String(stated.1)
        // What says UTF-16 and comes here was translated before.
        guard !["utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be"].contains(name.lowercased())
        else { return }
        throw Failure(
            .badData, "is in \(name), only UTF-8 is read", at: path,
            remedy: "convert it first, as with 'iconv -f \(name) -t UTF-8', and change its first line")
    }
}
