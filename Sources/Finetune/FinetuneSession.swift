internal import Foundation
internal import Model
internal import Streaming
internal import Tokenize
internal import Training

/// The fine-tuning run of one seed: from its last checkpoint, or from the pretrained model, to its result.
final class FinetuneSession {
    /// Bad steps in a row that end a run.
    private static let maximumBadSteps = 10

    private let plan: FinetuneRun
    private let options: FinetuneConfiguration
    private let data: FinetuneData
    private let shape: BertConfiguration
    private let start: String
    private let seed: UInt64
    private let folder: String
    private var checkpoints: String { folder + "/checkpoints" }
    private var resultPath: String { folder + "/result.json" }
    private var stepsInEpoch: Int { (data.train.count + options.batch - 1) / options.batch }
    private var totalSteps: Int { stepsInEpoch * options.epochs }
    private var order: (epoch: Int, order: [Int])?

    init(
        _ plan: FinetuneRun, _ data: FinetuneData, _ shape: BertConfiguration, _ start: String, seed: UInt64
    ) throws(Failure) {
        self.plan = plan
        options = plan.configuration
        self.data = data
        self.shape = shape
        self.start = start
        self.seed = seed
        folder = plan.seedFolder(seed)
        try Files.createDirectory(folder)
    }

    func run() throws(Failure) -> FinetuneSummary.Seed {
        if Files.exists(resultPath) { return try StoredResult.read(resultPath) }
        let trainer = try makeTrainer()
        var state = try begin(trainer)
        let log = try MetricLog(folder + "/metrics.jsonl", after: state.step > 0 ? state.step : -1)
        try train(trainer, &state, log)
        return try finish(trainer, state)
    }

    private func makeTrainer() throws(Failure) -> Trainer {
        let threads = ProcessLauncher.threads(requested: options.threads)
        var architecture = plan.architecture
        architecture.objectives = []
        let model = try BertModel(
            configuration: shape, head: .classification(labels: plan.task.labelCount), threads: threads,
            architecture: architecture)
        return Trainer(
            model: model, settings: OptimizerSettings(weightDecay: options.weightDecay), schedule: schedule,
            clip: options.clip, seed: seed, communicator: SingleProcess())
    }

    private var schedule: LearningRateSchedule {
        LearningRateSchedule(
            shape: .linear, peak: options.learningRate, warmupSteps: Int(Double(totalSteps) * options.warmup),
            totalSteps: totalSteps)
    }

    private func begin(_ trainer: Trainer) throws(Failure) -> TrainingState {
        if let newest = try Checkpoint.resume(in: checkpoints, onDamage: { plan.onNote("passed over: \($0)") }) {
            try newest.restore(trainer)
            return newest.state
        }
        trainer.model.initialize(seed: seed)
        let missing = try trainer.model.loadPretrained(start).filter { !$0.hasPrefix("classifier.") }
        if !missing.isEmpty {
            plan.onNote("\(start) has no \(missing.joined(separator: ", ")): these begin at random")
        }
        return TrainingState(
            seed: seed, schedule: schedule, dataDigest: "\(data.train.count) examples",
            toolVersion: plan.toolVersion)
    }

    // MARK: the loop

    private func train(_ trainer: Trainer, _ state: inout TrainingState, _ log: MetricLog) throws(Failure) {
        let progress = ProgressMeter(
            "\(plan.task.name) seed \(seed)", unit: "steps", total: Double(totalSteps), done: Double(state.step),
            style: plan.progress)
        var saved = state.step
        while state.step < totalSteps {
            if Cancellation.isRequested, saved < state.step { try save(trainer, state, log) }
            try Cancellation.check()
            let begin = DispatchTime.now()
            let report = try trainer.step(batch(step: state.step + 1))
            try trainer.checkProgress(limit: FinetuneSession.maximumBadSteps, after: report)
            count(
                report, trainer, &state,
                seconds: Double(DispatchTime.now().uptimeNanoseconds - begin.uptimeNanoseconds) / 1e9)
            var record = MetricRecord(
                step: report.step,
                [("lr", report.rate), ("loss", report.losses.sequenceLoss), ("grad_norm", report.gradientNorm)])
            let isEpochEnd = report.step % stepsInEpoch == 0
            if isEpochEnd { record.values += try evaluate(trainer.model) }
            try log.append(record)
            progress.update(Double(state.step), note: String(format: "loss %.3f", report.losses.sequenceLoss))
            try plan.onStep(seed, state.step)
            if isEpochEnd || state.step % options.checkpointEvery == 0 {
                try save(trainer, state, log)
                saved = state.step
            }
        }
        progress.finish()
    }

    private func count(_ report: StepReport, _ trainer: Trainer, _ state: inout TrainingState, seconds: Double) {
        state.step = report.step
        state.updates = trainer.optimizer.step
        state.watch = trainer.watch
        state.sequences += report.sequences
        state.tokens += report.tokens
        state.seconds += seconds
        (state.epoch, state.position) = report.step.quotientAndRemainder(dividingBy: stepsInEpoch)
        state.position *= options.batch
    }

    /// The batch of step `step`, from 1: a function of (seed, step) alone.
    ///
    /// The last one of an epoch may be smaller.
    private func batch(step: Int) -> BatchShare {
        let (epoch, index) = (step - 1).quotientAndRemainder(dividingBy: stepsInEpoch)
        let order = order(of: epoch)
        let batches = data.train.batches(order[index * options.batch..<min(order.count, (index + 1) * options.batch)])
        var firsts: [Int] = []
        var next = 0
        for batch in batches {
            firsts.append(next)
            next += batch.sequences
        }
        return BatchShare(microBatches: batches, firstSequences: firsts)
    }

    private func order(of epoch: Int) -> [Int] {
        if let order, order.epoch == epoch { return order.order }
        var numbers = Array(0..<data.train.count)
        var draws = Philox(seed: seed, purpose: Philox.purpose("finetune order"), a: UInt64(epoch))
        draws.shuffle(&numbers)
        order = (epoch, numbers)
        return numbers
    }

    private func evaluate(_ model: BertModel) throws(Failure) -> [(name: String, value: Double)] {
        var values: [(name: String, value: Double)] = []
        for split in data.development {
            let predictions = try Predictions(model, split.examples, task: plan.task)
            values += predictions.metrics(split.examples, suffix: split.names.metricSuffix)
        }
        return values
    }

    private func save(_ trainer: Trainer, _ state: TrainingState, _ log: MetricLog) throws(Failure) {
        try log.synchronize()
        try Checkpoint.save(
            in: checkpoints, model: trainer.model, optimizer: trainer.optimizer, state: state, keep: 1
        ) { directory throws(Failure) in try data.tokenizer.save(to: directory) }
    }

    // MARK: the end

    /// Writes predictions and the model, then the result, which marks the seed as done; then drops the checkpoints.
    private func finish(_ trainer: Trainer, _ state: TrainingState) throws(Failure) -> FinetuneSummary.Seed {
        var metrics: [String: Double] = [:]
        for split in data.development {
            let predictions = try Predictions(trainer.model, split.examples, task: plan.task)
            for (name, value) in predictions.metrics(split.examples, suffix: split.names.metricSuffix) {
                metrics[name] = value
            }
            try Files.write(
                predictions.file(truth: split.examples), to: "\(folder)/predictions-\(split.names.development)")
        }
        for split in data.test {
            let predictions = try Predictions(trainer.model, split.examples, task: plan.task)
            try Files.write(predictions.file(), to: "\(folder)/predictions-\(split.names.test)")
        }
        try Checkpoint.saveModel(trainer.model, to: folder + "/model") { directory throws(Failure) in
            try data.tokenizer.save(to: directory)
        }
        let result = FinetuneSummary.Seed(
            seed: seed, metrics: metrics,
            examplesPerSecond: state.seconds > 0 ? Double(state.sequences) / state.seconds : 0, seconds: state.seconds)
        try StoredResult.write(result, to: resultPath)
        try Files.remove(checkpoints)
        return result
    }
}
