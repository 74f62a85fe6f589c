internal import Finetune
internal import Model
internal import Pretrain
internal import Storage
internal import Streaming
internal import Training

/// The stages that train.
extension RecipeBuilder {
    func pretrain(_ options: inout StageOptions) throws(Failure) -> (() throws -> StageSummary) {
        var configuration = PretrainConfiguration()
        try options.read("model", into: &configuration.model)
        configuration.initial = try options.text("init").map { resolve($0) }
        try options.read("steps", into: &configuration.steps)
        try options.read("sequence-length", into: &configuration.sequenceLength)
        try options.read("global-batch", into: &configuration.globalBatch)
        try options.read("micro-batch", into: &configuration.microBatch)
        try options.read("learning-rate", into: &configuration.learningRate)
        try options.read("warmup-steps", into: &configuration.warmupSteps)
        try options.choose("schedule", into: &configuration.schedule)
        try options.choose("optimizer", into: &configuration.optimizer)
        try options.read("weight-decay", into: &configuration.weightDecay)
        try optimization(&options, &configuration)
        try options.read("clip", into: &configuration.clip)
        try options.read("dropout", into: &configuration.dropout)
        try options.read("seed", into: &configuration.seed)
        try options.read("checkpoint-every", into: &configuration.checkpointEvery)
        try options.read("keep-checkpoints", into: &configuration.keepCheckpoints)
        try options.read("validate-every", into: &configuration.validateEvery)
        try options.read("validation-instances", into: &configuration.validationInstances)
        try options.choose("precision", into: &configuration.precision)
        try options.choose("blas", into: &configuration.blas)
        try options.read("recompute", into: &configuration.recompute)
        try options.read("threads", into: &configuration.threads)
        try configuration.validate()
        let run = PretrainRun(
            shards: shards, output: self.run, configuration: configuration, progress: progress,
            toolVersion: ProgramVersion.current, onNote: onNote)
        return { RecipeBuilder.summary(try run.run()) }
    }

    private func optimization(
        _ options: inout StageOptions, _ configuration: inout PretrainConfiguration
    ) throws(Failure) {
        try options.read("beta1", into: &configuration.beta1)
        try options.read("beta2", into: &configuration.beta2)
        try options.read("epsilon", into: &configuration.epsilon)
        try options.read("bias-correction", into: &configuration.correctsBias)
        try options.read("momentum", into: &configuration.momentum)
        try options.read("final-learning-rate", into: &configuration.finalLearningRate)
        try options.read("schedule-steps", into: &configuration.scheduleSteps)
        try options.read("schedule-offset", into: &configuration.scheduleOffset)
        try options.read("power", into: &configuration.power)
        try options.read("decay-rate", into: &configuration.decayRate)
        try options.read("decay-steps", into: &configuration.decaySteps)
        try options.read("time-budget", into: &configuration.timeBudget)
        try options.read("batch-warmup-steps", into: &configuration.batchWarmupSteps)
        try options.read("batch-warmup-from", into: &configuration.batchWarmupFrom)
        try options.read("spike-factor", into: &configuration.spikeFactor)
        try options.read("max-bad-steps", into: &configuration.maxBadSteps)
    }

    private static func summary(_ summary: PretrainSummary) -> StageSummary {
        var entries: [StageSummary.Entry] = [
            .init("steps", summary.steps), .init("sequences", summary.sequences),
            .init("tokens_per_second", decimal(summary.tokensPerSecond, 0)), .init("loss", decimal(summary.loss, 4)),
        ]
        let optional: [(String, Double?)] = [
            ("validation_loss_before", summary.initialValidationLoss), ("validation_loss", summary.validationLoss),
            ("validation_mlm_loss", summary.validationMaskedLoss),
            ("validation_mlm_accuracy", summary.validationMaskedAccuracy),
            ("validation_nsp_loss", summary.validationSequenceLoss),
            ("validation_nsp_accuracy", summary.validationSequenceAccuracy),
            ("unigram_entropy", summary.unigramEntropy),
        ]
        for (name, value) in optional { if let value { entries.append(.init(name, decimal(value, 4))) } }
        entries.append(.init("peak_memory_bytes", summary.peakMemoryBytes))
        return StageSummary(entries)
    }

    /// Nil, that is no stage, when `data` is empty.
    func finetune(_ options: inout StageOptions) throws(Failure) -> (() throws -> StageSummary)? {
        var configuration = FinetuneConfiguration()
        let task = try GlueTask.named(try options.text("task") ?? "rte")
        let data = try options.text("data").map { resolve($0) }
        try options.read("epochs", into: &configuration.epochs)
        try options.read("batch", into: &configuration.batch)
        try options.read("learning-rate", into: &configuration.learningRate)
        try options.read("max-length", into: &configuration.maxLength)
        try options.read("warmup", into: &configuration.warmup)
        try options.read("weight-decay", into: &configuration.weightDecay)
        try options.read("clip", into: &configuration.clip)
        try options.read("dropout", into: &configuration.dropout)
        try options.read("checkpoint-every", into: &configuration.checkpointEvery)
        try options.read("threads", into: &configuration.threads)
        if let seeds = try options.texts("seeds") {
            configuration.seeds = seeds.compactMap { UInt64($0) }
            guard configuration.seeds.count == seeds.count else {
                throw Failure(.badData, "finetune.seeds is not a list of whole numbers", at: place)
            }
        }
        try configuration.validate()
        let model = try options.text("model").map { resolve($0) } ?? run
        guard let data else { return nil }
        guard Files.exists(data) else {
            throw Failure(.noInput, "not found", at: data, remedy: "mend finetune.data in \(place)")
        }
        let run = FinetuneRun(
            task: task, data: data, model: model, output: output + "/finetune", configuration: configuration,
            progress: progress, toolVersion: ProgramVersion.current, onNote: onNote)
        return { RecipeBuilder.summary(try run.run()) }
    }

    private static func summary(_ summary: FinetuneSummary) -> StageSummary {
        var entries: [StageSummary.Entry] = [.init("task", summary.task)]
        for (name, value) in summary.metrics.sorted(by: { $0.key < $1.key }) {
            entries.append(.init(name, decimal(value, 4)))
        }
        entries.append(.init("train_examples", summary.trainExamples))
        entries.append(.init("examples_per_second", decimal(summary.examplesPerSecond, 1)))
        return StageSummary(entries)
    }
}

/// A number with so many digits behind the point, for tables.
private func decimal(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = (abs(value) * scale).rounded()
    guard whole < 9e15 else { return "\(value)" }
    let text = String(Int(whole))
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    let sign = value < 0 && whole > 0 ? "-" : ""
    return digits == 0 ? sign + padded : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
}
