import CKernels
import Streaming
import Testing

@testable import Model

/// Each kind of layer by itself, on every instruction set this CPU has, without dropout and with it: a random sum of its
/// outputs (or its loss) must change with its input and its parameters as the gradients say.
@Suite struct LayerGradientTests {
    /// Some panels of rows, and one sequence of more than one block of queries.
    private static let lengths = [9, 1, 131, 14, 5]
    private static let layer = "bert.encoder.layer.1."

    /// One pass of a model's part: the batch laid out, and the engine.
    private struct Scene {
        let model: BertModel
        let batch: RaggedBatch
        let key: DropoutKey?

        var engine: Engine { model.engine }
        var width: Int { model.configuration.hiddenSize }

        /// The batch in a fresh arena.
        func plan() -> PlannedBatch {
            engine.arena.reset()
            return PlannedBatch(batch, dropout: key, engine.arena)
        }

        func matrix(_ values: [Float], _ columns: Int) -> MatrixView {
            let matrix = engine.arena.matrix(values.count / columns, columns)
            matrix.base.update(from: values, count: values.count)
            return matrix
        }

        /// A random input of the hidden width.
        var hidden: [Float] { normal(batch.rows * width, seed: 1, "input") }

        /// The gradient of `sum`.
        func weights(_ rows: Int) -> [Float] { normal(rows * width, seed: 2, "weights") }

        /// A layer's input for backward; pre-LN layers take none.
        func factor(_ x: MatrixView) -> StoredMatrix? {
            model.configuration.normPlacement == .pre ? nil : engine.factor(x)
        }

        func sum(_ x: MatrixView) -> Double {
            zip(x.values, weights(x.rows)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
    }

    /// Runs `body` for every instruction set, without dropout and with it.
    private func forAll(
        _ head: ModelHead = .pretraining(nextSentence: true), activation: Activation = .gelu,
        norm: NormPlacement = .post, _ body: (Scene, String) -> Void
    ) throws {
        for table in kernelTables() {
            for dropout in [0, 0.2] {
                let small = try smallModel(head, activation: activation, dropout: dropout, norm: norm) {
                    $0.maxPositionEmbeddings = 140
                    $0.classifierDropout = dropout
                }
                let model = try BertModel(configuration: small.configuration, head: head, threads: 2, kernels: table)
                model.initialize(seed: 3)
                for entry in model.layout.entries {
                    let moved = zip(model.parameters.values(entry.range), normal(entry.count, seed: 3, entry.name))
                    model.parameters.set(moved.map { $0 + 0.1 * $1 }, at: entry.offset)
                }
                if activation == .relu { avoidKinks(model) }
                let classes = max(2, head.sequenceOutputs)
                let scene = Scene(
                    model: model, batch: randomBatch(Self.lengths, seed: 1, classes: classes),
                    key: dropout > 0 ? DropoutKey(seed: 5, step: 9) : nil)
                body(scene, "isa \(table.isa.rawValue), dropout \(dropout)")
            }
        }
    }

    /// Biases so large that each unit is on, or off, for all rows: a difference across a kink is no derivative.
    private func avoidKinks(_ model: BertModel) {
        for name in [Self.layer + "intermediate.dense.bias", "cls.predictions.transform.dense.bias"] {
            guard let entry = model.layout[name] else { continue }
            model.parameters.set((0..<entry.count).map { $0 % 3 == 0 ? -9 : 9 }, at: entry.offset)
        }
    }

    @Test func `embeddings`() throws {
        try forAll { scene, label in
            let embeddings = scene.model.encoder.embeddings
            LayerCheck(model: scene.model, prefixes: ["bert.embeddings."], input: []) { _, withGradients in
                let plan = scene.plan()
                let saved = embeddings.forward(plan, scene.engine)
                let value = scene.sum(saved.output)
                if withGradients {
                    let gradient = scene.matrix(scene.weights(plan.rows), scene.width)
                    embeddings.backward(saved, gradient: gradient, plan, scene.engine)
                }
                return (value, [])
            }.run(label)
        }
    }

    @Test(arguments: NormPlacement.allCases)
    func `self-attention`(norm: NormPlacement) throws {
        try forAll(norm: norm) { scene, label in
            let attention = scene.model.encoder.bertLayers[1].attention
            LayerCheck(model: scene.model, prefixes: [Self.layer + "attention."], input: scene.hidden) { input, back in
                let plan = scene.plan()
                let x = scene.matrix(input, scene.width)
                let saved = attention.reserve(plan, scene.engine)
                let y = scene.engine.arena.matrix(plan.rows, scene.width)
                attention.forward(x, into: saved, output: y, plan, scene.engine)
                guard back else { return (scene.sum(y), []) }
                let gradient = scene.matrix(scene.weights(plan.rows), scene.width)
                attention.backward(
                    saved, input: scene.factor(x), gradient: gradient, plan, scene.engine)
                return (scene.sum(y), gradient.values)
            }.run(label)
        }
    }

    @Test(arguments: [Activation.gelu, .geluNew, .geluTanh, .relu, .silu], NormPlacement.allCases)
    func `feed-forward, with each activation`(activation: Activation, norm: NormPlacement) throws {
        try forAll(activation: activation, norm: norm) { scene, label in
            let feedForward = scene.model.encoder.bertLayers[1].feedForward
            LayerCheck(
                model: scene.model, prefixes: [Self.layer + "intermediate.", Self.layer + "output."],
                input: scene.hidden
            ) { input, back in
                let plan = scene.plan()
                let x = scene.matrix(input, scene.width)
                let saved = feedForward.reserve(plan, scene.engine)
                let y = scene.engine.arena.matrix(plan.rows, scene.width)
                feedForward.forward(x, into: saved, output: y, plan, scene.engine)
                let value = scene.sum(y)
                guard back else { return (value, []) }
                let gradient = scene.matrix(scene.weights(plan.rows), scene.width)
                feedForward.backward(
                    saved, input: scene.factor(x), gradient: gradient, plan, scene.engine)
                return (value, gradient.values)
            }.run(label)
        }
    }

    /// The product that comes in, then the residual.
    @Test func `dropout, residual and LayerNorm behind a sublayer`() throws {
        try forAll { scene, label in
            let output = scene.model.encoder.bertLayers[1].feedForward.output
            let names = [Self.layer + "output.dense.bias", Self.layer + "output.LayerNorm."]
            let count = scene.hidden.count
            let both = scene.hidden + normal(count, seed: 4, "residual")
            LayerCheck(model: scene.model, prefixes: names, input: both) { input, back in
                let plan = scene.plan()
                let product = scene.matrix(Array(input[..<count]), scene.width)
                let residual = scene.matrix(Array(input[count...]), scene.width)
                let saved = SublayerOutput.Saved(rows: plan.rows, columns: scene.width, scene.engine)
                let y = scene.engine.arena.matrix(plan.rows, scene.width)
                let panels = RowPanels(plan.rows)
                for panel in 0..<panels.count {
                    let rows = panels[panel]
                    output.forward(
                        product[rows: rows], rows: rows, residual: residual, into: saved, output: y, plan, scene.engine)
                }
                guard back else { return (scene.sum(y), []) }
                let gradient = scene.matrix(scene.weights(plan.rows), scene.width)
                let sums = SublayerOutput.Sums(rows: plan.rows, columns: scene.width, scene.engine)
                let dense = scene.engine.arena.stored(plan.rows, scene.width, isHalf: false)
                for panel in 0..<panels.count {
                    output.backward(
                        saved, panel: panel, rows: panels[panel], gradient: gradient, into: dense, sums: sums, plan,
                        scene.engine)
                }
                output.add(sums, scene.engine)
                return (scene.sum(y), (dense.floats?.values ?? []) + gradient.values)
            }.run(label)
        }
    }

    @Test(arguments: NormPlacement.allCases)
    func `a whole layer`(norm: NormPlacement) throws {
        try forAll(norm: norm) { scene, label in
            let layer = scene.model.encoder.bertLayers[1]
            LayerCheck(model: scene.model, prefixes: [Self.layer], input: scene.hidden) { input, back in
                let plan = scene.plan()
                let x = scene.matrix(input, scene.width)
                let saved = layer.reserve(plan, scene.engine)
                let between = scene.engine.arena.matrix(plan.rows, scene.width)
                let y = scene.engine.arena.matrix(plan.rows, scene.width)
                layer.forward(x, into: saved, between: between, output: y, plan, scene.engine)
                guard back else { return (scene.sum(y), []) }
                let gradient = scene.matrix(scene.weights(plan.rows), scene.width)
                layer.backward(
                    saved, input: scene.factor(x), gradient: gradient, plan, scene.engine)
                return (scene.sum(y), gradient.values)
            }.run(label)
        }
    }

    @Test(arguments: [EncoderStack.Keeping.activations, .inputs], NormPlacement.allCases)
    func `embeddings and all layers, kept and computed again`(
        keeping: EncoderStack.Keeping, norm: NormPlacement
    ) throws {
        try forAll(norm: norm) { scene, label in
            let encoder = scene.model.encoder
            LayerCheck(model: scene.model, prefixes: ["bert.embeddings.", "bert.encoder.", "bert.Layer"], input: []) {
                _, back in
                let plan = scene.plan()
                let pass = scene.model.pass(plan)
                let saved = encoder.forward(pass, keeping: keeping)
                let value = scene.sum(saved.output)
                guard back else { return (value, []) }
                saved.gradient.base.update(from: scene.weights(plan.rows), count: plan.rows * scene.width)
                encoder.backward(saved, pass)
                return (value, [])
            }.run(label)
        }
    }

    /// The sum goes over the selected rows alone, which is all that a loss sees of the others.
    @Test(arguments: [EncoderStack.Keeping.activations, .inputs])
    func `a stack whose last layer leaves out rows`(keeping: EncoderStack.Keeping) throws {
        try forAll { scene, label in
            let encoder = scene.model.encoder
            let masked = scene.batch.maskedRows
            let wanted = Set(masked).union(scene.batch.offsets.dropLast()).map(Int.init)
            LayerCheck(model: scene.model, prefixes: ["bert.embeddings.", "bert.encoder."], input: []) { _, back in
                let plan = scene.plan()
                let selected = SelectedRows(plan, masked: masked, withFirst: true, scene.engine.arena)
                #expect(selected?.plan.rows == wanted.count)
                let pass = scene.model.pass(plan)
                let saved = encoder.forward(pass, keeping: keeping, selected: selected)
                let weights = scene.weights(plan.rows)
                saved.gradient.base.update(repeating: 0, count: weights.count)
                var value = 0.0
                for row in wanted {
                    for column in 0..<scene.width {
                        let weight = weights[row * scene.width + column]
                        value += Double(saved.output.row(row)[column]) * Double(weight)
                        saved.gradient.row(row)[column] = weight
                    }
                }
                if back { encoder.backward(saved, pass) }
                return (value, [])
            }.run(label)
        }
    }

    @Test func `the pooler`() throws {
        try forAll { scene, label in
            guard let pooler = scene.model.pooler else { return }
            LayerCheck(model: scene.model, prefixes: ["bert.pooler."], input: scene.hidden) { input, back in
                let plan = scene.plan()
                let saved = pooler.forward(scene.matrix(input, scene.width), plan, scene.engine)
                let value = scene.sum(saved.output)
                guard back else { return (value, []) }
                let hidden = scene.matrix([Float](repeating: 0, count: input.count), scene.width)
                let gradient = scene.matrix(scene.weights(plan.sequences), scene.width)
                pooler.backward(saved, gradient: gradient, hidden: hidden, plan, scene.engine)
                return (value, hidden.values)
            }.run(label)
        }
    }

    @Test(arguments: [Activation.gelu, .geluTanh, .relu, .silu])
    func `the transform of the masked-LM head`(activation: Activation) throws {
        try forAll(activation: activation) { scene, label in
            guard let head = scene.model.maskedHead else { return }
            let masked = scene.batch.maskedRows
            let prefixes = ["cls.predictions.transform."]
            LayerCheck(model: scene.model, prefixes: prefixes, input: scene.hidden) { input, back in
                _ = scene.plan()
                let saved = head.forward(scene.matrix(input, scene.width), masked: masked, scene.engine)
                let value = scene.sum(saved.output)
                guard back else { return (value, []) }
                let hidden = scene.matrix([Float](repeating: 0, count: input.count), scene.width)
                let gradient = scene.matrix(scene.weights(masked.count), scene.width)
                head.backward(saved, gradient: gradient, masked: masked, hidden: hidden, scene.engine)
                return (value, hidden.values)
            }.run(label)
        }
    }

    @Test func `the masked-LM head with its decoder and loss`() throws {
        try forAll { scene, label in
            guard let head = scene.model.maskedHead else { return }
            let (masked, labels) = (scene.batch.maskedRows, scene.batch.maskedLabels)
            let names = ["cls.predictions.", "bert.embeddings.word_embeddings."]
            LayerCheck(model: scene.model, prefixes: names, input: scene.hidden) { input, back in
                _ = scene.plan()
                let saved = head.forward(scene.matrix(input, scene.width), masked: masked, scene.engine)
                let gradient = scene.engine.arena.matrix(masked.count, scene.width)
                let loss = head.loss(
                    saved, labels: labels, scale: back ? 1 : nil, gradient: back ? gradient : nil, scene.engine)
                guard back else { return (loss.sum, []) }
                let hidden = scene.matrix([Float](repeating: 0, count: input.count), scene.width)
                head.backward(saved, gradient: gradient, masked: masked, hidden: hidden, scene.engine)
                return (loss.sum, hidden.values)
            }.run(label)
        }
    }

    @Test(arguments: [
        ModelHead.pretraining(nextSentence: true), .classification(labels: 3), .classification(labels: 1),
    ])
    func `heads on the first token: next sentence, classes, a number`(kind: ModelHead) throws {
        try forAll(kind) { scene, label in
            guard let head = scene.model.sequenceHead else { return }
            let names = ["bert.pooler.", "cls.seq_relationship.", "classifier."]
            LayerCheck(model: scene.model, prefixes: names, input: scene.hidden) { input, back in
                let plan = scene.plan()
                let saved = head.forward(scene.matrix(input, scene.width), plan, scene.engine)
                let loss = head.loss(saved, scene.batch, scale: back ? 1 : nil, scene.engine)
                guard back else { return (loss.sum, []) }
                let hidden = scene.matrix([Float](repeating: 0, count: input.count), scene.width)
                head.backward(saved, hidden: hidden, plan, scene.engine)
                return (loss.sum, hidden.values)
            }.run(label)
        }
    }
}

extension EncoderStack {
    fileprivate var bertLayers: [EncoderLayer] {
        blocks.compactMap { if case .bert(let layer) = $0 { layer } else { nil } }
    }
}
