internal import Foundation
internal import Storage
internal import Streaming

/// What a rank that reads tells the one that writes.
enum RankMessage: Sendable {
    case batch(CleanedBatch, from: SourcePosition?)
    /// A task has ended.
    case end
    /// It has failed; unless for bad data, its rank does no more.
    case failed(Failure)

    /// Bytes it holds, roughly.
    var size: Int {
        guard case .batch(let batch, _) = self else { return 1000 }
        return batch.outcomes.reduce(1000) {
            guard case .document(let document, _) = $1 else { return $0 + 500 }
            return $0 + document.text.count + 500
        }
    }

    /// As bytes for another rank of the same program.
    var encoded: [UInt8] {
        var writer = MessageWriter()
        switch self {
        case .batch(let batch, let begin):
            writer.write(0)
            writer.write(batch)
            writer.write(begin)
        case .end: writer.write(1)
        case .failed(let failure):
            writer.write(2)
            writer.write(Int(failure.code.rawValue))
            for text in [failure.message, failure.place ?? "", failure.remedy ?? ""] { writer.write(text) }
        }
        return writer.bytes
    }

    /// The inverse of `encoded`; a failure when the bytes are no message.
    init(_ bytes: [UInt8]) throws(Failure) {
        var reader = MessageReader(bytes)
        switch try reader.int() {
        case 0: self = .batch(try reader.batch(), from: try reader.position())
        case 1: self = .end
        default:
            let code = Failure.Code(rawValue: Int32(truncatingIfNeeded: try reader.int())) ?? .bug
            let texts = [try reader.string(), try reader.string(), try reader.string()]
            func given(_ text: String) -> String? { text.isEmpty ? nil : text }
            self = .failed(Failure(code, texts[0], at: given(texts[1]), remedy: given(texts[2])))
        }
    }
}

/// Writes the parts of a message: integers of 8 bytes, texts and arrays behind their counts.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: Int) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

    mutating func write(_ value: [UInt8]) {
        write(value.count)
        bytes += value
    }

    mutating func write(_ value: String) { write(Array(value.utf8)) }

    mutating func write(_ position: SourcePosition?) {
        write(position == nil ? 0 : 1)
        if let position { for value in [position.bit, position.skip, position.segment] { write(value) } }
    }

    mutating func write(_ batch: CleanedBatch) {
        write(batch.outcomes.count)
        for outcome in batch.outcomes { write(outcome) }
        write(batch.loss.count)
        for (loss, count) in batch.loss {
            write(loss.kind)
            write(loss.name)
            write(count.count)
            write(count.bytes)
        }
        for value in [batch.rawBytes, batch.endsChunk ? 1 : 0, batch.endsSource ? 1 : 0, batch.consumed] {
            write(value)
        }
        write(batch.end)
    }

    private mutating func write(_ outcome: ItemOutcome) {
        switch outcome {
        case .document(let document, let fingerprint):
            write(0)
            for text in [
                document.externalID, document.revision, document.title, document.url, document.language,
                document.licence, document.journal,
            ] { write(text) }
            write(document.text)
            write(fingerprint.words.count)
            for word in fingerprint.words { write(Int(bitPattern: UInt(word))) }
        case .rejected(let rejection):
            write(1)
            for text in [rejection.externalID, rejection.title, rejection.reason, rejection.detail] { write(text) }
        }
    }
}

/// Reads what `MessageWriter` has written; anything else is a failure.
struct MessageReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var damaged: Failure { Failure(.bug, "a rank has sent what is no message") }

    mutating func int() throws(Failure) -> Int {
        guard at + 8 <= bytes.count else { throw damaged }
        defer { at += 8 }
        return bytes.withUnsafeBytes { Int(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: Int.self)) }
    }

    private mutating func count() throws(Failure) -> Int {
        let count = try int()
        guard (0...bytes.count).contains(count) else { throw damaged }
        return count
    }

    mutating func array() throws(Failure) -> [UInt8] {
        let count = try count()
        guard at + count <= bytes.count else { throw damaged }
        defer { at += count }
        return Array(bytes[at..<(at + count)])
    }

    mutating func string() throws(Failure) -> String { String(decoding: try array(), as: UTF8.self) }

    mutating func position() throws(Failure) -> SourcePosition? {
        guard try int() == 1 else { return nil }
        return SourcePosition(bit: try int(), skip: try int(), segment: try int())
    }

    mutating func batch() throws(Failure) -> CleanedBatch {
        var outcomes: [ItemOutcome] = []
        for _ in 0..<(try count()) { outcomes.append(try outcome()) }
        var loss: [Loss: LossCount] = [:]
        for _ in 0..<(try count()) {
            let key = Loss(kind: try string(), name: try string())
            loss[key] = LossCount(count: try int(), bytes: try int())
        }
        return CleanedBatch(
            outcomes: outcomes, loss: loss, rawBytes: try int(), endsChunk: try int() == 1, endsSource: try int() == 1,
            consumed: try int(), end: try position())
    }

    private mutating func outcome() throws(Failure) -> ItemOutcome {
        guard try int() == 0 else {
            return .rejected(
                Rejection(
                    externalID: try string(), title: try string(), reason: try string(), detail: try string()))
        }
        let document = CorpusDocument(
            externalID: try string(), revision: try string(), title: try string(), url: try string(),
            language: try string(), licence: try string(), journal: try string(), text: try array())
        var words: [UInt64] = []
        for _ in 0..<(try count()) { words.append(UInt64(bitPattern: Int64(try int()))) }
        guard let fingerprint = DocumentFingerprint(words: words) else { throw damaged }
        return .document(document, fingerprint)
    }
}
