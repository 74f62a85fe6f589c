public import Streaming
internal import Training

internal import Foundation
internal import Model
internal import Shard

/// Pretraining over a set of shards, as one process or as one of several ranks.
///
/// The run's folder holds config.yaml, metrics.jsonl (depends on nothing but options and data), timing.jsonl,
/// TensorBoard events, `checkpoints/step-N/` and, at the end, summary.json. Killed at any instant, the same command goes
/// on from the last checkpoint and, with as many processes, ends with the very same weights and metrics as without.
public struct PretrainRun {
    let shards: String
    let output: String
    let configuration: PretrainConfiguration
    let progress: ProgressMeter.Style
    let toolVersion: String
    let communicator: (any Communicator)?
    let onNote: (String) -> Void
    /// Layers, objectives, optimiser and schedule of your own; nil for BERT as it is.
    public var extensions: PretrainExtensions?
    /// Called after each step, before its checkpoint: a test can stop a run here as a kill would.
    var onStep: (Int) throws(Failure) -> Void = { _ throws(Failure) in }
    /// Called before each step; tests do harm here.
    var beforeStep: (Trainer, Int) -> Void = { _, _ in }

    /// - Parameters:
    ///   - shards: the folder of a finished set of shards.
    ///   - output: the run's folder; made when it is not there.
    ///   - progress: how progress is told, by rank 0.
    ///   - toolVersion: the program's version, for the record.
    ///   - communicator: the ranks; nil takes those a launcher of Open MPI has started, or this process alone.
    ///   - onNote: told, on rank 0, what a user should know, such as a damaged checkpoint that is passed over.
    public init(
        shards: String, output: String, configuration: PretrainConfiguration, progress: ProgressMeter.Style = .quiet,
        toolVersion: String = "unknown", communicator: (any Communicator)? = nil,
        onNote: @escaping (String) -> Void = { _ in }
    ) {
        self.shards = shards
        self.output = output
        self.configuration = configuration
        self.progress = progress
        self.toolVersion = toolVersion
        self.communicator = communicator
        self.onNote = onNote
    }

    /// Trains to the last step, or gives the summary of a run that has ended before.
    ///
    /// Asked to stop (`Cancellation`), it writes a checkpoint and throws `interrupted`.
    public func run() throws(Failure) -> PretrainSummary {
        try configuration.validate()
        if let communicator { return try run(communicator) }
        guard MessagePassing.isLaunched else { return try run(SingleProcess()) }
        let ranks = try MessagePassing()
        do {
            let summary = try run(ranks)
            try ranks.finish()
            return summary
        } catch {
            // All ranks stop at the same step, so all can leave in peace and the exit code stays ours.
            if error.code == .interrupted { try ranks.finish() }
            ranks.giveWayToRoot()
            throw error
        }
    }

    private func run(_ communicator: any Communicator) throws(Failure) -> PretrainSummary {
        let folder = RunFolder(output)
        let reader = try ShardReader(shards, sequenceLength: configuration.sequenceLength)
        try checkLength(reader)
        let shape = try resolvedShape(reader)
        let settings = settings(reader, shape, communicator.size)
        var lock: DirectoryLock?
        try communicator.onRoot { () throws(Failure) in
            try Files.createDirectory(output)
            lock = try DirectoryLock(output)
            try folder.claim(settings)
        }
        defer { withExtendedLifetime(lock) {} }
        let isDone = try communicator.broadcast(Files.exists(folder.summary) ? 1 : 0) == 1
        if isDone { return try folder.readSummary() }
        let session = try PretrainSession(self, folder, reader, shape, communicator)
        return try session.run()
    }

    /// Shards of several lengths are trained on one after the other, each in a run of its own.
    private func checkLength(_ reader: ShardReader) throws(Failure) {
        let lengths = reader.information.sequenceLengths
        guard configuration.sequenceLength == nil, lengths.count > 1 else { return }
        throw Failure(
            .usage, "holds instances of lengths \(lengths.map(String.init).joined(separator: ", "))", at: shards,
            remedy: "choose one with --sequence-length")
    }

    /// The model's shape for these shards.
    private func resolvedShape(_ reader: ShardReader) throws(Failure) -> BertConfiguration {
        let information = reader.information
        guard information.trainInstances > 0 else {
            throw Failure(.badData, "hold no train instance", at: shards, remedy: "shard a larger corpus")
        }
        var shape = try namedShape(information.vocabularySize)
        if let dropout = configuration.dropout {
            shape.hiddenDropout = dropout
            shape.attentionDropout = dropout
        }
        guard shape.maxPositionEmbeddings >= information.sequenceLength else {
            throw Failure(
                .badData,
                "holds sequences of \(information.sequenceLength) tokens, the model has "
                    + "\(shape.maxPositionEmbeddings) positions",
                at: shards, remedy: "use a model with more positions, or a smaller --sequence-length")
        }
        do throws(Failure) {
            shape = try (extensions?.architecture ?? Architecture()).claim(shape)
        } catch {
            throw Failure(
                error.code, error.message, at: configuration.initial ?? configuration.model, remedy: error.remedy)
        }
        guard shape.typeVocabularySize >= (information.objective == .mlm ? 1 : 2) else {
            throw Failure(.badData, "knows one segment, these shards have two", at: configuration.model)
        }
        return shape
    }

    private func namedShape(_ vocabularySize: Int) throws(Failure) -> BertConfiguration {
        if let initial = configuration.initial {
            let folder = try Checkpoint.modelDirectory(initial)
            let shape = try BertConfiguration(contentsOf: folder)
            guard shape.vocabularySize == vocabularySize else {
                throw Failure(
                    .badData, "has \(shape.vocabularySize) pieces, the shards have \(vocabularySize)", at: initial,
                    remedy: "shard the corpus with the vocabulary of this model")
            }
            return shape
        }
        if let preset = BertConfiguration.preset(configuration.model, vocabularySize: vocabularySize) { return preset }
        guard Files.exists(configuration.model) else {
            throw Failure(
                .usage, "'\(configuration.model)' is neither a preset nor a config.json",
                remedy: "give one of \(BertConfiguration.presetNames.joined(separator: ", ")), or a path")
        }
        var shape = try BertConfiguration(contentsOf: configuration.model)
        shape.vocabularySize = vocabularySize
        try shape.validate()
        return shape
    }

    /// All options as they were resolved; what may change between two starts is marked so.
    private func settings(_ reader: ShardReader, _ shape: BertConfiguration, _ processes: Int) -> RunSettings {
        var settings = RunSettings()
        let options = configuration
        settings.add("command", .text("pretrain"))
        settings.add("tool_version", .text(toolVersion), isFree: true)
        settings.add("shards", .text(shards), isFree: true)
        settings.add("shards_digest", .text(reader.information.digest))
        settings.add("objective", .text(reader.information.objective.rawValue))
        settings.add("sequence_length", .whole(reader.information.sequenceLength))
        settings.add("model", .text(options.initial == nil ? options.model : "from init"))
        settings.add("init", .text(options.initial ?? ""))
        settings.add("vocabulary_size", .whole(shape.vocabularySize))
        settings.add("hidden_size", .whole(shape.hiddenSize))
        settings.add("layers", .whole(shape.layers))
        settings.add("heads", .whole(shape.heads))
        settings.add("intermediate_size", .whole(shape.intermediateSize))
        // BERT's own ways need no mention.
        if shape.activation != .gelu { settings.add("activation", .text(shape.activation.rawValue)) }
        if shape.normPlacement != .post { settings.add("norm_placement", .text(shape.normPlacement.rawValue)) }
        if !shape.tiesWordEmbeddings { settings.add("tie_word_embeddings", .text("false")) }
        if let extensions { settings.add("extensions", .text(extensions.name)) }
        settings.add("hidden_dropout", .number(shape.hiddenDropout))
        settings.add("attention_dropout", .number(shape.attentionDropout))
        settings.add("steps", .whole(options.steps))
        settings.add("global_batch", .whole(options.globalBatch))
        settings.add("micro_batch", .whole(options.microBatch))
        settings.add("learning_rate", .number(options.resolvedLearningRate))
        settings.add("warmup_steps", .whole(options.resolvedWarmupSteps))
        settings.add("schedule", .text(extensions?.schedule == nil ? options.schedule.rawValue : "own"))
        settings.add("optimizer", .text(extensions?.optimizer == nil ? options.optimizer.rawValue : "own"))
        settings.add("weight_decay", .number(options.weightDecay))
        settings.add("beta1", .number(options.beta1))
        settings.add("beta2", .number(options.beta2))
        settings.add("epsilon", .number(options.epsilon))
        settings.add("bias_correction", .text(options.correctsBias ? "on" : "off"))
        settings.add("momentum", .number(options.momentum))
        settings.add("schedule_steps", .whole(options.resolvedScheduleSteps))
        settings.add("schedule_offset", .whole(options.scheduleOffset))
        settings.add("final_learning_rate", .number(options.finalLearningRate))
        settings.add("power", .number(options.power))
        settings.add("decay_rate", .number(options.decayRate))
        settings.add("decay_steps", .whole(options.decaySteps))
        settings.add("time_budget", .number(options.timeBudget ?? 0))
        settings.add("batch_warmup_from", .whole(options.batchWarmupFrom ?? options.globalBatch))
        settings.add("batch_warmup_steps", .whole(options.batchWarmupSteps))
        settings.add("spike_factor", .number(options.spikeFactor))
        settings.add("max_bad_steps", .whole(options.maxBadSteps))
        settings.add("clip", .number(options.clip))
        settings.add("seed", .text(String(options.seed)))
        settings.add("validate_every", .whole(options.validateEvery))
        settings.add("validation_instances", .whole(options.validationInstances))
        settings.add("precision", .text(options.arithmetic.precision.rawValue))
        settings.add("blas", .text(options.arithmetic.library.rawValue), isFree: true)
        settings.add("recompute", .text(options.recompute ? "true" : "false"), isFree: true)
        settings.add("checkpoint_every", .whole(options.checkpointEvery), isFree: true)
        settings.add("keep_checkpoints", .whole(options.keepCheckpoints), isFree: true)
        settings.add("processes", .whole(processes), isFree: true)
        return settings
    }

    /// The folder of the newest model in a run, which Hugging Face's library loads as it is.
    public static func latestModel(in run: String) throws(Failure) -> String { try Checkpoint.modelDirectory(run) }
}
