internal import Storage
internal import Streaming

/// Names the language of documents and keeps those in the languages asked for.
struct LanguageRule: Sendable {
    private let keep: Set<String>
    private let minimumConfidence: Double

    /// Tags that mean a language of the model under another name.
    private static let aliases = ["nb": "no", "fil": "tl", "prs": "fa", "in": "id", "iw": "he", "ji": "yi"]

    /// Nil when nothing is asked for.
    init?(_ selection: LanguageSelection) throws(Failure) {
        guard selection.identify || !selection.keep.isEmpty else { return nil }
        minimumConfidence = selection.minimumConfidence
        let known = LanguageModel.shared.languages
        var keep: Set<String> = []
        for tag in selection.keep {
            let language = Self.aliases[tag] ?? tag
            guard known.contains(language) else {
                throw Failure(
                    .usage, "the language '\(tag)' cannot be told from a text",
                    remedy: "these can: " + known.joined(separator: " "))
            }
            keep.insert(language)
        }
        self.keep = keep
    }

    /// Fills in the language where the source does not say.
    /// - Returns: why the document is left out; nil when it stays.
    func check(_ document: inout CorpusDocument) -> (reason: String, detail: String)? {
        var identifier = LanguageIdentifier()
        let guess = identifier.guess(document.text)
        let isSure = !guess.language.isEmpty && guess.confidence >= minimumConfidence
        if isSure, document.language.isEmpty { document.language = guess.language }
        if keep.isEmpty || isSure && keep.contains(guess.language) { return nil }
        let confidence = QualityCheck.text((guess.confidence * 100).rounded() / 100)
        if guess.language.isEmpty { return ("language", "unknown") }
        return (
            "language",
            isSure ? "\(guess.language), \(confidence)" : "unknown, perhaps \(guess.language), \(confidence)"
        )
    }
}
