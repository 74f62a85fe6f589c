internal import Ingest
internal import Streaming

/// The options of the ingest stage that select documents; their names are those of the command line.
extension RecipeBuilder {
    func selection(
        _ options: inout StageOptions, into selection: inout SelectionConfiguration
    ) throws(Failure) {
        try options.read("identify-language", into: &selection.language.identify)
        selection.language.keep = try list("language-filter", &options)
        try options.read("language-confidence", into: &selection.language.minimumConfidence)
        selection.quality = try QualityRule.named(try list("quality", &options)).map(\.rawValue)
        selection.qualityLimits = try SelectionConfiguration.limits(try list("quality-limit", &options))
        try options.read("near-duplicates", into: &selection.nearDuplicates.deduplicate)
        try options.read("similarity", into: &selection.nearDuplicates.threshold)
        try options.read("deduplicate-paragraphs", into: &selection.paragraphs.deduplicate)
        try options.read("paragraph-bytes", into: &selection.paragraphs.minimumBytes)
        selection.against = try list("against", &options).map { resolve($0) }
        selection.decontaminate = try list("decontaminate", &options).map { resolve($0) }
        selection.privacy = try PrivacyKind.named(try list("privacy", &options))
        var megabytes = selection.memoryBytes >> 20
        try options.read("dedup-memory", into: &megabytes)
        selection.memoryBytes = SelectionConfiguration.memoryBytes(megabytes: megabytes)
    }

    /// A list, or one text with commas as the command line has it.
    private func list(_ name: String, _ options: inout StageOptions) throws(Failure) -> [String] {
        (try options.texts(name) ?? []).flatMap { $0.split(separator: ",").map(String.init) }
    }
}
