import Storage
import Streaming

@testable import Ingest

/// What the items of a reader come to, before text is normalised and selected.
struct RecordOutcomes {
    var documents: [CorpusDocument] = []
    var rejections: [Rejection] = []
    var loss: [Loss: LossCount] = [:]
    /// The items' raw sizes.
    var rawBytes: [Int] = []

    var texts: [String] { documents.map { String(decoding: $0.text, as: UTF8.self) } }
}

func recordOutcomes(
    _ reader: any ItemReader, _ configuration: IngestConfiguration = IngestConfiguration()
) throws -> RecordOutcomes {
    var parsers = RecordParsers(configuration)
    var result = RecordOutcomes()
    while let item = try reader.next() {
        result.rawBytes.append(item.rawBytes)
        let outcome: RecordOutcome
        switch item.content {
        case .line(let bytes, let row, _): outcome = parsers.outcome(ofLine: bytes, row: row, loss: &result.loss)
        case .row(let row): outcome = parsers.outcome(of: row, loss: &result.loss)
        case .record(let record): outcome = parsers.outcome(of: record, loss: &result.loss)
        case .text(let bytes, let name, let title):
            outcome = .document(CorpusDocument(externalID: name, title: title, text: bytes))
        case .rejected(let rejection): outcome = .rejected(rejection)
        case .page: continue
        }
        switch outcome {
        case .document(let document): result.documents.append(document)
        case .rejected(let rejection): result.rejections.append(rejection)
        }
    }
    return result
}
