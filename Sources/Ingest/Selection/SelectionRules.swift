internal import Storage
internal import Streaming

/// The rules that look at one document alone, shared by all workers.
final class SelectionRules: Sendable {
    private let configuration: IngestConfiguration
    private let parts: DocumentFingerprint.Parts

    /// - Parameters:
    ///   - configuration: says which rules apply.
    ///   - writer: the corpus; it is held to the content of the files that rules read.
    init(_ configuration: IngestConfiguration, _ writer: CorpusWriter?) throws(Failure) {
        self.configuration = configuration
        parts = DocumentFingerprint.Parts(configuration)
    }

    /// Applies the rules, which may change the document's text and language.
    /// - Parameter loss: counts what is taken out.
    /// - Returns: why the document is left out; nil when it stays.
    func apply(
        to document: inout CorpusDocument, loss: inout [Loss: LossCount]
    ) -> (reason: String, detail: String)? {
        nil
    }

    /// What the rules that go by the order of documents need.
    func fingerprint(of text: [UInt8]) -> DocumentFingerprint { DocumentFingerprint(of: text, parts) }
}
