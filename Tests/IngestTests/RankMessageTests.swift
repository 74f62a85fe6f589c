import Storage
import Streaming
import Testing

@testable import Ingest

@Suite struct RankMessageTests {
    static let batch = CleanedBatch(
        outcomes: [
            .document(
                CorpusDocument(
                    externalID: "id", revision: "rev", title: "title", url: "url", language: "lang",
                    licence: "licence", journal: "Journal of Gulls", text: Array("text é".utf8)),
                DocumentFingerprint()),
            .rejected(Rejection(externalID: "x", title: "t", reason: "empty", detail: "d")),
        ],
        loss: [Loss(kind: "tag", name: "ref"): LossCount(count: 2, bytes: 30)], rawBytes: 7, endsChunk: true,
        endsSource: false, consumed: 9, end: SourcePosition(bit: 1, skip: 2, segment: 3))

    @Test func `a batch is the same after its travel to another rank`() throws {
        let place = SourcePosition(bit: 4, skip: 5, segment: 6)
        guard case .batch(let batch, let from) = try RankMessage(RankMessage.batch(Self.batch, from: place).encoded)
        else {
            Issue.record("another kind of message")
            return
        }
        #expect(from == place && batch.end == Self.batch.end && batch.loss == Self.batch.loss)
        #expect(batch.rawBytes == 7 && batch.endsChunk && !batch.endsSource && batch.consumed == 9)
        #expect(batch.outcomes.count == 2)
        for (found, sent) in zip(batch.outcomes, Self.batch.outcomes) {
            switch (found, sent) {
            case (.document(let found, let print), .document(let sent, let sentPrint)):
                #expect(found == sent && print == sentPrint)
            case (.rejected(let found), .rejected(let sent)): #expect(found == sent)
            default: Issue.record("another outcome")
            }
        }
    }

    @Test func `a message that was cut is a failure`() {
        let whole = RankMessage.batch(Self.batch, from: nil).encoded
        for length in 0..<whole.count {
            #expect(throws: Failure.self) { try RankMessage(Array(whole[..<length])) }
        }
    }
}
