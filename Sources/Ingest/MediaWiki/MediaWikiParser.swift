internal import CLibXML2
internal import Streaming

/// libxml2's push parser over parts of a dump: XML in valid UTF-8 in, pages out.
///
/// Document type declarations are refused, so there are no entities but the predefined ones and nothing is ever
/// fetched; endless names and comments run into libxml2's own limits. Not for two threads at once.
final class MediaWikiParser {
    private(set) var builder: MediaWikiBuilder
    private var context: xmlParserCtxtPtr?
    private var hasDocumentType = false
    private var names: [UnsafePointer<xmlChar>: MediaWikiBuilder.ElementName] = [:]
    private let path: String

    /// - Parameters:
    ///   - path: named in failures.
    ///   - maxTextBytes: texts above it are dropped while they are read.
    init(path: String, maxTextBytes: Int) throws(Failure) {
        self.path = path
        builder = MediaWikiBuilder(maxTextBytes: maxTextBytes)
        MediaWikiParser.prepareLibrary
        var handler = MediaWikiParser.makeHandler()
        let own = Unmanaged.passUnretained(self).toOpaque()
        guard let context = xmlCreatePushParserCtxt(&handler, own, nil, 0, nil) else {
            throw Failure(.unavailable, "libxml2 cannot start: out of memory")
        }
        // Not XML_PARSE_HUGE: texts arrive in parts and are bounded here, while names, attributes and comments of
        // endless length would have to be kept in memory whole.
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
        self.context = context
    }

    deinit { if let context { xmlFreeParserCtxt(context) } }

    private static let prepareLibrary: Void = xmlInitParser()

    private static func makeHandler() -> xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { own, name, _, _, _, _, attributeCount, _, attributes in
            MediaWikiParser.of(own)?.start(name, attributes, Int(attributeCount))
        }
        handler.endElementNs = { own, _, _, _ in MediaWikiParser.of(own)?.end() }
        handler.characters = { own, bytes, count in MediaWikiParser.of(own)?.characters(bytes, count) }
        handler.cdataBlock = { own, bytes, count in MediaWikiParser.of(own)?.characters(bytes, count) }
        // Without this libxml2 guesses which white space matters, and drops some of a page's.
        handler.ignorableWhitespace = { own, bytes, count in MediaWikiParser.of(own)?.characters(bytes, count) }
        handler.internalSubset = { own, _, _, _ in MediaWikiParser.of(own)?.refuseDocumentType() }
        // Errors are read from the context; libxml2 must not print them.
        handler.serror = { _, _ in }
        return handler
    }

    private static func of(_ own: UnsafeMutableRawPointer?) -> MediaWikiParser? {
        own.map { Unmanaged<MediaWikiParser>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Takes the next bytes of the dump.
    func push(_ piece: [UInt8]) throws(Failure) { try parse(piece, terminate: false) }

    /// Whether what cannot be read is a dump all the same.
    var isIllFormedDump: Bool {
        context?.pointee.wellFormed == 0 && builder.hasRoot && builder.foreignRoot == nil && !builder.isTooDeep
            && !hasDocumentType
    }

    /// Tells that the dump ends here.
    func finish() throws(Failure) { try parse([], terminate: true) }

    /// The pages that have ended so far; they are handed out once.
    func takePages() -> [MediaWikiPage] { builder.takePages() }

    /// libxml2 takes what it is given at once for something it has to keep, and has limits for that.
    private static let pushBytes = 256 << 10

    private func parse(_ bytes: [UInt8], terminate: Bool) throws(Failure) {
        var at = 0
        repeat {
            let end = min(bytes.count, at + MediaWikiParser.pushBytes)
            let isLast = terminate && end == bytes.count
            let status = bytes[at..<end].withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    xmlParseChunk(context, $0.baseAddress, Int32($0.count), isLast ? 1 : 0)
                }
            }
            try check(status)
            at = end
        } while at < bytes.count
    }

    private func check(_ status: Int32) throws(Failure) {
        if hasDocumentType {
            throw Failure(
                .badData, "has a document type declaration, which no dump has and which is not safe to read", at: path,
                remedy: "name a MediaWiki dump")
        }
        if let root = builder.foreignRoot {
            throw Failure(
                .badData, "is XML, but no MediaWiki dump: its root element is <\(root)>", at: path,
                remedy: "name a MediaWiki dump, or give another --format")
        }
        if builder.isTooDeep {
            throw Failure(
                .badData, "is XML nested deeper than any dump \(builder.position)",
                at: "\(path): byte \(offset) of the XML",
                remedy: "name a MediaWiki dump")
        }
        // Unknown name spaces and the like are told of as errors too; only ill-formed XML ends the parsing.
        guard status != 0, context?.pointee.wellFormed == 0 else { return }
        throw illFormed()
    }

    private func illFormed() -> Failure {
        let error = xmlCtxtGetLastError(context)
        let reason = error?.pointee.message.map { String(cString: $0) } ?? "unknown error"
        let line = context?.pointee.input.map { Int($0.pointee.line) } ?? 0
        return Failure(
            .badData, "is not well-formed XML \(builder.position) (\(reason.split(separator: "\n").first ?? ""))",
            at: "\(path): line \(line), byte \(offset) of the XML", remedy: "fetch the file again, it may be cut short")
    }

    /// Bytes of the repaired stream that are parsed.
    private var offset: Int { Int(xmlByteConsumed(context)) }

    private func refuseDocumentType() {
        hasDocumentType = true
        xmlStopParser(context)
    }

    private func start(
        _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int
    ) {
        guard let name else { return }
        builder.start(element(name)) { MediaWikiParser.value(of: $0, attributes, count) }
        if builder.foreignRoot != nil || builder.isTooDeep { xmlStopParser(context) }
    }

    /// The element that `name` stands for; libxml2 keeps one copy of each name as long as the context lives.
    private func element(_ name: UnsafePointer<xmlChar>) -> MediaWikiBuilder.ElementName {
        if let known = names[name] { return known }
        let text = String(cString: name)
        // A dump has some thirty names; damage must not fill the table.
        let element = MediaWikiBuilder.ElementName(name: text)
        if names.count < 100 { names[name] = element }
        return element
    }

    /// An attribute's value.
    ///
    /// libxml2 gives five pointers each: name, prefix, name space, value, the value's end.
    private static func value(
        of name: String, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int
    ) -> String? {
        guard let attributes else { return nil }
        for index in 0..<count {
            let entry = attributes + 5 * index
            guard let found = entry[0], String(cString: found) == name, let begin = entry[3], let end = entry[4] else {
                continue
            }
            return String(decoding: UnsafeBufferPointer(start: begin, count: end - begin), as: UTF8.self)
        }
        return nil
    }

    private func characters(_ bytes: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard let bytes, count > 0 else { return }
        builder.characters(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    private func end() { builder.end() }
}
