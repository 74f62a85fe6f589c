internal import Storage

/// Takes documents out of JATS articles; one for a batch of records.
struct ArticleParser {
    private let parser: XMLRecordParser
    private let builder: ArticleBuilder

    init(_ configuration: IngestConfiguration) throws(XMLRecordParser.Malformed) {
        parser = try XMLRecordParser(ArticleElement.codes)
        builder = ArticleBuilder(configuration)
    }

    /// What became of a record: a document with its text not yet checked, or why there is none.
    func outcome(_ record: RawXMLRecord, loss: inout [Loss: LossCount]) -> RecordOutcome {
        builder.reset()
        do {
            try parser.parse(Utf8Repair.repaired(record.bytes, loss: &loss), builder)
        } catch {
            return .rejected(record.damaged(error.detail))
        }
        for (key, value) in builder.text.loss { loss[key, default: LossCount()] += value }
        let metadata = builder.metadata
        var text = metadata.title
        if !text.isEmpty, !builder.text.bytes.isEmpty { text.append(0x0A) }
        text += builder.text.bytes
        return .document(
            CorpusDocument(
                externalID: metadata.id.isEmpty ? record.name : metadata.id, revision: metadata.date.text,
                title: String(decoding: metadata.title, as: UTF8.self), url: metadata.url,
                language: LanguageCode.short(metadata.language), licence: metadata.licence,
                journal: metadata.journal, text: text))
    }
}
