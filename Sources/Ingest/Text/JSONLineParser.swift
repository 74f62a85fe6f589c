internal import Storage

/// Takes documents out of lines of JSON; one for a batch of lines.
struct JSONLineParser {
    private let fields: RecordFields
    private var reader: JSONFieldReader

    /// Why a line holds no document.
    struct Malformed: Error {
        var detail: String
        /// Whether it is no JSON at all.
        var isSyntax = false
    }

    init(_ fields: RecordFields) {
        self.fields = fields
        reader = JSONFieldReader(JSONFieldPaths(fields.all))
    }

    /// The document of a line; its text is as the line has it, not yet normalised.
    /// - Parameters:
    ///   - bytes: one JSON object in valid UTF-8.
    ///   - row: its number, which stands in for an id when there is none.
    ///   - loss: counts what a text field holds beside strings.
    mutating func document(
        _ bytes: [UInt8], row: Int, loss: inout [Loss: LossCount]
    ) throws(Malformed) -> CorpusDocument {
        try bytes.withUnsafeBufferPointer { bytes throws(Malformed) in
            guard try read(bytes, row) else { throw Malformed(detail: "row \(row): is no JSON object") }
            guard let text = text(bytes, loss: &loss) else {
                throw Malformed(detail: "row \(row): has no string in the field '\(fields.text)'")
            }
            return document(bytes, text, row: row)
        }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ row: Int) throws(Malformed) -> Bool {
        do {
            return try reader.read(bytes)
        } catch {
            throw Malformed(
                detail: "row \(row), column \(error.column): is not valid JSON: \(error.message)", isSyntax: true)
        }
    }

    private func document(_ bytes: UnsafeBufferPointer<UInt8>, _ text: [UInt8], row: Int) -> CorpusDocument {
        let id = string(.id, bytes)
        let licence = string(.licence, bytes)
        let revision = string(.revision, bytes)
        return CorpusDocument(
            externalID: id.isEmpty ? "row \(row)" : id, revision: revision.isEmpty ? string(.date, bytes) : revision,
            title: string(.title, bytes), url: string(.url, bytes), language: string(.language, bytes),
            licence: licence.isEmpty ? string(.license, bytes) : licence, text: text)
    }

    /// All strings of the text field, each a paragraph; nil when there is none.
    private func text(_ bytes: UnsafeBufferPointer<UInt8>, loss: inout [Loss: LossCount]) -> [UInt8]? {
        var text: [UInt8] = []
        var hasString = false
        var others = LossCount()
        var alone = LossCount()
        for value in reader.values[RecordField.text.rawValue] {
            switch value.kind {
            case .string, .escapedString:
                if hasString { text.append(0x0A) }
                hasString = true
                alone.count += JSONLineParser.append(value, bytes, to: &text)
            case .number, .other: others += LossCount(count: 1, bytes: value.range.count)
            }
        }
        guard hasString else { return nil }
        if others.count > 0 { loss[Loss(kind: "json", name: "not-a-string"), default: LossCount()] += others }
        alone.bytes = 6 * alone.count
        if alone.count > 0 { loss[Loss(kind: "encoding", name: "lone-surrogate"), default: LossCount()] += alone }
        return text
    }

    /// The first string or number of a field, numbers as they are written; empty when there is none.
    private func string(_ field: RecordField, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard let value = reader.values[field.rawValue].first(where: { $0.kind != .other }) else { return "" }
        var characters: [UInt8] = []
        _ = JSONLineParser.append(value, bytes, to: &characters)
        return RecordText.label(characters)
    }

    /// - Returns: halves of surrogate pairs that stood alone.
    private static func append(
        _ value: JSONFieldReader.Value, _ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]
    ) -> Int {
        if value.kind == .escapedString { return JSONString.append(bytes, value.range, to: &output) }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[value.range]))
        return 0
    }
}

/// Short texts of a record: names, titles, addresses.
enum RecordText {
    /// One line: control characters, which an escape can bring in, become spaces.
    static func label(_ bytes: [UInt8]) -> String {
        guard bytes.contains(where: { $0 < 0x20 }) else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }
}
