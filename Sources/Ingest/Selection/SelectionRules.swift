internal import Storage
internal import Streaming

/// The rules that look at one document alone, shared by all workers.
final class SelectionRules: Sendable {
    private let configuration: IngestConfiguration
    private let parts: DocumentFingerprint.Parts
    private let quality: QualityCheck
    private let contamination: ContaminationTable?
    private let privacy: PrivacyScanner

    /// - Parameters:
    ///   - configuration: says which rules apply.
    ///   - writer: the corpus; it is held to the content of the files that rules read.
    init(_ configuration: IngestConfiguration, _ writer: CorpusWriter?) throws(Failure) {
        self.configuration = configuration
        parts = DocumentFingerprint.Parts(configuration)
        let selection = configuration.selection
        privacy = PrivacyScanner(selection.privacy)
        quality = try QualityCheck(selection.quality, limits: selection.qualityLimits)
        for path in selection.decontaminate {
            let digest = try IndexDatabase.translated(path) { try Digest.file(path) }
            try writer?.agree("decontaminate \(path)", digest, on: "the file \(path)")
        }
        contamination =
            selection.decontaminate.isEmpty ? nil : try ContaminationTable(selection.decontaminate)
    }

    /// Applies the rules, which may change the document's text and language.
    /// - Parameter loss: counts what is taken out.
    /// - Returns: why the document is left out; nil when it stays.
    func apply(
        to document: inout CorpusDocument, loss: inout [Loss: LossCount]
    ) -> (reason: String, detail: String)? {
        if !quality.isEmpty,
            let breach = quality.check(&document.text, language: document.language, loss: &loss)
        {
            return breach
        }
        if let passage = contamination?.firstPassage(in: document.text) { return ("contaminated", passage) }
        if !privacy.isEmpty { privacy.replace(in: &document.text, loss: &loss) }
        return nil
    }

    /// What the rules that go by the order of documents need.
    func fingerprint(of text: [UInt8]) -> DocumentFingerprint { DocumentFingerprint(of: text, parts) }
}
