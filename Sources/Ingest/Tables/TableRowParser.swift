internal import Storage

/// Takes documents out of rows.
enum TableRowParser {
    /// The row's document, its text as the table has it; a rejection when the row is ragged.
    static func document(_ raw: RawTableRow) -> Result<CorpusDocument, RejectedRow> {
        let row = TableRow(raw.bytes, raw.dialect)
        guard row.fields.count == raw.columns.count, let text = raw.columns[.text] else {
            let detail =
                "row \(raw.row), line \(raw.line): has \(row.fields.count) fields, the first row has \(raw.columns.count)"
            return .failure(
                RejectedRow(
                    rejection: Rejection(externalID: "row \(raw.row)", reason: "malformed", detail: detail)))
        }
        func string(_ field: RecordField) -> String { raw.columns[field].map { RecordText.label(row.field($0)) } ?? "" }
        let (id, licence, revision) = (string(.id), string(.licence), string(.revision))
        return .success(
            CorpusDocument(
                externalID: id.isEmpty ? "row \(raw.row)" : id,
                revision: revision.isEmpty ? string(.date) : revision, title: string(.title), url: string(.url),
                language: string(.language), licence: licence.isEmpty ? string(.license) : licence,
                text: row.field(text)))
    }

    /// A row that is left out.
    struct RejectedRow: Error {
        var rejection: Rejection
    }
}
