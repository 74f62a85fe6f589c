/// One layer of the stack: BERT's, or one of an architecture of your own.
enum EncoderBlock: Sendable {
    case bert(EncoderLayer)
    case own(any Layer)

    /// What backward needs.
    enum Saved {
        case bert(EncoderLayer.Saved)
        case own(backward: (MatrixView) -> Void)
    }

    var isOwn: Bool { if case .own = self { true } else { false } }

    /// Whether backward needs the layer's input as a factor.
    var needsInput: Bool { if case .bert(let layer) = self { layer.needsInput } else { false } }

    /// Bytes that the layer keeps for backward; nil where it takes them as it goes.
    func keptBytes(selected: SelectedRows?, _ pass: Pass) -> Int? {
        guard case .bert(let layer) = self else { return nil }
        return pass.engine.arena.measure { _ = layer.reserve(pass.batch, selected: selected, pass.engine) }
    }

    /// Gradients that backward gives to `Engine.weightGradient` once, and in no other way.
    var weightGradients: [MatrixView] { if case .bert(let layer) = self { layer.weightGradients } else { [] } }

    /// Whether the layer can leave out rows that nobody looks at.
    var canSelect: Bool { if case .bert(let layer) = self { layer.canSelect } else { false } }

    /// From x [T, H] to y [T, H], which may be x for a layer of BERT's; `between` [T, H] is used on the way.
    /// - Parameters:
    ///   - selected: the rows of y that are computed, where the layer can select; nil for all.
    ///   - place: room for `keptBytes`; nil for the arena's.
    func forward(
        _ x: MatrixView, selected: SelectedRows?, place: UnsafeMutablePointer<Float>? = nil, between: MatrixView,
        output y: MatrixView, _ pass: Pass
    ) -> Saved {
        switch self {
        case .bert(let layer):
            let room = pass.engine.arena.taking(at: place) {
                layer.reserve(pass.batch, selected: selected, pass.engine)
            }
            layer.forward(
                x, into: room, selected: selected, between: between, output: y, pass.batch, pass.engine)
            return .bert(room)
        case .own(let layer):
            return .own(backward: layer.forwardForBackward(x, output: y, pass))
        }
    }

    /// Forward once more with the same draws of dropout, for what backward needs alone.
    func again(_ x: MatrixView, selected: SelectedRows?, _ pass: Pass) -> Saved {
        let arena = pass.engine.arena
        guard case .bert(let layer) = self else {
            let output = arena.matrix(x.rows, x.columns)
            return forward(x, selected: nil, between: output, output: output, pass)
        }
        let room = layer.reserve(pass.batch, selected: selected, pass.engine)
        let mark = arena.mark
        defer { arena.release(mark) }
        let (between, output) = (arena.matrix(x.rows, x.columns), arena.matrix(x.rows, x.columns))
        layer.forward(
            x, into: room, selected: selected, between: between, output: output, pass.batch, pass.engine)
        return .bert(room)
    }

    /// The gradient [T, H] of the output becomes that of the input, in place.
    func backward(
        _ saved: Saved, selected: SelectedRows?, input: StoredMatrix?, gradient: MatrixView, _ pass: Pass
    ) {
        switch (self, saved) {
        case (.bert(let layer), .bert(let room)):
            layer.backward(
                room, selected: selected, input: input, gradient: gradient, pass.batch, pass.engine)
        case (_, .own(let backward)): backward(gradient)
        default: preconditionFailure("a layer of BERT's is given what another kept")
        }
    }

    /// The output [T, H] of a post-LN layer of BERT's, made again from what it kept.
    func output(_ saved: Saved, _ engine: Engine) -> StoredMatrix? {
        guard case (.bert(let layer), .bert(let room)) = (self, saved) else { return nil }
        return layer.output(room, engine)
    }
}
