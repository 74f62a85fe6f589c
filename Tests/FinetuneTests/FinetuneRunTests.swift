import Examples
import Foundation
import Model
import Streaming
import TestSupport
import Testing
import Tokenize

@testable import Finetune

/// A small model at random weights, and a task on pairs that it can learn: whether the first word of both is the same.
private struct ToyTask {
    let folder = TemporaryDirectory()
    var model: String { folder.file("model") }
    var data: String { folder.file("RTE") }
    var output: String { folder.file("out") }

    init(examples: Int = 240, architecture: Architecture = Architecture()) throws {
        let words = (0..<12).map { "w\(UnicodeScalar(UInt8(97 + $0)))" }
        let vocabulary = try Vocabulary(pieces: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words)
        var shape = BertConfiguration(vocabularySize: vocabulary.count, hiddenSize: 32, layers: 2, heads: 2)
        shape.maxPositionEmbeddings = 32
        shape.initializerRange = 0.08
        try Files.createDirectory(model)
        let weights = try BertModel(
            configuration: shape, head: .pretraining(nextSentence: true), threads: 1,
            architecture: architecture)
        weights.initialize(seed: 3)
        try weights.save(to: model)
        try WordPieceTokenizer(vocabulary: vocabulary, options: .uncased).save(to: model)
        try Files.createDirectory(data)
        var draws = Philox(seed: 11, purpose: Philox.purpose("toy task"))
        for (name, count) in [("train", examples), ("dev", 60), ("test", 5)] {
            var text = name == "test" ? "index\tsentence1\tsentence2\n" : "index\tsentence1\tsentence2\tlabel\n"
            for index in 0..<count {
                let (isSame, other) = (draws.below(2) == 0, draws.below(12))
                let pair = "\(isSame ? "wa" : "wb") \(words[other])\t\(isSame ? "wa" : "wb") \(words[draws.below(12)])"
                text +=
                    "\(index)\t\(pair)" + (name == "test" ? "\n" : "\t\(isSame ? "entailment" : "not_entailment")\n")
            }
            try folder.write(text, to: "RTE/\(name).tsv")
        }
    }

    func run(_ output: String, _ change: (inout FinetuneConfiguration) -> Void = { _ in }) throws -> FinetuneRun {
        var options = FinetuneConfiguration()
        options.learningRate = 2e-3
        options.batch = 16
        options.dropout = 0.05
        options.threads = 1
        change(&options)
        return FinetuneRun(
            task: try .named("rte"), data: folder.path, model: model, output: folder.file(output),
            configuration: options)
    }
}

@Test func `a toy task is learnt, and its model, predictions and metrics agree`() throws {
    let toy = try ToyTask()
    let summary = try toy.run("out") { $0.seeds = [1, 2] }.run()
    let accuracy = try #require(summary.metrics["accuracy"])
    #expect(accuracy > 0.95)
    #expect(summary.seeds.count == 2 && summary.trainExamples == 240 && summary.developmentExamples == 60)
    #expect(summary.examplesPerSecond > 0)
    let lines = String(decoding: try Files.read(toy.output + "/predictions-dev.tsv"), as: UTF8.self).split(
        separator: "\n")
    #expect(lines.count == 61 && lines[0] == "index\tprediction\tlabel")
    let right = lines.dropFirst().count { line in
        let fields = line.split(separator: "\t")
        return fields[1] == fields[2]
    }
    let best = summary.seeds.map(\.score).max() ?? 0
    #expect(Double(right) / 60 == best)
    let test = String(decoding: try Files.read(toy.output + "/predictions-test.tsv"), as: UTF8.self)
    #expect(test.split(separator: "\n").count == 6 && test.hasPrefix("index\tprediction\n0\t"))
    let model = try Files.names(in: summary.model)
    #expect(
        model.contains("model.safetensors") && model.contains("vocab.txt") && !model.contains("optimizer.safetensors"))
    let shape = try BertConfiguration(contentsOf: summary.model)
    #expect(shape.labelNames == ["entailment", "not_entailment"])
    #expect(try Files.names(in: toy.output + "/seed-1") == Files.names(in: toy.output + "/seed-2"))
}

@Test func `a network of one's own is fine-tuned by the program that has it, and by no other`() throws {
    let toy = try ToyTask(architecture: .geglu)
    var run = try toy.run("own") { $0.seeds = [1] }
    run.architecture = .geglu
    let summary = try run.run()
    #expect(try #require(summary.metrics["accuracy"]) > 0.9)
    #expect(try BertConfiguration(contentsOf: summary.model).customArchitecture == "geglu")
    let failure = #expect(throws: Failure.self) { try toy.run("other").run() }
    #expect(failure?.code == .badData && failure?.message.contains("tessera-geglu") == true)
}

@Test func `a killed run ends with the same metrics and weights as one without a stop`() throws {
    let toy = try ToyTask(examples: 80)
    func change(_ options: inout FinetuneConfiguration) {
        options.seeds = [1, 2]
        options.checkpointEvery = 3
    }
    let expected = try toy.run("whole", change).run()
    for stop in [(1, 2), (1, 8), (2, 5), (2, 14)] as [(UInt64, Int)] {
        var run = try toy.run("stopped", change)
        run.onStep = { seed, step throws(Failure) in
            if seed == stop.0, step == stop.1 { throw Failure(.interrupted, "stop") }
        }
        #expect(throws: Failure.self) { try run.run() }
    }
    let summary = try toy.run("stopped", change).run()
    #expect(summary.metrics == expected.metrics)
    for name in ["seed-1/metrics.jsonl", "seed-2/metrics.jsonl", "model/model.safetensors", "predictions-dev.tsv"] {
        #expect(
            try Files.read(toy.folder.file("whole/" + name)) == Files.read(toy.folder.file("stopped/" + name)),
            "\(name)")
    }
    #expect(try toy.run("stopped", change).run() == summary)
    let failure = #expect(throws: Failure.self) { try toy.run("stopped") { $0.epochs = 1 }.run() }
    #expect(failure?.code == .cannotCreate)
}

@Test func `a finished run is not taken for one on other examples or another model`() throws {
    let toy = try ToyTask(examples: 20)
    func run() throws -> FinetuneSummary { try toy.run("out") { $0.epochs = 1 }.run() }
    let summary = try run()
    #expect(try run() == summary)
    for (path, key) in [
        (toy.data + "/train.tsv", "data/train.tsv"), (toy.data + "/dev.tsv", "data/dev.tsv"),
        (toy.model + "/model.safetensors", "model/model.safetensors"),
    ] {
        let bytes = try Files.read(path)
        var others = bytes
        others[others.count - 3] ^= 1
        try Files.write(others, to: path)
        let failure = #expect(throws: Failure.self) { try run() }
        #expect(failure?.code == .cannotCreate && failure?.message.contains(key) == true, "\(key)")
        try Files.write(bytes, to: path)
    }
    #expect(try run() == summary)
}

@Test func `a folder without the task's files is refused`() throws {
    let toy = try ToyTask(examples: 10)
    let run = FinetuneRun(
        task: try .named("cola"), data: toy.folder.path, model: toy.model, output: toy.output,
        configuration: FinetuneConfiguration())
    let failure = #expect(throws: Failure.self) { try run.run() }
    #expect(failure?.code == .noInput)
}

@Test func `a model with too few positions for two texts is refused`() throws {
    let toy = try ToyTask(examples: 10)
    var shape = try BertConfiguration(contentsOf: toy.model)
    shape.maxPositionEmbeddings = 7
    try shape.write(to: toy.model, head: .none)
    let failure = #expect(throws: Failure.self) { try toy.run("out").run() }
    #expect(failure?.code == .badData && failure?.message.contains("max_position_embeddings") == true)
}

@Test func `a model whose answers are no numbers is a failure, not a score`() throws {
    let toy = try ToyTask(examples: 10)
    let task = try GlueTask.named("rte")
    let model = try BertModel(
        configuration: BertConfiguration(contentsOf: toy.model), head: .classification(labels: 2), threads: 1)
    model.parameters.set([Float](repeating: .nan, count: model.layout.count))
    let examples = try EncodedExamples(
        .labelled(toy.data + "/dev.tsv", task: task), task: task, tokenizer: .load(toy.model), maxLength: 16)
    let failure = #expect(throws: Failure.self) { try Predictions(model, examples, task: task) }
    #expect(failure?.code == .badData && failure?.remedy?.contains("--learning-rate") == true)
}

@Test func `the longer text loses tokens first`() {
    var (first, second): ([Int32], [Int32]) = ([1, 2, 3, 4, 5, 6], [7, 8, 9])
    EncodedExamples.truncate(&first, &second, to: 7)
    #expect(first == [1, 2, 3, 4] && second == [7, 8, 9])
    EncodedExamples.truncate(&first, &second, to: 4)
    #expect(first == [1, 2] && second == [7, 8])
}

@Test func `fill-mask gives probabilities for each mask, the best first`() throws {
    let toy = try ToyTask(examples: 10)
    let fill = try FillMask(model: toy.model, threads: 1)
    let candidates = try fill.candidates(for: "wa [MASK] wb [MASK]", count: 17)
    #expect(candidates.count == 2)
    for list in candidates {
        #expect(list.count == 17 && Set(list.map(\.piece)).count == 17)
        #expect(abs(list.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        #expect(zip(list, list.dropFirst()).allSatisfy { $0.probability >= $1.probability })
    }
    #expect(throws: Failure.self) { try fill.candidates(for: "no mask", count: 1) }
    #expect(throws: Failure.self) {
        try fill.candidates(for: "wa [MASK]" + String(repeating: " wa", count: 40), count: 1)
    }
}
