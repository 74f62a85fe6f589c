internal import Storage

/// Takes documents out of PubMed's records; one for a batch of records.
struct CitationParser {
    private let parser: XMLRecordParser
    private let builder = CitationBuilder()
    private let keepsLabels: Bool

    init(_ configuration: IngestConfiguration) throws(XMLRecordParser.Malformed) {
        parser = try XMLRecordParser(CitationElement.codes)
        keepsLabels = configuration.wikitext.headings == .keep
    }

    /// What became of a record: a document with its text not yet checked, or why there is none.
    func outcome(_ record: RawXMLRecord, loss: inout [Loss: LossCount]) -> RecordOutcome {
        builder.reset()
        do {
            try parser.parse(Utf8Repair.repaired(record.bytes, loss: &loss), builder)
        } catch {
            return .rejected(record.damaged(error.detail))
        }
        for (key, value) in builder.loss { loss[key, default: LossCount()] += value }
        let citation = builder.citation
        if !citation.deleted.isEmpty { return .rejected(CitationParser.deletion(citation)) }
        return .document(document(citation, record))
    }

    /// A `<DeleteCitation>` lists citations that earlier files hold and that are to go.
    private static func deletion(_ citation: CitationBuilder.Citation) -> Rejection {
        Rejection(
            externalID: citation.deleted[0], reason: "deleted",
            detail: "citations to delete: " + citation.deleted.joined(separator: " "))
    }

    private func document(_ citation: CitationBuilder.Citation, _ record: RawXMLRecord) -> CorpusDocument {
        let title = citation.title.isEmpty ? Array(citation.bookTitle.utf8) : citation.title
        var text = title
        for section in citation.sections {
            if !text.isEmpty { text.append(0x0A) }
            let isLabelled = keepsLabels && !section.label.isEmpty && section.label.uppercased() != "UNLABELLED"
            if isLabelled { text += Array("\(section.label): ".utf8) }
            text += section.text
        }
        let url = citation.pmid.isEmpty ? "" : "https://pubmed.ncbi.nlm.nih.gov/\(citation.pmid)/"
        return CorpusDocument(
            externalID: citation.pmid.isEmpty ? record.name : citation.pmid, revision: citation.published,
            title: String(decoding: title, as: UTF8.self), url: url,
            language: CitationParser.language(citation), licence: citation.copyright,
            journal: citation.journal, text: text)
    }

    /// Title and abstract are in English whatever the article's language is (National Library of Medicine,
    /// MEDLINE/PubMed XML element descriptions, `ArticleTitle` and `Abstract`); books are in the language stated.
    private static func language(_ citation: CitationBuilder.Citation) -> String {
        citation.bookTitle.isEmpty ? "en" : LanguageCode.short(citation.language)
    }
}
