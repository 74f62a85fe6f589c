internal import Storage
internal import Streaming

/// The rules that look at one document alone, shared by all workers.
final class SelectionRules: Sendable {
    private let configuration: IngestConfiguration
    private let parts: DocumentFingerprint.Parts
    private let quality: QualityCheck
    private let contamination: ContaminationTable?
    private let privacy: PrivacyScanner
    private let language: LanguageRule?

    /// Checks the names of rules and reads the files they need, before anything is written.
    /// - Parameter configuration: says which rules apply.
    init(_ configuration: IngestConfiguration) throws(Failure) {
        self.configuration = configuration
        parts = DocumentFingerprint.Parts(configuration)
        let selection = configuration.selection
        language = try LanguageRule(selection.language)
        privacy = PrivacyScanner(selection.privacy)
        quality = try QualityCheck(selection.quality, limits: selection.qualityLimits)
        contamination =
            selection.decontaminate.isEmpty ? nil : try ContaminationTable(selection.decontaminate)
    }

    /// Holds the corpus to the content of the files that rules read.
    func hold(_ writer: CorpusWriter) throws(Failure) {
        for path in configuration.selection.decontaminate {
            let digest = try IndexDatabase.translated(path) { try Digest.file(path) }
            try writer.agree("decontaminate \(path)", digest, on: "the file \(path)")
        }
    }

    /// Applies the rules, which may change the document's text and language.
    /// - Parameter loss: counts what is taken out.
    /// - Returns: why the document is left out; nil when it stays.
    func apply(
        to document: inout CorpusDocument, loss: inout [Loss: LossCount]
    ) -> (reason: String, detail: String)? {
        if let breach = language?.check(&document) { return breach }
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
