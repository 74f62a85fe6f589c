import Foundation
import Model
import Streaming
import TestSupport
import Testing

@testable import Training

private let shape: BertConfiguration = {
    var shape = BertConfiguration(vocabularySize: 50, hiddenSize: 16, layers: 1, heads: 2)
    shape.maxPositionEmbeddings = 16
    return shape
}()

private let schedule = LearningRateSchedule(peak: 1e-2, warmupSteps: 0, totalSteps: 100)

private func makeTrainer(seed: UInt64) throws -> Trainer {
    let model = try BertModel(configuration: shape, head: .pretraining(nextSentence: true), threads: 1)
    model.initialize(seed: seed)
    return Trainer(
        model: model, settings: OptimizerSettings(),
        schedule: schedule, clip: 1, seed: seed,
        communicator: SingleProcess())
}

private func share(_ seed: Int) -> BatchShare {
    var batch = RaggedBatch()
    batch.append(
        tokens: (0..<8).map { Int32(1 + ($0 * seed) % 49) }, segments: [0, 0, 0, 0, 1, 1, 1, 1], positions: [2, 5],
        labels: [3, 4])
    batch.sequenceLabels = [Int32(seed % 2)]
    return BatchShare(microBatches: [batch], firstSequences: [0])
}

private func save(_ trainer: Trainer, _ step: Int, in folder: String, keep: Int = 2) throws {
    var state = TrainingState(seed: 1, schedule: schedule, dataDigest: "d", toolVersion: "t")
    state.step = step
    try Checkpoint.save(in: folder, model: trainer.model, optimizer: trainer.optimizer, state: state, keep: keep) {
        directory throws(Failure) in try Files.write([65], to: directory + "/vocab.txt")
    }
}

@Test func `a checkpoint gives weights, moments and step back, and the next step has the same bits`() throws {
    let folder = TemporaryDirectory()
    let first = try makeTrainer(seed: 1)
    for step in 1...3 { _ = try first.step(share(step)) }
    try save(first, 3, in: folder.path)
    let second = try makeTrainer(seed: 2)
    // The dropout of a step depends on the run's seed, which a real run compares.
    let third = Trainer(
        model: second.model, settings: OptimizerSettings(), schedule: first.schedule, clip: 1, seed: 1,
        communicator: SingleProcess())
    let checkpoint = try #require(try Checkpoint.latest(in: folder.path))
    #expect(checkpoint.state.step == 3 && checkpoint.state.dataDigest == "d")
    try checkpoint.restore(third)
    #expect(try first.step(share(4)) == third.step(share(4)))
    let range = 0..<first.model.layout.count
    #expect(first.model.parameters.values(range) == third.model.parameters.values(range))
    for (one, other) in zip(first.optimizer.moments, third.optimizer.moments) {
        #expect(one.name == other.name && one.buffer.values(range) == other.buffer.values(range))
    }
}

@Test func `unfinished and damaged checkpoints are passed over, old ones removed`() throws {
    let folder = TemporaryDirectory()
    let trainer = try makeTrainer(seed: 1)
    for step in [1, 2, 10] { try save(trainer, step, in: folder.path) }
    #expect(try Checkpoint.steps(in: folder.path) == [2, 10])
    try Files.createDirectory(folder.file("step-11.partial"))
    #expect(try Checkpoint.latest(in: folder.path)?.state.step == 10)
    var weights = try Files.read(folder.file("step-10/model.safetensors"))
    weights[weights.count - 5] ^= 1
    try Files.write(weights, to: folder.file("step-10/model.safetensors"))
    var damage: [Failure] = []
    #expect(try Checkpoint.latest(in: folder.path) { damage.append($0) }?.state.step == 2)
    #expect(damage.first?.place?.hasSuffix("step-10/model.safetensors") == true)
    try Files.remove(folder.file("step-10/state.json"))
    #expect(try Checkpoint.latest(in: folder.path)?.state.step == 2)
    #expect(try Checkpoint.latest(in: folder.file("nowhere")) == nil)
    #expect(try Checkpoint.modelDirectory(folder.path) == folder.file("step-2"))
    #expect(try Checkpoint.resume(in: folder.path)?.state.step == 2)
    #expect(try Files.names(in: folder.path) == ["step-10.damaged", "step-2"])
    try save(trainer, 12, in: folder.path)
    #expect(try Files.names(in: folder.path) == ["step-10.damaged", "step-12", "step-2"])
}

@Test func `a damaged checkpoint does not push out the sound one that is written after it`() throws {
    let folder = TemporaryDirectory()
    let trainer = try makeTrainer(seed: 1)
    for step in [100, 200] { try save(trainer, step, in: folder.path) }
    let bytes = try Files.read(folder.file("step-200/optimizer.safetensors"))
    try Files.write(Array(bytes.dropLast()), to: folder.file("step-200/optimizer.safetensors"))
    #expect(try Checkpoint.modelDirectory(folder.path) == folder.file("step-100"))
    // Even without `resume`, what is just written stays.
    try save(trainer, 120, in: folder.path, keep: 1)
    #expect(try Checkpoint.steps(in: folder.path) == [120, 200])
    #expect(try Checkpoint.resume(in: folder.path)?.state.step == 120)
    try save(trainer, 150, in: folder.path, keep: 1)
    #expect(try Checkpoint.steps(in: folder.path) == [150])
    #expect(try Checkpoint.resume(in: folder.path)?.state.step == 150)
}

@Test func `a run whose checkpoints are all damaged is not begun again in silence`() throws {
    let folder = TemporaryDirectory()
    let trainer = try makeTrainer(seed: 1)
    for step in [1, 2] {
        try save(trainer, step, in: folder.path)
        try Files.remove(folder.file("step-\(step)/vocab.txt"))
    }
    try Files.createDirectory(folder.file("step-3.partial"))
    let failure = #expect(throws: Failure.self) { try Checkpoint.resume(in: folder.path) }
    #expect(failure?.code == .badData && failure?.message.contains("step-2/vocab.txt") == true)
    #expect(try Files.names(in: folder.path) == ["step-1", "step-2"])
    #expect(throws: Failure.self) { try Checkpoint.modelDirectory(folder.path) }
}

@Test func `a checkpoint of another shape is refused`() throws {
    let folder = TemporaryDirectory()
    try save(try makeTrainer(seed: 1), 1, in: folder.path)
    var other = shape
    other.hiddenSize = 32
    let model = try BertModel(configuration: other, head: .pretraining(nextSentence: true), threads: 1)
    let blocks = ParameterBlocks(layout: model.layout, pool: model.pool)
    let checkpoint = try #require(try Checkpoint.latest(in: folder.path))
    let failure = #expect(throws: Failure.self) { try checkpoint.restore(model, OptimizerSettings().make(blocks)) }
    #expect(failure?.code == .badData)
}

@Test func `a step whose loss is not a number is skipped, and too many of them are a failure`() throws {
    let trainer = try makeTrainer(seed: 1)
    trainer.model.parameters[3] = .nan
    let before = trainer.model.parameters[100]
    let report = try trainer.step(share(1))
    #expect(report.fault != nil && report.step == 1 && trainer.optimizer.step == 0)
    try trainer.checkProgress(limit: 2, after: report)
    let second = try trainer.step(share(2))
    #expect(trainer.model.parameters[100] == before)
    let failure = #expect(throws: Failure.self) { try trainer.checkProgress(limit: 2, after: second) }
    #expect(failure?.place == "step 2")
}

@Test func `run settings are claimed once, and a difference is named`() throws {
    let folder = TemporaryDirectory()
    var settings = RunSettings()
    settings.add("model", .text("a \"quoted\" name"))
    settings.add("rate", .number(1e-4))
    settings.add("threads", .whole(2), isFree: true)
    #expect(try !settings.claim(folder.file("config.yaml")))
    #expect(try settings.claim(folder.file("config.yaml")))
    var other = RunSettings()
    other.add("model", .text("a \"quoted\" name"))
    other.add("rate", .number(2e-4))
    other.add("threads", .whole(4), isFree: true)
    let failure = #expect(throws: Failure.self) { try other.claim(folder.file("config.yaml")) }
    #expect(failure?.message == "a run with rate 0.0001 is there, this one has 0.0002")
}
