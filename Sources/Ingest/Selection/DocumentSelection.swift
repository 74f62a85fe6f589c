internal import Storage
internal import Streaming

/// The rules that go by the order of documents: texts that were taken out, repeated texts, repeated paragraphs,
/// near-duplicates, and what other corpora have.
///
/// What it knows is a function of the documents in the corpus (and of the other corpora), so after a kill it is built
/// again from them, on the first document it is asked about. Its indexes are files without names in the corpus folder,
/// its memory `SelectionConfiguration.memoryBytes`. One thread asks, in the order of the documents.
final class DocumentSelection {
    /// What becomes of a document.
    enum Verdict {
        /// It is taken, perhaps without some of its paragraphs.
        case admitted(CorpusDocument)
        case rejected(Rejection)
    }

    let configuration: IngestConfiguration
    let parts: DocumentFingerprint.Parts
    let directory: String
    let jobs: Int
    let others: [OtherCorpus]
    private let removed: RemovedTexts
    /// Nil until the first document.
    private var known: KnownDocuments?
    private var loss: [Loss: LossCount] = [:]

    /// - Parameters:
    ///   - configuration: says which rules apply.
    ///   - others: the corpora to select against.
    ///   - writer: the corpus; it is held to the content of the others.
    ///   - jobs: threads that read corpora when the indexes are built.
    init(
        _ configuration: IngestConfiguration, against others: [OtherCorpus], _ writer: CorpusWriter, jobs: Int
    ) throws(Failure) {
        self.configuration = configuration
        parts = DocumentFingerprint.Parts(configuration)
        directory = writer.directory
        self.jobs = jobs
        self.others = others
        removed = writer.removedTexts
        for other in others { try writer.agree("against \(other.path)", other.digest, on: "the corpus \(other.path)") }
    }

    /// Decides on the next document.
    /// - Parameters:
    ///   - document: the document as it was cleaned.
    ///   - fingerprint: its fingerprint with `parts`.
    ///   - id: the id it gets when it is admitted.
    func admit(
        _ document: CorpusDocument, _ fingerprint: DocumentFingerprint, id: Int64
    ) throws(Failure) -> Verdict {
        if let earlier = removal(of: document.text, from: document) { return earlier }
        guard !parts.isEmpty else { return .admitted(document) }
        let known = try prepared()
        func rejected(_ reason: String, _ detail: String) -> Verdict {
            .rejected(
                Rejection(externalID: document.externalID, title: document.title, reason: reason, detail: detail))
        }
        if let twin = try known.twin(of: fingerprint) { return rejected("duplicate", "same text as \(name(twin))") }
        if let (like, similarity) = try known.nearTwin(of: fingerprint) {
            return rejected("near-duplicate", "like \(name(like)), similarity \(similarity)")
        }
        guard parts.paragraphs, let reduced = try known.withoutKnownParagraphs(document.text, fingerprint) else {
            try known.enter(fingerprint, id: id)
            return .admitted(document)
        }
        count(reduced)
        guard reduced.hasParagraph, reduced.text.count >= configuration.minimumBytes else {
            return rejected("repeated-paragraphs", "\(reduced.text.count) bytes are new")
        }
        let remaining = DocumentFingerprint(of: reduced.text, parts)
        if let twin = try known.twin(of: remaining) {
            return rejected("duplicate", "same as \(name(twin)) but for repeated paragraphs")
        }
        if let earlier = removal(of: reduced.text, from: document) { return earlier }
        try known.enter(remaining, id: id)
        var document = document
        document.text = reduced.text
        return .admitted(document)
    }

    /// Why a text that was taken out does not come back; its title is what should not be known any more either.
    private func removal(of text: [UInt8], from document: CorpusDocument) -> Verdict? {
        guard let id = removed.document(with: text) else { return nil }
        return .rejected(
            Rejection(
                externalID: document.externalID, reason: "removed",
                detail: "same text as document \(id), which was taken out"))
    }

    /// What was dropped since the last call.
    func takeLoss() -> [Loss: LossCount] {
        defer { loss = [:] }
        return loss
    }

    private func count(_ reduced: ReducedText) {
        loss[Loss(kind: "paragraph", name: "repeated"), default: LossCount()] += LossCount(
            count: reduced.droppedParagraphs, bytes: reduced.droppedBytes)
    }

    private func prepared() throws(Failure) -> KnownDocuments {
        if let known { return known }
        let made = try KnownDocuments(
            directory, parts, configuration.selection, knowsOwnTexts: configuration.deduplicate)
        for (number, other) in others.enumerated() {
            try made.enter(corpus: other.reader, number: number + 1, jobs: jobs)
        }
        let own = try CorpusReader(directory, requireComplete: false)
        try made.enter(corpus: own, number: 0, jobs: jobs)
        known = made
        return made
    }

    private func name(_ document: KnownDocuments.Name) -> String {
        document.corpus == 0
            ? "document \(document.id)" : "document \(document.id) of \(others[document.corpus - 1].path)"
    }
}
