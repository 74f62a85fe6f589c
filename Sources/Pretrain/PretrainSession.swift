internal import Foundation
internal import Model
internal import Shard
internal import Streaming
internal import Tokenize
internal import Training

/// One start of a pretraining run: from the last checkpoint, or from nothing, to the end or a stop.
final class PretrainSession {
    /// A run that goes back more often than this does not get anywhere.
    private static let maximumRollbacks = 3

    private let plan: PretrainRun
    private let options: PretrainConfiguration
    private let folder: RunFolder
    private let reader: ShardReader
    private let communicator: any Communicator
    private let tokenizer: WordPieceTokenizer
    private let policy: MaskingPolicy
    private let trainer: Trainer
    private let cutter: MicroBatchCutter
    private let hasSecondTask: Bool
    private let validation: [RaggedBatch]
    private var state: TrainingState
    private var savedStep: Int
    private var validatedStep = -1
    private var log: RunLog?
    private let began = DispatchTime.now()
    private let secondsBefore: Double

    init(
        _ plan: PretrainRun, _ folder: RunFolder, _ reader: ShardReader, _ shape: BertConfiguration,
        _ communicator: any Communicator
    ) throws(Failure) {
        self.plan = plan
        options = plan.configuration
        self.folder = folder
        self.reader = reader
        self.communicator = communicator
        tokenizer = try reader.tokenizer()
        policy = MaskingPolicy(reader.information, vocabulary: tokenizer.vocabulary)
        hasSecondTask = reader.information.objective != .mlm
        cutter = MicroBatchCutter(sequences: options.microBatch, hasSequenceLabels: hasSecondTask)
        let threads = ProcessLauncher.threads(requested: options.threads)
        let model = try BertModel(
            configuration: shape, head: .pretraining(nextSentence: hasSecondTask), threads: threads,
            arithmetic: options.arithmetic, architecture: plan.extensions?.architecture ?? Architecture())
        if communicator.isRoot, options.precision != .fp32, model.arithmetic.precision == .fp32 {
            plan.onNote("this processor has no bf16 products (avx512_bf16 or AMX): fp32 is used")
        }
        trainer = Trainer(
            model: model, optimizer: plan.extensions?.optimizer ?? options.optimizerSettings.make,
            schedule: plan.extensions?.schedule ?? options.resolvedSchedule, clip: options.clip, seed: options.seed,
            communicator: communicator, spikeFactor: options.spikeFactor)
        validation = try PretrainSession.validationBatches(reader, policy, cutter, options, communicator)
        (state, savedStep) = try PretrainSession.begin(plan, folder, reader, trainer)
        secondsBefore = state.seconds
    }

    private static func validationBatches(
        _ reader: ShardReader, _ policy: MaskingPolicy, _ cutter: MicroBatchCutter, _ options: PretrainConfiguration,
        _ communicator: any Communicator
    ) throws(Failure) -> [RaggedBatch] {
        let examples = try BatchSource.validation(
            reader: reader, policy: policy, seed: options.seed, limit: options.validationInstances,
            rank: communicator.rank, ranks: communicator.size)
        return cutter.cut(examples, first: 0).microBatches
    }

    /// Loads the newest checkpoint into the trainer, or sets first weights.
    ///
    /// All ranks do as the root does.
    private static func begin(
        _ plan: PretrainRun, _ folder: RunFolder, _ reader: ShardReader, _ trainer: Trainer
    ) throws(Failure) -> (TrainingState, savedStep: Int) {
        let communicator = trainer.communicator
        var newest: Checkpoint?
        try communicator.onRoot { () throws(Failure) in
            newest = try Checkpoint.resume(in: folder.checkpoints) { plan.onNote("passed over: \($0)") }
        }
        let step = try communicator.broadcast(newest?.state.step ?? -1)
        guard step >= 0 else {
            trainer.model.initialize(seed: plan.configuration.seed)
            if let initial = plan.configuration.initial {
                let missing = try trainer.model.loadPretrained(Checkpoint.modelDirectory(initial))
                if communicator.isRoot, !missing.isEmpty {
                    plan.onNote("\(initial) has no \(missing.joined(separator: ", ")): these begin at random")
                }
            }
            let state = TrainingState(
                seed: plan.configuration.seed, schedule: plan.configuration.resolvedSchedule,
                dataDigest: reader.information.digest, toolVersion: plan.toolVersion)
            return (state, -1)
        }
        let checkpoint =
            if let newest { newest } else { try Checkpoint("\(folder.checkpoints)/step-\(step)") }
        guard checkpoint.state.dataDigest == reader.information.digest, checkpoint.state.seed == plan.configuration.seed
        else {
            throw Failure(
                .cannotCreate, "belongs to other shards or another seed", at: checkpoint.path,
                remedy: "give another --output")
        }
        try checkpoint.restore(trainer)
        return (checkpoint.state, step)
    }

    /// Which sequences each step takes, as things stand.
    private var batches: BatchPlan {
        BatchPlan(
            global: options.globalBatch, initial: options.batchWarmupFrom, warmupSteps: options.batchWarmupSteps,
            passedOver: state.passedOver ?? 0)
    }

    // MARK: the loop

    func run() throws(Failure) -> PretrainSummary {
        log = try openLog()
        let progress = ProgressMeter(
            "pretrain", unit: "steps", total: Double(options.steps), done: Double(state.step),
            style: communicator.isRoot ? plan.progress : .quiet)
        if savedStep < 0 { try record(MetricRecord(step: 0, try validate())) }
        while try mayGoOn() { try train(progress) }
        progress.finish()
        if let budget = options.timeBudget, state.step < options.steps, validatedStep < state.step {
            try record(MetricRecord(step: state.step, try validate()))
            if communicator.isRoot { plan.onNote("the time of \(budget) s is used after step \(state.step)") }
        }
        if savedStep < state.step { try save() }
        return try finish()
    }

    private func openLog() throws(Failure) -> RunLog? {
        communicator.isRoot ? try RunLog(folder, after: savedStep) : nil
    }

    /// The seconds the run has taken so far, the same number on all ranks.
    private func elapsed() throws(Failure) -> Double {
        let here = secondsBefore + PretrainSession.seconds(since: began)
        return Double(try communicator.broadcast(Int(here * 1e6))) / 1e6
    }

    /// The share of the time budget that is used; 0 when there is none.
    private func timeUsed() throws(Failure) -> Double {
        guard let budget = options.timeBudget else { return 0 }
        return try elapsed() / budget
    }

    private func mayGoOn() throws(Failure) -> Bool {
        guard state.step < options.steps else { return false }
        return try timeUsed() < 1
    }

    /// Trains to the end, or until the run has gone back to a checkpoint.
    private func train(_ progress: ProgressMeter) throws(Failure) {
        let source = BatchSource(plan: batches, cutter: cutter, rank: communicator.rank, ranks: communicator.size)
        let walk = ShardWalk(reader, policy, seed: options.seed)
        let loader = ShardLoader(walk, steps: state.step + 1..<options.steps + 1) { step, walk throws(Failure) in
            try source.batch(step: step, of: &walk)
        }
        defer { loader.close() }
        while try mayGoOn() {
            try stopIfAsked()
            let start = DispatchTime.now()
            plan.beforeStep(trainer, state.step + 1)
            guard let share = try loader.next() else {
                throw Failure(.bug, "the batches ended before the steps did")
            }
            let report = try trainer.step(share, time: timeUsed())
            let seconds = PretrainSession.seconds(since: start)
            advance(report)
            if let fault = report.fault {
                if communicator.isRoot { plan.onNote("\(batchName(report.step)) is skipped: \(fault)") }
                if trainer.watch.badInRow >= options.maxBadSteps { return try goBack(after: report) }
            }
            var record = PretrainSession.record(report, hasSecondTask: hasSecondTask)
            if trainer.watch.skipped > 0 { record.values.append(("skipped_steps", Double(trainer.watch.skipped))) }
            if isValidationDue { record.values += try validate() }
            try log?.append(record, tokens: report.tokens, seconds: seconds)
            progress.update(
                Double(state.step),
                note: String(format: "loss %.3f  %.0f tokens/s", report.losses.loss, Double(report.tokens) / seconds))
            try plan.onStep(state.step)
            // Weights that give bad steps are no place to come back to.
            let isDue = state.step % options.checkpointEvery == 0 && report.fault == nil
            if isDue || state.step == options.steps { try save() }
        }
    }

    /// A step's batch as a user can find it: epoch, and where its sequences stand in the order of that epoch.
    private func batchName(_ step: Int) -> String {
        let (epoch, position) = batches.place(step: step, count: reader.count(.train))
        let size = batches.size(step: step)
        return "step \(step) (epoch \(epoch), sequences \(position) to \(position + size - 1))"
    }

    /// Too many bad steps in a row: the run goes on from its last checkpoint, with data behind that of the bad steps.
    private func goBack(after report: StepReport) throws(Failure) {
        let next = batches.first(step: report.step + 1)
        let rollbacks = (state.rollbacks ?? 0) + 1
        guard rollbacks <= PretrainSession.maximumRollbacks, savedStep >= 0 else {
            return try trainer.checkProgress(limit: options.maxBadSteps, after: report)
        }
        let (name, skipped) = (batchName(report.step), trainer.watch.skipped)
        (state, savedStep) = try PretrainSession.begin(plan, folder, reader, trainer)
        trainer.watch.beginAgain(skipped: skipped)
        let missed = next - batches.first(step: state.step + 1)
        state.passedOver = (state.passedOver ?? 0) + missed
        state.rollbacks = rollbacks
        log = try openLog()
        if communicator.isRoot {
            plan.onNote(
                "\(options.maxBadSteps) bad steps in a row, the last \(name): back to step \(state.step), "
                    + "\(missed) sequences are passed over")
        }
    }

    private var isValidationDue: Bool {
        state.step == options.steps || options.validateEvery > 0 && state.step % options.validateEvery == 0
    }

    /// Counts a step into the state.
    private func advance(_ report: StepReport) {
        state.step = report.step
        state.sequences += report.sequences
        state.tokens += report.tokens
        state.updates = trainer.optimizer.step
        state.watch = trainer.watch
        (state.epoch, state.position) = batches.place(step: report.step + 1, count: reader.count(.train))
    }

    /// All ranks stop at the same step, even when the signal reached some of them a step earlier.
    private func stopIfAsked() throws(Failure) {
        guard try communicator.any(Cancellation.isRequested) else { return }
        if savedStep < state.step, trainer.watch.badInRow == 0 { try save() }
        throw Failure(
            .interrupted, "stopped after step \(state.step); step \(max(0, savedStep)) is saved", at: folder.path,
            remedy: "run the same command again to go on from there")
    }

    private func record(_ record: MetricRecord) throws(Failure) {
        guard !record.values.isEmpty else { return }
        try log?.append(record)
    }

    private func save() throws(Failure) {
        state.seconds = secondsBefore + PretrainSession.seconds(since: began)
        try communicator.onRoot { () throws(Failure) in
            try log?.synchronize()
            try Checkpoint.save(
                in: folder.checkpoints, model: trainer.model, optimizer: trainer.optimizer, state: state,
                keep: options.keepCheckpoints
            ) { directory throws(Failure) in try tokenizer.save(to: directory) }
        }
        savedStep = state.step
    }

    private func validate() throws(Failure) -> [(name: String, value: Double)] {
        validatedStep = state.step
        let losses = try trainer.evaluate(validation)
        guard losses.maskedCount > 0 else { return [] }
        let masked = [
            ("validation_loss", losses.loss), ("validation_mlm_loss", losses.maskedLoss),
            ("validation_mlm_accuracy", losses.maskedAccuracy),
        ]
        let second = [
            ("validation_nsp_loss", losses.sequenceLoss), ("validation_nsp_accuracy", losses.sequenceAccuracy),
        ]
        return masked + (hasSecondTask ? second : []) + PretrainSession.values(losses, prefix: "validation_")
    }

    /// Means of the model's own objectives.
    private static func values(_ losses: LossReport, prefix: String = "") -> [(name: String, value: Double)] {
        losses.objectives.flatMap { objective in
            [
                (name: "\(prefix)\(objective.name)_loss", value: objective.loss),
                (name: "\(prefix)\(objective.name)_accuracy", value: objective.accuracy),
            ]
        }
    }

    private static func record(_ report: StepReport, hasSecondTask: Bool) -> MetricRecord {
        var values = [
            (name: "lr", value: report.rate), ("loss", report.losses.loss), ("mlm_loss", report.losses.maskedLoss),
            ("mlm_accuracy", report.losses.maskedAccuracy),
        ]
        if hasSecondTask {
            values += [("nsp_loss", report.losses.sequenceLoss), ("nsp_accuracy", report.losses.sequenceAccuracy)]
        }
        values += PretrainSession.values(report.losses)
        return MetricRecord(step: report.step, values + [("grad_norm", report.gradientNorm)])
    }

    static func seconds(since start: DispatchTime) -> Double {
        Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
    }

    // MARK: the end

    /// Writes the summary, from the logs, so that it does not depend on how often the run was stopped.
    private func finish() throws(Failure) -> PretrainSummary {
        let memory = try communicator.sum([Double(ProcessMemory.peakBytes)])[0]
        try communicator.onRoot { () throws(Failure) in
            let records = try MetricLog.records(in: folder.metrics)
            let (first, last) = (records.first { $0.step == 0 }, records.last)
            let summary = PretrainSummary(
                steps: state.step, sequences: state.sequences, tokens: state.tokens, seconds: state.seconds,
                tokensPerSecond: try RunLog.medianSpeed(folder.timing), loss: last?["loss"] ?? 0,
                validationLoss: last?["validation_loss"], initialValidationLoss: first?["validation_loss"],
                validationMaskedLoss: last?["validation_mlm_loss"],
                validationMaskedAccuracy: last?["validation_mlm_accuracy"],
                validationSequenceLoss: last?["validation_nsp_loss"],
                validationSequenceAccuracy: last?["validation_nsp_accuracy"], unigramEntropy: try unigramEntropy(),
                peakMemoryBytes: Int(memory), processes: communicator.size, version: plan.toolVersion,
                output: folder.path, model: "\(folder.checkpoints)/step-\(state.step)")
            try folder.write(summary)
        }
        return try folder.readSummary()
    }

    private func unigramEntropy() throws(Failure) -> Double? {
        let examples = try BatchSource.validation(
            reader: reader, policy: policy, seed: options.seed, limit: options.validationInstances, rank: 0, ranks: 1)
        guard !examples.isEmpty else { return nil }
        return try UnigramBaseline.entropy(of: examples.flatMap(\.labels), reader: reader, seed: options.seed)
    }
}
