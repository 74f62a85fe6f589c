internal import Storage
internal import Streaming

/// The texts, paragraphs and signatures of the documents seen so far, in one index on disk.
///
/// The index holds three kinds of pairs under keys that never meet by more than chance, and every hit is checked: the
/// first half of a text's digest and the number of its record; the first half of a paragraph's digest and the second;
/// a band of a signature and the number of a record.
final class KnownDocuments {
    /// A document of this corpus (0) or of another (from 1).
    struct Name: Equatable {
        let corpus: Int
        let id: Int64

        init(corpus: Int, id: Int64) {
            self.corpus = corpus
            self.id = id
        }

        init(word: UInt64) {
            corpus = Int(word >> 48)
            id = Int64(word & (1 << 48 - 1))
        }

        var word: UInt64 { UInt64(corpus) << 48 | UInt64(id) }
    }

    /// Documents compared at most for one band, the first ones: it keeps boilerplate from making time quadratic.
    static let bandLimit = 16

    private let parts: DocumentFingerprint.Parts
    private let layout: BandLayout
    private let leastAgreements: Int
    private let knowsOwnTexts: Bool
    private let index: FingerprintIndex
    private let records: FingerprintRecords
    private var values: [UInt64] = []
    private var record: [UInt64] = []
    private var candidates: [UInt64] = []

    /// - Parameter knowsOwnTexts: whether equal texts within the corpus are found, or only those of other corpora.
    init(
        _ directory: String, _ parts: DocumentFingerprint.Parts, _ selection: SelectionConfiguration,
        knowsOwnTexts: Bool
    ) throws(Failure) {
        self.parts = parts
        self.knowsOwnTexts = knowsOwnTexts
        layout = BandLayout(threshold: selection.nearDuplicates.threshold)
        leastAgreements = Int((selection.nearDuplicates.threshold * Double(MinHash.places)).rounded(.up))
        index = try FingerprintIndex(directory, memoryBytes: selection.memoryBytes)
        records = try FingerprintRecords(directory, width: 3 + (parts.signature ? MinHash.places / 4 : 0))
    }

    /// Enters a document; what of it is known already is not entered again.
    func enter(_ fingerprint: DocumentFingerprint, id: Int64, corpus: Int = 0) throws(Failure) {
        let number = UInt64(records.count)
        let digest = fingerprint.digest.isEmpty ? [0, 0] : fingerprint.digest
        let hasSignature = parts.signature && !fingerprint.signature.isEmpty
        let entersText = parts.digest && (corpus > 0 || knowsOwnTexts)
        if entersText || hasSignature {
            let signature = hasSignature ? fingerprint.signature : [UInt64](repeating: 0, count: MinHash.places / 4)
            try records.append(digest + [Name(corpus: corpus, id: id).word] + (parts.signature ? signature : []))
        }
        if entersText, try twin(of: fingerprint) == nil { try index.insert(digest[0], number) }
        if hasSignature {
            for key in layout.keys(of: fingerprint.signature) {
                try index.find(key, into: &values)
                if values.count < Self.bandLimit { try index.insert(key, number) }
            }
        }
        try enterParagraphs(fingerprint.paragraphs)
    }

    private func enterParagraphs(_ words: [UInt64]) throws(Failure) {
        for at in stride(from: 0, to: words.count, by: 2) where words[at] != 0 || words[at + 1] != 0 {
            if try !isKnown(paragraph: words[at], words[at + 1]) { try index.insert(words[at], words[at + 1]) }
        }
    }

    private func isKnown(paragraph high: UInt64, _ low: UInt64) throws(Failure) -> Bool {
        try index.find(high, into: &values)
        return values.contains(low)
    }

    /// The document with the same text.
    func twin(of fingerprint: DocumentFingerprint) throws(Failure) -> Name? {
        guard parts.digest, fingerprint.digest.count == 2 else { return nil }
        try index.find(fingerprint.digest[0], into: &values)
        for number in values.sorted() where try records.read(number, into: &record) {
            if record[0] == fingerprint.digest[0], record[1] == fingerprint.digest[1] { return Name(word: record[2]) }
        }
        return nil
    }

    /// The document most like this one, the first of equals, and the estimated similarity; nil below the threshold.
    func nearTwin(of fingerprint: DocumentFingerprint) throws(Failure) -> (Name, similarity: String)? {
        guard parts.signature, !fingerprint.signature.isEmpty else { return nil }
        candidates.removeAll(keepingCapacity: true)
        for key in layout.keys(of: fingerprint.signature) {
            try index.find(key, into: &values)
            candidates += values
        }
        candidates.sort()
        var best: (name: UInt64, agreements: Int)?
        var last: UInt64?
        for number in candidates where number != last {
            last = number
            guard try records.read(number, into: &record) else { continue }
            let agreements = MinHash.agreements(fingerprint.signature, record[3..<3 + MinHash.places / 4])
            if agreements >= leastAgreements, agreements > best?.agreements ?? 0 { best = (record[2], agreements) }
        }
        guard let best else { return nil }
        return (Name(word: best.name), KnownDocuments.decimal(best.agreements))
    }

    /// Two decimals of a share of the places.
    private static func decimal(_ agreements: Int) -> String {
        let hundredths = (agreements * 100 + MinHash.places / 2) / MinHash.places
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }

    /// The text without the paragraphs that are known or come twice in it; nil when all of them stay.
    func withoutKnownParagraphs(
        _ text: [UInt8], _ fingerprint: DocumentFingerprint
    ) throws(Failure) -> ReducedText? {
        struct Paragraph: Hashable {
            let high: UInt64
            let low: UInt64
        }
        let words = fingerprint.paragraphs
        var own: Set<Paragraph> = []
        var keeps: [(stays: Bool, counts: Bool)] = []
        keeps.reserveCapacity(words.count / 2)
        for at in stride(from: 0, to: words.count, by: 2) {
            let counts = words[at] != 0 || words[at + 1] != 0
            var stays = true
            if counts {
                stays = own.insert(Paragraph(high: words[at], low: words[at + 1])).inserted
                if stays { stays = try !isKnown(paragraph: words[at], words[at + 1]) }
            }
            keeps.append((stays, counts))
        }
        return keeps.allSatisfy(\.stays) ? nil : ReducedText(text, keeps)
    }

    /// Enters all documents of a corpus; fingerprints are computed on `jobs` threads.
    func enter(corpus reader: CorpusReader, number: Int, jobs: Int) throws(Failure) {
        var blocks = reader.blocks.makeIterator()
        let parts = parts
        do {
            try orderedParallelMap(
                jobs: jobs,
                source: { blocks.next() },
                transform: { block in
                    (block.firstDocument, try reader.texts(of: block).map { DocumentFingerprint(of: $0, parts) })
                },
                consume: { (first: Int64, fingerprints: [DocumentFingerprint]) in
                    // Removed documents have no text.
                    for (offset, fingerprint) in fingerprints.enumerated() where fingerprint != .init(of: [], parts) {
                        try self.enter(fingerprint, id: first + Int64(offset), corpus: number)
                    }
                })
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.bug, "\(error)")
        }
    }
}
