import Examples
import Foundation
import Streaming
import TestSupport
import Testing
import Tokenize

@testable import Model
@testable import Pretrain
@testable import Training

/// The examples of docs/extending.md at work.
@Suite struct ExtensionTests {
    private static let maskID: Int32 = 4

    private func configuration(_ norm: NormPlacement = .post, dropout: Double = 0) -> BertConfiguration {
        var configuration = BertConfiguration(
            vocabularySize: 60, hiddenSize: 32, layers: 2, heads: 4, intermediateSize: 48)
        configuration.maxPositionEmbeddings = 140
        configuration.initializerRange = 0.2
        configuration.normPlacement = norm
        (configuration.hiddenDropout, configuration.attentionDropout) = (dropout, dropout)
        return configuration
    }

    private func model(
        _ architecture: Architecture, _ configuration: BertConfiguration, nextSentence: Bool = false,
        threads: Int = 2, arithmetic: Arithmetic = Arithmetic()
    ) throws -> BertModel {
        let model = try BertModel(
            configuration: configuration, head: .pretraining(nextSentence: nextSentence), threads: threads,
            arithmetic: arithmetic, architecture: architecture)
        model.initialize(seed: 3)
        return model
    }

    private func batch(_ lengths: [Int] = [9, 1, 131, 14, 5]) -> RaggedBatch {
        var random = Philox(seed: 1, purpose: Philox.purpose("test batch"))
        var batch = RaggedBatch()
        for length in lengths {
            let positions = (0..<length).filter { _ in random.below(3) == 0 }.map { Int32($0) }
            batch.append(
                tokens: (0..<length).map { _ in Int32(4 + random.below(56)) },
                segments: (0..<length).map { $0 < length / 2 ? 0 : 1 }, positions: positions,
                labels: positions.map { _ in Int32(random.below(60)) })
            batch.sequenceLabels.append(Int32(random.below(2)))
        }
        return batch
    }

    private let key = DropoutKey(seed: 8, step: 2)

    private func gradients(_ model: BertModel, _ batch: RaggedBatch) -> [Float] {
        model.gradients.zero()
        model.forwardBackward(
            batch, maskedScale: 0.01, sequenceScale: 0.1, objectiveScales: [0.02, 0.03], dropout: key)
        return model.gradients.values(0..<model.gradients.count)
    }

    private static let objectives = [
        ObjectiveDesign("rtd") { ReplacedTokens(maskID: maskID, &$0) },
        ObjectiveDesign("terms") { GlossaryTerms(terms: [7, 8, 9, 20, 33, 41], &$0) },
    ]

    private static func with(_ objectives: [ObjectiveDesign], _ architecture: Architecture) -> Architecture {
        var architecture = architecture
        architecture.objectives = objectives
        return architecture
    }

    private static let architectures: [(Architecture, NormPlacement)] = [
        (with(objectives, .parts), .pre), (with(objectives, .parts), .post), (with(objectives, .geglu), .post),
        (with(objectives, .geglu), .pre),
        (with(objectives + [ObjectiveDesign("order") { SentenceOrder(&$0) }], Architecture()), .post),
    ]

    /// The largest difference over the largest number.
    private func error(_ ours: [Float], _ others: [Float]) -> Float {
        let largest = others.reduce(0) { max($0, abs($1)) }
        return zip(ours, others).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
    }

    // MARK: layers

    /// Gives the model of parts the parameters of the one that is built in.
    private func copy(_ built: BertModel, into parts: BertModel) {
        let isPre = built.configuration.normPlacement == .pre
        let names = [
            "attention.norm": isPre ? "attention.LayerNorm" : "attention.output.LayerNorm",
            "attention.dense": "attention.output.dense",
            "feed_forward.norm": isPre ? "intermediate.LayerNorm" : "output.LayerNorm",
            "feed_forward.inner": "intermediate.dense", "feed_forward.outer": "output.dense",
        ]
        for entry in parts.layout.entries {
            for kind in ["weight", "bias"] where entry.name.hasSuffix("attention.qkv.\(kind)") {
                let prefix = entry.name.dropLast("qkv.\(kind)".count)
                let values = ["query", "key", "value"].flatMap { part in
                    built.layout["\(prefix)self.\(part).\(kind)"].map { built.parameters.values($0.range) } ?? []
                }
                parts.parameters.set(values, at: entry.offset)
            }
            var name = entry.name
            for (own, theirs) in names { name = name.replacing(own, with: theirs) }
            if let source = built.layout[name] {
                parts.parameters.set(built.parameters.values(source.range), at: entry.offset)
            }
        }
    }

    @Test(arguments: NormPlacement.allCases)
    func `a layer of parts computes what the one built in computes`(norm: NormPlacement) throws {
        let built = try model(Architecture(), configuration(norm))
        let parts = try model(.parts, configuration(norm))
        copy(built, into: parts)
        let batch = batch()
        for layer in 0...2 {
            #expect(error(parts.hiddenStates(batch, layer: layer), built.hiddenStates(batch, layer: layer)) < 1e-5)
        }
        let (ours, theirs) = (gradients(parts, batch), gradients(built, batch))
        for name in ["bert.embeddings.word_embeddings.weight", "bert.embeddings.position_embeddings.weight"] {
            let (own, other) = (try #require(parts.layout[name]), try #require(built.layout[name]))
            #expect(error(Array(ours[own.range]), Array(theirs[other.range])) < 2e-5, "\(name)")
        }
        let theirNorm = norm == .pre ? "attention.LayerNorm" : "attention.output.LayerNorm"
        for (own, other) in [("feed_forward.inner", "intermediate.dense"), ("attention.norm", theirNorm)] {
            let prefix = "bert.encoder.layer.0."
            let (a, b) = (
                try #require(parts.layout["\(prefix)\(own).weight"]),
                try #require(built.layout["\(prefix)\(other).weight"])
            )
            #expect(error(Array(ours[a.range]), Array(theirs[b.range])) < 2e-5, "\(own)")
        }
    }

    /// Central differences along each parameter's gradient, dropout on.
    @Test(arguments: 0..<architectures.count)
    func `the loss changes as the gradients of the examples say`(index: Int) throws {
        let (architecture, norm) = Self.architectures[index]
        let model = try model(architecture, configuration(norm, dropout: 0.2))
        let batch = batch()
        func loss() -> Double {
            let sums = model.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, dropout: key)
            return sums.objectives.reduce(sums.maskedLoss) { $0 + $1.loss }
        }
        model.gradients.zero()
        _ = loss()
        let gradients = model.gradients.values(0..<model.gradients.count)
        for entry in model.layout.entries where entry.isOwn || entry.name.hasPrefix("bert.embeddings") {
            // Zero in exact arithmetic: softmax does not see a shift.
            if entry.name.hasSuffix("key.bias") {
                #expect(gradients[entry.range].allSatisfy { abs($0) < 1e-3 }, "\(entry.name)")
                continue
            }
            let start = model.parameters.values(entry.range)
            let slope = gradients[entry.range].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard slope > 0 else {
                Issue.record("\(entry.name) has no gradient")
                continue
            }
            let step = 2e-2 / slope
            func moved(_ length: Double) -> Double {
                let moved = zip(start, gradients[entry.range]).map { $0 + Float(length / slope * Double($1)) }
                model.parameters.set(moved, at: entry.offset)
                return loss()
            }
            let measured = (moved(step) - moved(-step)) / (2 * step)
            model.parameters.set(start, at: entry.offset)
            #expect(abs(measured / slope - 1) < 2e-2, "\(entry.name): \(measured) along a gradient of \(slope)")
        }
    }

    @Test(arguments: 0..<architectures.count, [Precision.fp32, .bf16])
    func `threads and recomputation change no bit of the examples`(index: Int, precision: Precision) throws {
        let (architecture, norm) = Self.architectures[index]
        let batch = batch()
        let shape = configuration(norm, dropout: 0.1)
        let one = gradients(
            try model(architecture, shape, threads: 1, arithmetic: Arithmetic(precision: precision)), batch)
        let three = gradients(
            try model(architecture, shape, threads: 3, arithmetic: Arithmetic(precision: precision)), batch)
        let again = gradients(
            try model(
                architecture, shape, arithmetic: Arithmetic(precision: precision, recomputesLayers: true)), batch)
        #expect(three == one)
        #expect(again == one)
    }

    @Test(arguments: 0..<architectures.count)
    func `bf16 follows fp32 in the examples`(index: Int) throws {
        let (architecture, norm) = Self.architectures[index]
        let (batch, shape) = (batch(), configuration(norm, dropout: 0.1))
        let single = gradients(try model(architecture, shape), batch).map(Double.init)
        let half = gradients(
            try model(architecture, shape, arithmetic: Arithmetic(precision: .bf16)), batch
        ).map(Double.init)
        let dot = zip(single, half).reduce(0) { $0 + $1.0 * $1.1 }
        let sizes = [single, half].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        #expect(dot / (sizes[0] * sizes[1]) > 0.999)
    }

    @Test func `weights of layers of one's own are taken for BERT's by nobody`() throws {
        let folder = TemporaryDirectory()
        let geglu = try model(.geglu, configuration())
        try geglu.save(to: folder.path)
        let shape = try BertConfiguration(contentsOf: folder.path)
        #expect(shape.customArchitecture == "geglu")
        let failure = #expect(throws: Failure.self) { try model(Architecture(), shape) }
        #expect(failure?.code == .badData && failure?.message.contains("tessera-geglu") == true)
        #expect(throws: Failure.self) { try model(.parts, shape) }
        let other = try model(.geglu, shape)
        #expect(try other.loadPretrained(folder.path) == [])
        #expect(other.parameters.buffer.elementsEqual(geglu.parameters.buffer))
    }

    @Test func `a model with parts of its own begins with BERT's weights, and tells what BERT lacks`() throws {
        let folder = TemporaryDirectory()
        try model(Architecture(), configuration()).save(to: folder.path)
        let architecture = Self.with(Self.objectives, Architecture())
        let missing = try model(architecture, configuration()).loadPretrained(folder.path)
        #expect(missing == ["rtd.unit.weight", "rtd.unit.bias", "terms.classifier.weight", "terms.classifier.bias"])
        let left = try model(.geglu, configuration()).loadPretrained(folder.path)
        #expect(!left.isEmpty && left.allSatisfy { $0.contains(".geglu.") }, "\(left)")
    }

    /// The kernels take 24 bits of a place's number.
    @Test func `places of dropout of one's own are none of BERT's`() throws {
        let first = ParameterScope.firstSite
        let mostLayers: UInt32 = 1 << 12
        #expect(first > 4 * mostLayers + 4 && first < 1 << 24)
    }

    // MARK: objectives

    @Test func `sentence order as an objective of one's own is next-sentence prediction's head again`() throws {
        let built = try model(Architecture(), configuration(), nextSentence: true)
        let own = try model(
            Architecture(objectives: [ObjectiveDesign("order") { SentenceOrder(&$0) }]), configuration())
        let names = [
            ("bert.pooler.dense", "order.pooler"), ("cls.seq_relationship", "order.classifier"),
        ].flatMap { pair in ["weight", "bias"].map { ("\(pair.0).\($0)", "\(pair.1).\($0)") } }
        for (theirs, ours) in names {
            let (from, to) = (try #require(built.layout[theirs]), try #require(own.layout[ours]))
            own.parameters.set(built.parameters.values(from.range), at: to.offset)
        }
        let batch = batch()
        let theirs = built.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, dropout: nil)
        let ours = own.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, objectiveScales: [1], dropout: nil)
        let sums = try #require(ours.objectives.first)
        #expect(abs(sums.loss - theirs.sequenceLoss) < 1e-5)
        #expect(sums.count == theirs.sequenceCount && sums.correct == theirs.sequenceCorrect)
        for (name, ownName) in names + [
            ("bert.embeddings.word_embeddings.weight", "bert.embeddings.word_embeddings.weight")
        ] {
            let (a, b) = (try #require(built.layout[name]), try #require(own.layout[ownName]))
            #expect(error(own.gradients.values(b.range), built.gradients.values(a.range)) < 2e-5, "\(name)")
        }
    }

    @Test func `the loss of replaced tokens is the logistic one`() throws {
        let model = try model(Architecture(objectives: [Self.objectives[0]]), configuration())
        let batch = batch()
        let unit = try #require(model.layout["rtd.unit.weight"])
        let weights = model.parameters.values(unit.range).map(Double.init)
        let hidden = model.hiddenStates(batch, layer: 2).map(Double.init)
        let labels = Dictionary(uniqueKeysWithValues: zip(batch.maskedRows, batch.maskedLabels))
        var (loss, count, correct) = (0.0, 0, 0)
        for row in 0..<batch.rows where batch.tokens[row] != Self.maskID {
            let logit = (0..<32).reduce(0) { $0 + weights[$1] * hidden[row * 32 + $1] }
            let isReplaced = labels[Int32(row)].map { $0 != batch.tokens[row] } ?? false
            loss -= log(1 / (1 + exp(isReplaced ? -logit : logit)))
            count += 1
            if (logit > 0) == isReplaced { correct += 1 }
        }
        let sums = try #require(model.evaluate(batch).objectives.first)
        #expect(abs(sums.loss - loss) < 1e-4 * loss)
        #expect(sums.count == count && sums.correct == correct)
    }

    // MARK: optimiser and schedule

    @Test func `Lion takes the steps of its paper`() throws {
        let model = try model(Architecture(), configuration())
        let lion = Lion(ParameterBlocks(layout: model.layout, pool: model.pool), decay: 0.1)
        var expected = model.parameters.values(0..<model.parameters.count).map(Double.init)
        var mean = [Double](repeating: 0, count: expected.count)
        for step in 1...3 {
            model.gradients.zero()
            model.forwardBackward(batch(), maskedScale: 0.01, sequenceScale: 1, dropout: nil)
            for entry in model.layout.entries {
                for place in entry.range {
                    let g = Double(model.gradients[place])
                    let c = 0.9 * mean[place] + 0.1 * g
                    expected[place] -= 1e-3 * ((entry.decays ? 0.1 * expected[place] : 0) + Double(c.sign(0)))
                    mean[place] = 0.99 * mean[place] + 0.01 * g
                }
            }
            lion.update(model.parameters, gradients: model.gradients, rate: 1e-3)
            #expect(lion.step == step)
        }
        // A direction that is all but zero may have another sign in single precision.
        let off = zip(expected, model.parameters.buffer).count { abs($0 - Double($1)) > 1e-6 }
        #expect(off <= expected.count / 10_000)
        #expect(zip(mean, lion.mean.buffer).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    }

    @Test func `the schedule warms up and falls with the root of the steps`() {
        let schedule = InverseSquareRoot(peak: 1, warmupSteps: 4)
        #expect([1, 2, 4, 16, 64].map { schedule.rate(step: $0, time: 0) } == [0.25, 0.5, 1, 0.5, 0.25])
    }

    // MARK: a whole run

    private func run(_ toy: ToyShards, _ output: String, steps: Int, name: String = "test") -> PretrainRun {
        var options = PretrainConfiguration()
        options.model = toy.model
        options.steps = steps
        options.globalBatch = 16
        options.checkpointEvery = 10
        options.validateEvery = 20
        options.threads = 1
        var run = PretrainRun(shards: toy.path, output: output, configuration: options)
        run.extensions = PretrainExtensions(
            name, architecture: Self.with([ObjectiveDesign("rtd", weight: 2, make: Self.objectives[0].make)], .geglu),
            optimizer: { Lion($0) }, schedule: InverseSquareRoot(peak: 3e-3, warmupSteps: 10))
        return run
    }

    @Test func `a run with layers, objective, optimiser and schedule of one's own learns, stops and resumes`() throws {
        let toy = try ToyShards()
        let (whole, stopped) = (toy.folder.file("whole"), toy.folder.file("stopped"))
        let summary = try run(toy, whole, steps: 120).run()
        #expect(try #require(summary.validationLoss) < (try #require(summary.initialValidationLoss)) - 0.5)
        let records = try MetricLog.records(in: whole + "/metrics.jsonl")
        let (first, last) = (try #require(records.first), try #require(records.last))
        #expect(try #require(last["validation_rtd_loss"]) < (try #require(first["validation_rtd_loss"])))
        let parts = try ["mlm_loss", "nsp_loss", "rtd_loss"].map { try #require(last[$0]) }
        #expect(abs(try #require(last["loss"]) - (parts[0] + parts[1] + 2 * parts[2])) < 1e-9)
        #expect(last["lr"] == 3e-3 * (10.0 / 120).squareRoot())

        for stop in [7, 64] {
            var run = run(toy, stopped, steps: 120)
            run.onStep = { step throws(Failure) in if step == stop { throw Failure(.interrupted, "stop") } }
            #expect(throws: Failure.self) { try run.run() }
        }
        _ = try run(toy, stopped, steps: 120).run()
        for name in ["metrics.jsonl", "checkpoints/step-120/model.safetensors"] {
            #expect(try Files.read(whole + "/" + name) == Files.read(stopped + "/" + name), "\(name)")
        }
        let failure = #expect(throws: Failure.self) { try run(toy, stopped, steps: 120, name: "other").run() }
        #expect(failure?.code == .cannotCreate)
    }

    @Test func `what cannot be done is refused before the folder is claimed`() throws {
        let toy = try ToyShards(documents: 20)
        let (model, output) = (toy.folder.file("geglu"), toy.folder.file("run"))
        try Files.createDirectory(model)
        var shape = configuration()
        shape.vocabularySize = ToyShards.words.count + 6
        try self.model(.geglu, shape).save(to: model)
        var options = PretrainConfiguration()
        (options.initial, options.steps, options.threads) = (model, 1, 1)
        let failure = #expect(throws: Failure.self) {
            try PretrainRun(shards: toy.path, output: output, configuration: options).run()
        }
        #expect(failure?.message.contains("tessera-geglu") == true && failure?.place == model)
        #expect(!Files.exists(output))
        for name in ["mlm", "nsp", "", "a.b"] {
            let design = ObjectiveDesign(name, make: Self.objectives[0].make)
            #expect(throws: Failure.self) { try self.model(Architecture(objectives: [design]), configuration()) }
        }
    }

    @Test func `ranks share an objective of one's own as they share the others`() throws {
        let toy = try ToyShards()
        let alone = try run(toy, toy.folder.file("alone"), steps: 6).run()
        let (path, config, output) = (toy.path, toy.model, toy.folder.file("ranks"))
        let losses = try ThreadedRanks.run(2) { rank in
            var options = PretrainConfiguration()
            (options.model, options.steps, options.globalBatch, options.threads) = (config, 6, 16, 1)
            var run = PretrainRun(shards: path, output: output, configuration: options, communicator: rank)
            run.extensions = PretrainExtensions(
                "test",
                architecture: Self.with(
                    [ObjectiveDesign("rtd", weight: 2, make: Self.objectives[0].make)], .geglu),
                optimizer: { Lion($0) }, schedule: InverseSquareRoot(peak: 3e-3, warmupSteps: 10))
            return try run.run().loss
        }
        #expect(losses.allSatisfy { abs($0 - alone.loss) < 1e-3 * alone.loss })
    }

    // MARK: the documentation

    @Test func `the code of docs/extending.md is the code of the examples`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let document = try String(contentsOf: root.appending(path: "docs/extending.md"), encoding: .utf8)
        var sources = ""
        for folder in ["Parts", "Pretraining"] {
            let files = try FileManager.default.contentsOfDirectory(
                at: root.appending(path: "Examples/\(folder)"), includingPropertiesForKeys: nil)
            for file in files { sources += try String(contentsOf: file, encoding: .utf8) }
        }
        let blocks = document.components(separatedBy: "```swift\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(blocks.count >= 7)
        for block in blocks { #expect(sources.contains(block), "\(block)") }
    }
}

extension Double {
    /// -1, 0 or 1.
    fileprivate func sign(_ zero: Double) -> Int { self > zero ? 1 : self < zero ? -1 : 0 }
}
