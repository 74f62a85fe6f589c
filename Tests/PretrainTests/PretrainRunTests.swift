import Foundation
import Model
import Shard
import Streaming
import TestSupport
import Testing
import Training

@testable import Pretrain

private func options(_ toy: ToyShards, steps: Int) -> PretrainConfiguration {
    var options = PretrainConfiguration()
    options.model = toy.model
    options.steps = steps
    options.globalBatch = 16
    options.learningRate = 3e-3
    options.checkpointEvery = 5
    options.validateEvery = 4
    options.threads = 1
    return options
}

private func bytes(_ run: String, _ name: String) throws -> [UInt8] { try Files.read(run + "/" + name) }

@Test func `a model learns the toy language better than its word frequencies tell`() throws {
    let toy = try ToyShards()
    var options = options(toy, steps: 240)
    options.dropout = 0
    options.learningRate = 1e-2
    options.validateEvery = 0
    options.checkpointEvery = 1_000
    let run = toy.folder.file("run")
    let summary = try PretrainRun(shards: toy.path, output: run, configuration: options).run()
    let (before, after) = (try #require(summary.initialValidationLoss), try #require(summary.validationLoss))
    let (masked, unigram) = (try #require(summary.validationMaskedLoss), try #require(summary.unigramEntropy))
    #expect(after < before - 1)
    #expect(masked < 0.7 * unigram, "masked loss \(masked), word frequencies \(unigram)")
    #expect(summary.sequences == 240 * 16 && summary.tokens > 240 * 16 * 10)
    #expect(summary.tokensPerSecond > 0 && summary.peakMemoryBytes > 1 << 20)
    let names = try Files.names(in: summary.model)
    #expect(
        names == [
            "config.json", "model.safetensors", "optimizer.safetensors", "special_tokens_map.json", "state.json",
            "tokenizer.json", "tokenizer_config.json", "vocab.txt",
        ])
    #expect(try PretrainRun.latestModel(in: run) == summary.model)
    let events = try Files.names(in: run).filter { $0.hasPrefix("events.out.tfevents") }
    #expect(events.count == 1)
}

@Test func `a run killed between checkpoints ends with the same bits as one without a stop`() throws {
    let toy = try ToyShards()
    let (whole, stopped) = (toy.folder.file("whole"), toy.folder.file("stopped"))
    let options = options(toy, steps: 12)
    let expected = try PretrainRun(shards: toy.path, output: whole, configuration: options).run()
    for stop in [3, 8, 12] {
        var run = PretrainRun(shards: toy.path, output: stopped, configuration: options)
        run.onStep = { step throws(Failure) in if step == stop { throw Failure(.interrupted, "stop") } }
        #expect(throws: Failure.self) { try run.run() }
    }
    // What a kill in the middle of a checkpoint leaves behind.
    try Files.createDirectory(stopped + "/checkpoints/step-12.partial")
    let summary = try PretrainRun(shards: toy.path, output: stopped, configuration: options).run()
    #expect(summary.validationLoss == expected.validationLoss && summary.loss == expected.loss)
    #expect(summary.tokens == expected.tokens && summary.unigramEntropy == expected.unigramEntropy)
    for name in ["metrics.jsonl", "checkpoints/step-12/model.safetensors", "checkpoints/step-12/optimizer.safetensors"]
    {
        #expect(try bytes(whole, name) == bytes(stopped, name), "\(name)")
    }
    #expect(try Checkpoint.steps(in: stopped + "/checkpoints") == [10, 12])
}

/// Where the processor does not multiply bf16 numbers, a run that asks for them computes in fp32, and must resume too.
@Test(arguments: [Precision.bf16, .fp32], [0, 5, 16])
func `a run stops and resumes to the same bits in each precision, with and without accumulation`(
    precision: Precision, microBatch: Int
) throws {
    let toy = try ToyShards()
    var options = options(toy, steps: 11)
    options.precision = precision
    options.microBatch = microBatch
    options.threads = 2
    options.dropout = 0.1
    let (whole, stopped) = (toy.folder.file("whole"), toy.folder.file("stopped"))
    let expected = try PretrainRun(shards: toy.path, output: whole, configuration: options).run()
    // Before the first checkpoint, between two, and just behind one.
    for stop in [3, 7, 10] {
        var run = PretrainRun(shards: toy.path, output: stopped, configuration: options)
        run.onStep = { step throws(Failure) in if step == stop { throw Failure(.interrupted, "stop") } }
        #expect(throws: Failure.self) { try run.run() }
    }
    let summary = try PretrainRun(shards: toy.path, output: stopped, configuration: options).run()
    #expect(summary.loss == expected.loss && summary.validationLoss == expected.validationLoss)
    for name in ["metrics.jsonl", "checkpoints/step-11/model.safetensors", "checkpoints/step-11/optimizer.safetensors"]
    {
        #expect(try bytes(whole, name) == bytes(stopped, name), "\(name)")
    }
    let computed = precision == .bf16 && Arithmetic.hasFastHalf ? Precision.bf16 : .fp32
    #expect(options.arithmetic.precision == computed)
    // The precision took effect: the other one ends with other weights.
    guard Arithmetic.hasFastHalf else { return }
    options.precision = precision == .bf16 ? .fp32 : .bf16
    let other = try PretrainRun(shards: toy.path, output: toy.folder.file("other"), configuration: options).run()
    #expect(other.loss != expected.loss && abs(other.loss - expected.loss) < 0.05)
    let weights = "checkpoints/step-11/model.safetensors"
    #expect(try bytes(whole, weights) != bytes(toy.folder.file("other"), weights))
}

@Test func `two ranks take the steps of one, up to rounding`() throws {
    let toy = try ToyShards()
    let options = options(toy, steps: 6)
    let (one, two) = (toy.folder.file("one"), toy.folder.file("two"))
    let alone = try PretrainRun(shards: toy.path, output: one, configuration: options).run()
    let shards = toy.path
    let summaries = try ThreadedRanks.run(2) { rank in
        try PretrainRun(shards: shards, output: two, configuration: options, communicator: rank).run()
    }
    #expect(summaries[0] == summaries[1] && summaries[0].processes == 2)
    #expect(summaries[0].tokens == alone.tokens)
    #expect(abs(summaries[0].loss - alone.loss) < 1e-5)
    let (first, second) = (
        try SafeTensorsFile(one + "/checkpoints/step-6/model.safetensors"),
        try SafeTensorsFile(two + "/checkpoints/step-6/model.safetensors")
    )
    for name in first.tensors.keys where !name.hasSuffix("key.bias") {
        let (a, b) = (try first.floats(name), try second.floats(name))
        let worst = zip(a, b).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(worst < 2e-4, "\(name) differs by \(worst)")
    }
}

@Test func `a run may go on with another number of ranks`() throws {
    let toy = try ToyShards()
    let options = options(toy, steps: 7)
    let run = toy.folder.file("run")
    var first = PretrainRun(shards: toy.path, output: run, configuration: options)
    first.onStep = { step throws(Failure) in if step == 6 { throw Failure(.interrupted, "stop") } }
    #expect(throws: Failure.self) { try first.run() }
    let shards = toy.path
    let summaries = try ThreadedRanks.run(3) { rank in
        try PretrainRun(shards: shards, output: run, configuration: options, communicator: rank).run()
    }
    #expect(summaries[2].steps == 7)
}

@Test func `a finished run is not run again, and other options are refused`() throws {
    let toy = try ToyShards(documents: 20, objective: .mlm)
    let run = toy.folder.file("run")
    var options = options(toy, steps: 2)
    let summary = try PretrainRun(shards: toy.path, output: run, configuration: options).run()
    #expect(summary.validationSequenceLoss == nil)
    var again = PretrainRun(shards: toy.path, output: run, configuration: options)
    again.onStep = { _ throws(Failure) in throw Failure(.bug, "a step of a finished run") }
    #expect(try again.run() == summary)
    options.learningRate = 1e-3
    let failure = #expect(throws: Failure.self) {
        try PretrainRun(shards: toy.path, output: run, configuration: options).run()
    }
    #expect(failure?.code == .cannotCreate)
    #expect(failure?.message.contains("learning_rate 0.003") == true)
}

@Test func `a folder that holds something else is left alone`() throws {
    let toy = try ToyShards(documents: 20)
    try toy.folder.write("precious", to: "notes.txt")
    let failure = #expect(throws: Failure.self) {
        try PretrainRun(shards: toy.path, output: toy.folder.path, configuration: options(toy, steps: 2)).run()
    }
    #expect(failure?.code == .cannotCreate)
}

@Test func `training goes on from a given model, whose vocabulary must be the shards'`() throws {
    let toy = try ToyShards(documents: 20)
    var options = options(toy, steps: 2)
    let first = try PretrainRun(shards: toy.path, output: toy.folder.file("a"), configuration: options).run()
    options.initial = first.model
    let second = try PretrainRun(shards: toy.path, output: toy.folder.file("b"), configuration: options).run()
    let difference = try #require(second.initialValidationLoss) - #require(first.validationLoss)
    #expect(abs(difference) < 1e-9)
    try toy.folder.write(#"{"vocab_size": 99, "hidden_size": 32, "num_attention_heads": 2}"#, to: "config.json")
    options.initial = toy.folder.path
    let failure = #expect(throws: Failure.self) {
        try PretrainRun(shards: toy.path, output: toy.folder.file("c"), configuration: options).run()
    }
    #expect(failure?.code == .badData)
}

@Test(arguments: [
    ("steps", "0"), ("global_batch", "0"), ("learning_rate", "-1"),
    ("warmup_steps", "99999"),
    ("dropout", "1"), ("checkpoint_every", "0"), ("weight_decay", "2"),
])
func `an option out of its range is refused in words`(key: String, value: String) throws {
    let json = Data("{\"\(key)\": \(value)}".utf8)
    let options = try JSONDecoder().decode(PretrainConfiguration.self, from: json)
    let failure = #expect(throws: Failure.self) { try options.validate() }
    #expect(failure?.code == .usage)
}

@Test func `an unknown model is refused with the names there are`() throws {
    let toy = try ToyShards(documents: 20)
    var options = options(toy, steps: 1)
    options.model = "gigantic"
    let failure = #expect(throws: Failure.self) {
        try PretrainRun(shards: toy.path, output: toy.folder.file("run"), configuration: options).run()
    }
    #expect(failure?.code == .usage && failure?.remedy?.contains("mini") == true)
}

@Test func `bad steps send a run back to its checkpoint, and it goes on with later data`() throws {
    let toy = try ToyShards()
    var options = options(toy, steps: 12)
    options.maxBadSteps = 3
    let folder = toy.folder.file("run")
    let notes = Notes()
    var run = PretrainRun(
        shards: toy.path, output: folder, configuration: options, onNote: { notes.add($0) })
    let harmed = Once()
    // A weight that is no number makes every step bad until the checkpoint of step 5 is loaded.
    run.beforeStep = { trainer, step in
        if step == 8, harmed.isFirst {
            trainer.model.parameters.set([Float.nan], at: trainer.model.layout.entries[0].offset)
        }
    }
    let summary = try run.run()
    #expect(summary.steps == 12 && summary.loss.isFinite)
    #expect(notes.texts.filter { $0.contains("is skipped") }.count == 3)
    #expect(notes.texts.contains { $0.contains("back to step 5, 80 sequences are passed over") })
    let state = try #require(try Checkpoint.latest(in: folder + "/checkpoints")).state
    #expect(state.rollbacks == 1 && state.passedOver == 80 && state.updates == 12)
    #expect(state.watch?.skipped == 3 && state.watch?.badInRow == 0)
    let records = try MetricLog.records(in: folder + "/metrics.jsonl").compactMap { $0["loss"] }
    #expect(records.count == 12 && records.allSatisfy(\.isFinite))
}

@Test func `a run that diverges again and again ends with the batch named`() throws {
    let toy = try ToyShards()
    var options = options(toy, steps: 40)
    options.maxBadSteps = 2
    options.checkpointEvery = 2
    var run = PretrainRun(shards: toy.path, output: toy.folder.file("run"), configuration: options)
    run.beforeStep = { trainer, step in
        if step == 4 { trainer.model.parameters.set([Float.nan], at: trainer.model.layout.entries[0].offset) }
    }
    let failure = #expect(throws: Failure.self) { try run.run() }
    #expect(failure?.code == .badData && failure?.message.contains("2 bad steps in a row") == true)
    #expect(failure?.place == "step 5")
}

@Test func `a run with every option of optimisation stops and resumes to the same bits`() throws {
    let toy = try ToyShards()
    for kind in OptimizerSettings.Kind.allCases {
        var options = options(toy, steps: 12)
        options.optimizer = kind
        options.learningRate = kind == .sgd ? 1e-2 : 1e-3
        options.correctsBias = false
        options.schedule = kind == .sgd ? .exponential : .polynomial
        options.power = 2
        options.scheduleSteps = 40
        options.scheduleOffset = 20
        options.batchWarmupFrom = 4
        options.batchWarmupSteps = 8
        let (whole, stopped) = (toy.folder.file("whole-\(kind)"), toy.folder.file("stopped-\(kind)"))
        let expected = try PretrainRun(shards: toy.path, output: whole, configuration: options).run()
        var run = PretrainRun(shards: toy.path, output: stopped, configuration: options)
        run.onStep = { step throws(Failure) in if step == 7 { throw Failure(.interrupted, "stop") } }
        #expect(throws: Failure.self) { try run.run() }
        let summary = try PretrainRun(shards: toy.path, output: stopped, configuration: options).run()
        #expect(summary.loss == expected.loss && summary.sequences == (0..<8).reduce(4 * 16) { $0 + 4 + 12 * $1 / 8 })
        for name in ["model.safetensors", "optimizer.safetensors"] {
            #expect(try bytes(whole + "/checkpoints/step-12", name) == bytes(stopped + "/checkpoints/step-12", name))
        }
    }
}

@Test func `a time budget ends a run and takes the rate down`() throws {
    let toy = try ToyShards()
    var options = options(toy, steps: 1_000_000)
    options.schedule = .budget
    options.timeBudget = 1.5
    options.warmupSteps = 0
    let folder = toy.folder.file("run")
    let summary = try PretrainRun(shards: toy.path, output: folder, configuration: options).run()
    #expect(summary.steps > 1 && summary.steps < 1_000_000)
    #expect(summary.validationLoss != nil)
    let rates = try MetricLog.records(in: folder + "/metrics.jsonl").compactMap { $0["lr"] }
    #expect(rates.count == summary.steps)
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
    #expect(try Checkpoint.steps(in: folder + "/checkpoints").last == summary.steps)
}

/// What a run told; hence the lock and the unchecked conformance.
private final class Notes: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [String] = []

    func add(_ text: String) { lock.withLock { kept.append(text) } }
    var texts: [String] { lock.withLock { kept } }
}

/// True the first time it is asked.
private final class Once {
    private var isAsked = false
    var isFirst: Bool {
        defer { isAsked = true }
        return !isAsked
    }
}
