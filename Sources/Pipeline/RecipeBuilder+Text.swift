internal import Ingest
internal import Shard
internal import Storage
internal import Streaming

/// The stages that make shards of text.
extension RecipeBuilder {
    func ingest(_ options: inout StageOptions) throws(Failure) -> (() throws -> StageSummary) {
        let sources = try (options.texts("sources") ?? []).map { resolve($0) }
        guard !sources.isEmpty else {
            throw Failure(
                .usage, "ingest.sources is empty", at: place, remedy: "add --set ingest.sources=FILE, or [FILE,FOLDER]")
        }
        for source in sources where !Files.exists(SourcePattern.root(of: source)) {
            throw Failure(.noInput, "not found", at: source, remedy: "mend ingest.sources in \(place)")
        }
        var configuration = IngestConfiguration()
        try options.choose("format", into: &configuration.format)
        try options.choose("text-documents", into: &configuration.textDocuments)
        try options.read("language", into: &configuration.language)
        try options.choose("headings", into: &configuration.wikitext.headings)
        try options.choose("lists", into: &configuration.wikitext.lists)
        try options.choose("tables", into: &configuration.wikitext.tables)
        try options.read("minimum-bytes", into: &configuration.minimumBytes)
        try options.read("max-page-bytes", into: &configuration.maxPageBytes)
        try options.read("chunk-bytes", into: &configuration.chunkBytes)
        try options.read("deduplicate", into: &configuration.deduplicate)
        try selection(&options, into: &configuration.selection)
        try options.readSources(into: &configuration)
        let run = IngestRun(
            sources: sources, output: corpus, configuration: configuration, jobs: jobs, progress: progress,
            toolVersion: ProgramVersion.current)
        return {
            let summary = try run.run()
            return StageSummary([
                .init("documents", summary.documents), .init("rejected", summary.rejected),
                .init("raw_bytes", summary.rawBytes), .init("text_bytes", summary.textBytes),
            ])
        }
    }

    func vocab(_ options: inout StageOptions) throws(Failure) -> (() throws -> StageSummary) {
        var plan = VocabularyPlan()
        try options.read("cased", into: &plan.cased)
        try options.read("size", into: &plan.size)
        try options.choose("algorithm", into: &plan.algorithm)
        try options.read("minimum-frequency", into: &plan.minimumFrequency)
        try options.read("limit-alphabet", into: &plan.limitAlphabet)
        try options.read("initial-alphabet", into: &plan.initialAlphabet)
        try options.read("unused", into: &plan.unused)
        try options.read("memory", into: &plan.memory)
        plan.extend = try options.text("extend").map { resolve($0) }
        plan.terms = try options.text("terms").map { resolve($0) }
        try plan.check()
        let run = VocabularyRun(
            inputs: try corpora(&options).map(\.path), output: vocabulary + "/vocab.txt", plan: plan, jobs: jobs,
            progress: progress)
        return {
            let summary = try run.run()
            return StageSummary([.init("pieces", summary.pieces), .init("words", summary.words)])
        }
    }

    func shard(_ options: inout StageOptions) throws(Failure) -> (() throws -> StageSummary) {
        var configuration = ShardConfiguration()
        try options.read("sequence-length", into: &configuration.sequenceLengths)
        try options.choose("objective", into: &configuration.objective)
        try options.choose("packing", into: &configuration.packing)
        try options.choose("truncate", into: &configuration.truncation)
        try options.choose("masking", into: &configuration.masking)
        try options.read("whole-word", into: &configuration.wholeWord)
        try options.read("spans", into: &configuration.spans)
        try options.read("mask-probability", into: &configuration.maskProbability)
        try options.read("max-predictions", into: &configuration.maxPredictions)
        try options.read("short-sequence-probability", into: &configuration.shortSequenceProbability)
        try options.read("random-next-probability", into: &configuration.randomNextProbability)
        try options.read("duplicate-factor", into: &configuration.duplicateFactor)
        try options.read("validation-fraction", into: &configuration.validationFraction)
        try options.read("seed", into: &configuration.seed)
        try options.read("partition-bytes", into: &configuration.partitionBytes)
        try options.read("language", into: &configuration.language)
        try options.read("cased", into: &configuration.cased)
        let given = try options.text("vocab").map { resolve($0) }
        let corpora = try corpora(&options)
        var weights: [CorpusWeight] = []
        try options.read("weight", into: &weights)
        configuration.weights = try CorpusWeight.weights(weights, of: corpora.map(\.name))
        try configuration.validate()
        let run = ShardRun(
            corpora: corpora.map(\.path), vocabulary: given ?? vocabulary, output: shards, configuration: configuration,
            jobs: jobs,
            progress: progress, toolVersion: ProgramVersion.current)
        return {
            let summary = try run.run()
            return StageSummary([
                .init("documents", summary.documents), .init("sentences", summary.sentences),
                .init("instances", summary.instances), .init("tokens", summary.tokens),
                .init("partitions", summary.partitions), .init("bytes", summary.bytes),
                .init("digest", summary.digest),
            ])
        }
    }

    /// What is read as text: the corpus of the `ingest` stage, named `corpus`, and finished ones beside it.
    private func corpora(_ options: inout StageOptions) throws(Failure) -> [(name: String, path: String)] {
        let others = try options.texts("corpora") ?? []
        for path in others { _ = try CorpusReader(resolve(path)) }
        let own = hasIngest || others.isEmpty ? [(name: "corpus", path: corpus)] : []
        return own + others.map { ($0, resolve($0)) }
    }
}
