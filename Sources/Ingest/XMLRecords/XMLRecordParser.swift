internal import CLibXML2
internal import Streaming

/// What takes the events of one record.
protocol XMLRecordHandler: AnyObject {
    /// An element begins; `code` is the number of its name, 0 for one that was not asked for.
    func start(_ code: Int, _ attributes: XMLAttributes)
    /// The element that began last and is not yet ended ends.
    func end()
    /// Text in between.
    func text(_ bytes: UnsafeBufferPointer<UInt8>)
    /// A reference to a character by a name that is not known.
    func unknownEntity(_ name: String)
}

/// The attributes of an element while it begins.
struct XMLAttributes {
    fileprivate let entries: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    fileprivate let count: Int

    /// An attribute's value by its name without a prefix.
    ///
    /// libxml2 gives five pointers each: name, prefix, name space, value, the value's end.
    subscript(_ name: StaticString) -> String? {
        guard let entries else { return nil }
        for index in 0..<count {
            let entry = entries + 5 * index
            guard let found = entry[0], let begin = entry[3], let end = entry[4], XMLAttributes.equals(found, name)
            else {
                continue
            }
            return String(decoding: UnsafeBufferPointer(start: begin, count: end - begin), as: UTF8.self)
        }
        return nil
    }

    private static func equals(_ found: UnsafePointer<xmlChar>, _ name: StaticString) -> Bool {
        for index in 0..<name.utf8CodeUnitCount where found[index] != name.utf8Start[index] { return false }
        return found[name.utf8CodeUnitCount] == 0
    }
}

/// libxml2's SAX2 parser over one record after another; one for a batch of records, not for two threads at once.
///
/// Nothing is ever fetched and no entity is ever expanded but the five of XML; characters that HTML and ISO name
/// (`&alpha;`) are known by a table of ours. libxml2's own limits hold for depth, names and comments.
final class XMLRecordParser {
    /// Why a record cannot be parsed.
    struct Malformed: Error {
        var detail: String
    }

    private var context: xmlParserCtxtPtr?
    private let codes: [String: Int]
    /// The numbers of names by their address in libxml2's dictionary, which lives as long as the context.
    private var known: [UnsafePointer<xmlChar>: Int] = [:]
    private var handler: (any XMLRecordHandler)?
    /// Names an outer declaration that nobody reads: with it, unknown names of characters are told of, not errors.
    private static let prefix = Array("<!DOCTYPE r SYSTEM \"r\">".utf8)

    /// - Parameter codes: numbers above 0 for the names of elements that mean something.
    init(_ codes: [String: Int]) throws(Malformed) {
        self.codes = codes
        XMLRecordParser.prepareLibrary
        var sax = XMLRecordParser.makeHandler()
        guard let context = xmlCreatePushParserCtxt(&sax, Unmanaged.passUnretained(self).toOpaque(), nil, 0, nil) else {
            throw Malformed(detail: "libxml2 cannot start: out of memory")
        }
        self.context = context
    }

    deinit { if let context { xmlFreeParserCtxt(context) } }

    private static let prepareLibrary: Void = xmlInitParser()

    private static func makeHandler() -> xmlSAXHandler {
        var sax = xmlSAXHandler()
        sax.initialized = UInt32(XML_SAX2_MAGIC)
        sax.startElementNs = { own, name, _, _, _, _, count, _, attributes in
            XMLRecordParser.of(own)?.start(name, XMLAttributes(entries: attributes, count: Int(count)))
        }
        sax.endElementNs = { own, _, _, _ in XMLRecordParser.of(own)?.handler?.end() }
        sax.characters = { own, bytes, count in XMLRecordParser.of(own)?.characters(bytes, count) }
        sax.cdataBlock = { own, bytes, count in XMLRecordParser.of(own)?.characters(bytes, count) }
        sax.ignorableWhitespace = { own, bytes, count in XMLRecordParser.of(own)?.characters(bytes, count) }
        sax.reference = { own, name in XMLRecordParser.of(own)?.reference(name) }
        // Errors are read from the context; libxml2 must not print them.
        sax.serror = { _, _ in }
        return sax
    }

    private static func of(_ own: UnsafeMutableRawPointer?) -> XMLRecordParser? {
        own.map { Unmanaged<XMLRecordParser>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Parses one element with all in it.
    /// - Parameter record: valid UTF-8, from the element's `<` to its end tag's `>`.
    func parse(_ record: [UInt8], _ handler: any XMLRecordHandler) throws(Malformed) {
        self.handler = handler
        defer { self.handler = nil }
        guard xmlCtxtResetPush(context, nil, 0, nil, nil) == 0 else {
            throw Malformed(detail: "libxml2 cannot start: out of memory")
        }
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
        push(XMLRecordParser.prefix, isLast: false)
        push(record, isLast: false)
        push([], isLast: true)
        guard context?.pointee.wellFormed == 0 else { return }
        throw illFormed()
    }

    private func push(_ bytes: [UInt8], isLast: Bool) {
        _ = bytes.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                xmlParseChunk(context, $0.baseAddress, Int32($0.count), isLast ? 1 : 0)
            }
        }
    }

    private func illFormed() -> Malformed {
        let error = xmlCtxtGetLastError(context)
        let reason = error?.pointee.message.map { String(cString: $0) } ?? "unknown error"
        let line = context?.pointee.input.map { Int($0.pointee.line) } ?? 0
        return Malformed(
            detail: "is not well-formed XML: \(reason.split(separator: "\n").first ?? "") (line \(line) of it)")
    }

    private func start(_ name: UnsafePointer<xmlChar>?, _ attributes: XMLAttributes) {
        guard let name else { return }
        handler?.start(code(of: name), attributes)
    }

    private func code(of name: UnsafePointer<xmlChar>) -> Int {
        if let code = known[name] { return code }
        let code = codes[String(cString: name)] ?? 0
        known[name] = code
        return code
    }

    private func characters(_ bytes: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard let bytes, count > 0 else { return }
        handler?.text(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    private func reference(_ name: UnsafePointer<xmlChar>?) {
        guard let name else { return }
        let text = String(cString: name)
        let source = Array(text.utf8) + [UInt8(ascii: ";")]
        guard let (characters, _) = HTMLEntities.decode(source.span, 0, source.count) else {
            handler?.unknownEntity(text)
            return
        }
        Array(characters.utf8).withUnsafeBufferPointer { handler?.text($0) }
    }
}
