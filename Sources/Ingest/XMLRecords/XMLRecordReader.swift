internal import Storage
internal import Streaming

/// The records of XML files: the citations of a PubMed file, the articles of JATS files.
///
/// A file that is damaged as a whole ends a source of one file; among several it is an item left out.
///
/// Memory: one record of at most `maxBytes` and a piece of input.
final class XMLRecordReader: ItemReader {
    private let files: [SourceFile]
    private let kind: RawXMLRecord.Kind
    private let maxBytes: Int
    private let crew: ThreadCrew?
    private var nextFile = 0
    private var source: XMLSource?
    private var cutter: XMLRecordCutter?
    private var before = 0
    private var records = 0
    /// Whether the file at hand is sound but of another kind.
    private var isForeign = false
    let site = SiteInformation()

    /// - Parameter crew: threads that decode a large bzip2 file, if any.
    init(_ files: [SourceFile], _ kind: RawXMLRecord.Kind, maxBytes: Int, crew: ThreadCrew? = nil) {
        self.crew = files.count == 1 ? crew : nil
        self.files = files
        self.kind = kind
        // libxml2 counts bytes in 32 bits.
        self.maxBytes = min(maxBytes, 1 << 30)
    }

    var consumed: Int { before + (source?.bytes.consumed ?? 0) }

    func next() throws(Failure) -> RawItem? {
        while true {
            try Cancellation.check()
            if cutter == nil {
                guard nextFile < files.count else { return nil }
                nextFile += 1
            }
            let file = files[nextFile - 1]
            do {
                if cutter == nil { try open(file) }
                if let item = try nextRecord(file) { return item }
                close()
            } catch {
                guard files.count > 1, error.code == .badData else { throw error }
                close()
                let rejection = Rejection(
                    externalID: file.name, reason: isForeign ? "unknown-format" : RawItem.damaged,
                    detail: error.place.map { "\($0): \(error.message)" } ?? error.message)
                return RawItem(content: .rejected(rejection), rawBytes: 0)
            }
        }
    }

    private func open(_ file: SourceFile) throws(Failure) {
        isForeign = false
        let source = try XMLSource(file.path, crew: crew)
        self.source = source
        cutter = XMLRecordCutter(
            source.bytes, names: try names(root: source.prolog.root, file), root: source.prolog.rootTag,
            from: source.prolog.rootStart, limit: maxBytes)
        records = 0
    }

    private func close() {
        before = consumed
        source = nil
        cutter = nil
    }

    /// The elements that are records under this root.
    private func names(root: String, _ file: SourceFile) throws(Failure) -> [StaticString] {
        switch (kind, root) {
        case (.citation, "MedlineCitationSet"), (.citation, "MedlineCitation"):
            return ["MedlineCitation", "DeleteCitation"]
        case (.citation, _) where root.hasPrefix("Pubmed"):
            return ["PubmedArticle", "PubmedBookArticle", "DeleteCitation", "DeleteDocument"]
        case (.article, _) where SourceFormat(root: root) == .jats: return ["article"]
        default:
            isForeign = true
            throw Failure(
                .badData,
                "is XML, but no \(kind == .citation ? "PubMed file" : "JATS article"): its root element is <\(root)>",
                at: file.path, remedy: "give another --format, or leave the file out")
        }
    }

    private func nextRecord(_ file: SourceFile) throws(Failure) -> RawItem? {
        if let record = try cutter?.next() {
            records += 1
            return try item(record, file)
        }
        guard let cutter, !cutter.rootEnded else { return nil }
        throw Failure(
            .badData, "ends before its root element does: the file was cut short",
            at: "\(file.path): byte \(cutter.offset) of the XML", remedy: "fetch the file again")
    }

    private func item(_ record: XMLRecord, _ file: SourceFile) throws(Failure) -> RawItem {
        let place = "\(file.name): \(record.name) \(records) at byte \(record.offset) of the XML"
        let name = files.count > 1 || kind == .article && records == 1 ? file.name : "\(file.name)#\(records)"
        func left(_ reason: String, _ detail: String) -> RawItem {
            RawItem(
                content: .rejected(Rejection(externalID: name, reason: reason, detail: "\(place): \(detail)")),
                rawBytes: record.rawBytes)
        }
        switch record.fault {
        case nil:
            return RawItem(
                content: .record(RawXMLRecord(kind: kind, bytes: record.bytes, name: name, place: place)),
                rawBytes: record.rawBytes)
        case .tooLarge: return left("too-large", "has more than \(maxBytes) bytes")
        case .unclosed: return left(RawItem.damaged, "has no end tag")
        case .beheaded: return left(RawItem.damaged, "has no start tag")
        case .cutShort:
            throw Failure(
                .badData,
                "ends inside a record that begins at byte \(record.offset) of the XML: the file was cut short",
                at: file.path, remedy: "fetch the file again")
        }
    }
}
