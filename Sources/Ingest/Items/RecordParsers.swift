internal import Storage

/// What a record says: a document whose text is not yet normalised, or why there is none.
enum RecordOutcome: Sendable {
    case document(CorpusDocument)
    case rejected(Rejection)
}

/// The parsers of one batch of records, each made when the first record of its kind comes.
struct RecordParsers {
    private let configuration: IngestConfiguration
    private var lines: JSONLineParser?
    private var citations: CitationParser?
    private var articles: ArticleParser?

    init(_ configuration: IngestConfiguration) { self.configuration = configuration }

    /// The document of a line of JSON, its text as the line has it.
    /// - Parameter cutAt: of a last line that nothing ends, the byte it begins at: one that is no JSON was cut.
    mutating func outcome(
        ofLine bytes: [UInt8], row: Int, cutAt: Int? = nil, loss: inout [Loss: LossCount]
    ) -> RecordOutcome {
        var parser = lines.take() ?? JSONLineParser(configuration.fields)
        defer { lines = parser }
        do {
            var line = Utf8Repair.repaired(bytes, loss: &loss)
            // Raw tabs in strings are against the standard, and common; elsewhere a blank is as good.
            for index in line.indices where line[index] == 0x09 { line[index] = 0x20 }
            return .document(try parser.document(line, row: row, loss: &loss))
        } catch {
            var rejection = Rejection(externalID: "row \(row)", reason: "malformed", detail: error.detail)
            if let cutAt, error.isSyntax {
                rejection.reason = RawItem.damaged
                rejection.detail = "the file ends inside a line that begins at byte \(cutAt); \(error.detail)"
            }
            return .rejected(rejection)
        }
    }

    /// The document of a row of a table, its text as the table has it.
    func outcome(of row: RawTableRow, loss: inout [Loss: LossCount]) -> RecordOutcome {
        var row = row
        row.bytes = Utf8Repair.repaired(row.bytes, loss: &loss)
        switch TableRowParser.document(row) {
        case .success(let document): return .document(document)
        case .failure(let rejected): return .rejected(rejected.rejection)
        }
    }

    /// The document of a citation or an article.
    mutating func outcome(of record: RawXMLRecord, loss: inout [Loss: LossCount]) -> RecordOutcome {
        do {
            switch record.kind {
            case .citation:
                if citations == nil { citations = try CitationParser(configuration) }
                return citations?.outcome(record, loss: &loss) ?? .rejected(record.damaged(""))
            case .article:
                if articles == nil { articles = try ArticleParser(configuration) }
                return articles?.outcome(record, loss: &loss) ?? .rejected(record.damaged(""))
            }
        } catch {
            return .rejected(record.damaged(error.detail))
        }
    }
}
