internal import Streaming

/// A document on its way from the corpus to its partition: i64 document key, u32 sentences, u32 tokens of each
/// sentence, then the token ids; little-endian.
struct SpoolRecord {
    static let headerBytes = 12

    /// Writes a document whose sentences end at `ends` in `ids`.
    static func append(document: Int64, ids: [Int32], ends: [Int], width: Int, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: document)
        bytes.append(littleEndian: UInt32(ends.count))
        var start = 0
        for end in ends {
            bytes.append(littleEndian: UInt32(end - start))
            start = end
        }
        for id in ids { bytes.append(token: id, width: width) }
    }
}

/// The documents of a partition, in memory: the spool's bytes and where everything is in them.
///
/// The sentences of a document are contiguous, so that any run of sentences is one range of bytes; instances are
/// such ranges and no token is copied until a block is written.
struct SpooledDocuments: Sendable {
    struct Document: Sendable {
        let id: Int64
        /// Index in `sentenceStarts` of its first sentence; its end is stored after its last one.
        let firstSentence: Int
        let sentences: Int
    }

    let bytes: [UInt8]
    /// Bytes of a token id.
    let width: Int
    private(set) var documents: [Document] = []
    /// Byte offsets: for each document those of its sentences, and where its last one ends.
    private(set) var sentenceStarts: [Int] = []

    /// Finds the documents in a spool; anything that does not fit is a failure at `path`.
    init(_ bytes: [UInt8], width: Int, vocabularySize: Int, path: String) throws(Failure) {
        self.bytes = bytes
        self.width = width
        var offset = 0
        while offset < bytes.count {
            guard let end = addDocument(at: offset) else {
                throw Failure(
                    .badData, "a document at byte \(offset) does not fit", at: path,
                    remedy: "remove the folder and run 'tessera shard' again")
            }
            offset = end
        }
        try checkTokens(vocabularySize: vocabularySize, path: path)
    }

    /// Counts how often each token occurs.
    func count(into counts: inout [Int]) {
        for document in documents {
            let range = bytesOf(document, from: 0, to: document.sentences)
            for offset in stride(from: range.lowerBound, to: range.upperBound, by: width) {
                counts[Int(bytes.token(at: offset, width: width))] += 1
            }
        }
    }

    private mutating func addDocument(at start: Int) -> Int? {
        guard start + SpoolRecord.headerBytes <= bytes.count else { return nil }
        let id = bytes.integer(Int64.self, at: start)
        let sentences = Int(bytes.integer(UInt32.self, at: start + 8))
        let lengths = start + SpoolRecord.headerBytes
        guard sentences > 0, lengths + 4 * sentences <= bytes.count else { return nil }
        documents.append(Document(id: id, firstSentence: sentenceStarts.count, sentences: sentences))
        var offset = lengths + 4 * sentences
        for index in 0..<sentences {
            let tokens = Int(bytes.integer(UInt32.self, at: lengths + 4 * index))
            guard tokens > 0, offset + tokens * width <= bytes.count else { return nil }
            sentenceStarts.append(offset)
            offset += tokens * width
        }
        sentenceStarts.append(offset)
        return offset
    }

    private func checkTokens(vocabularySize: Int, path: String) throws(Failure) {
        for document in documents {
            let range = bytesOf(document, from: 0, to: document.sentences)
            for offset in stride(from: range.lowerBound, to: range.upperBound, by: width) {
                guard UInt32(bitPattern: bytes.token(at: offset, width: width)) < UInt32(vocabularySize) else {
                    throw Failure(
                        .badData, "a token at byte \(offset) is not in the vocabulary", at: path,
                        remedy: "remove the folder and run 'tessera shard' again")
                }
            }
        }
    }

    /// The bytes of sentences `first..<last` of a document.
    func bytesOf(_ document: Document, from first: Int, to last: Int) -> Range<Int> {
        sentenceStarts[document.firstSentence + first]..<sentenceStarts[document.firstSentence + last]
    }

    /// Tokens of one sentence.
    func tokens(_ document: Document, _ sentence: Int) -> Int {
        bytesOf(document, from: sentence, to: sentence + 1).count / width
    }
}
