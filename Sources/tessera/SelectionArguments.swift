import ArgumentParser
import Ingest

/// Which documents `ingest` takes, and what it takes out of them.
struct SelectionArguments: ParsableArguments {
    @Flag(help: "Tell the language of a document by its text where the source does not say.")
    var identifyLanguage = false

    @Option(help: ArgumentHelp("Keep only documents whose text is in one of these, as in en,de.", valueName: "tags"))
    var languageFilter: String?

    @Option(help: ArgumentHelp("A language told with less confidence is unknown.", valueName: "0...1"))
    var languageConfidence = LanguageSelection().minimumConfidence

    @Option(
        help: ArgumentHelp(
            "Rules of quality or families of them, as in gopher,c4,-c4-curly-brace (docs/selection.md).",
            valueName: "rules"))
    var quality: String?

    @Option(
        help: ArgumentHelp(
            "Another limit of a rule, as in gopher-word-count.minimum=20; may be repeated.", valueName: "limit"))
    var qualityLimit: [String] = []

    @Flag(help: "Set aside documents that are almost the same as an earlier one.")
    var nearDuplicates = false

    @Option(help: ArgumentHelp("The Jaccard similarity of near-duplicates.", valueName: "0...1"))
    var similarity = NearDuplicateSelection().threshold

    @Flag(help: "Drop paragraphs that were seen before.")
    var deduplicateParagraphs = false

    @Option(help: ArgumentHelp("Paragraphs shorter than this are never dropped.", valueName: "n"))
    var paragraphBytes = ParagraphSelection().minimumBytes

    @Option(help: ArgumentHelp("Another corpus; what it has is set aside. May be repeated.", valueName: "corpus"))
    var against: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Files of a benchmark; documents with 13 words in a row of them are set aside.", valueName: "file"))
    var decontaminate: [String] = []

    @Option(
        help: ArgumentHelp(
            "Personal details to replace by tags: all, or of email,phone,record,ip,url,date,name.", valueName: "kinds"))
    var privacy: String?

    @Option(help: ArgumentHelp("Memory in MB of the indexes of all this; the rest is on disk.", valueName: "n"))
    var dedupMemory = SelectionConfiguration.defaultMemoryBytes >> 20

    /// All of it as a configuration.
    func configuration() throws -> SelectionConfiguration {
        var selection = SelectionConfiguration()
        selection.language.identify = identifyLanguage
        selection.language.keep = Self.list(languageFilter)
        selection.language.minimumConfidence = languageConfidence
        selection.quality = try QualityRule.named(Self.list(quality)).map(\.rawValue)
        selection.qualityLimits = try SelectionConfiguration.limits(qualityLimit)
        selection.nearDuplicates.deduplicate = nearDuplicates
        selection.nearDuplicates.threshold = similarity
        selection.paragraphs.deduplicate = deduplicateParagraphs
        selection.paragraphs.minimumBytes = paragraphBytes
        selection.against = against
        selection.decontaminate = decontaminate
        selection.privacy = try PrivacyKind.named(Self.list(privacy))
        selection.memoryBytes = SelectionConfiguration.memoryBytes(megabytes: dedupMemory)
        return selection
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingPrefix(while: { $0 == " " }) }.map(String.init)
    }
}
