internal import Storage
internal import Streaming
internal import Tokenize

/// The documents of one corpus block as spool records.
struct EncodedBlock: Sendable {
    struct Document: Sendable {
        let id: Int64
        let bytes: Range<Int>
    }

    var records: [UInt8] = []
    var documents: [Document] = []
    var sentences = 0
    var tokens = 0
    /// Documents in which no token was found.
    var empty = 0
}

/// Splits documents into sentences and encodes them, on any number of threads.
final class DocumentEncoder: Sendable {
    private let splitter: SentenceSplitter
    private let encoders: EncoderPool
    private let width: Int

    init(tokenizer: WordPieceTokenizer, language: String) {
        // A corpus holds text: "[MASK]" in it is four letters in brackets, never the special token.
        encoders = EncoderPool(tokenizer.matchingSpecialTokens(false))
        splitter = SentenceSplitter(language: language)
        width = TokenWidth.bytes(vocabularySize: tokenizer.vocabulary.count)
    }

    func encode(_ texts: [[UInt8]], firstDocument: Int64) -> EncodedBlock {
        encoders.withEncoder { encode(texts, firstDocument: firstDocument, with: $0) }
    }

    private func encode(_ texts: [[UInt8]], firstDocument: Int64, with encoder: WordPieceEncoder) -> EncodedBlock {
        var block = EncodedBlock()
        var ids: [Int32] = []
        var ends: [Int] = []
        var cutter = splitter.makeCutter()
        var sentences: [Range<Int>] = []
        for (index, text) in texts.enumerated() {
            ids.removeAll(keepingCapacity: true)
            ends.removeAll(keepingCapacity: true)
            sentences.removeAll(keepingCapacity: true)
            cutter.cutLines(text, into: &sentences)
            for sentence in sentences {
                encoder.encode(text, sentence, into: &ids)
                if ids.count > ends.last ?? 0 { ends.append(ids.count) }
            }
            guard !ends.isEmpty else {
                block.empty += 1
                continue
            }
            let document = firstDocument + Int64(index)
            let start = block.records.count
            SpoolRecord.append(document: document, ids: ids, ends: ends, width: width, to: &block.records)
            block.documents.append(EncodedBlock.Document(id: document, bytes: start..<block.records.count))
            block.sentences += ends.count
            block.tokens += ids.count
        }
        return block
    }
}
