package import Streaming

/// What a model has instead of BERT's layers, or beside BERT's objectives.
///
/// The parts are made together with the model; their parameters lie with all others in its flat buffers, so optimisers,
/// clipping, sums over ranks and checkpoints know them without being told.
public struct Architecture: Sendable {
    /// A name for layers of your own; config.json says `model_type: tessera-NAME`, so that nobody takes the weights for
    /// BERT's.
    ///
    /// nil where the layers are BERT's.
    public private(set) var name: String?
    /// Makes layer `index` of the encoder, counted from 0; where it gives nil, the layer is BERT's.
    public private(set) var layer: (@Sendable (_ index: Int, _ scope: inout ParameterScope) -> (any Layer)?)?
    /// Objectives beside those of the model's head.
    public var objectives: [ObjectiveDesign]

    /// BERT's own, with objectives beside it.
    public init(objectives: [ObjectiveDesign] = []) { self.objectives = objectives }

    /// An architecture with layers of your own.
    public init(
        name: String, objectives: [ObjectiveDesign] = [],
        layer: @escaping @Sendable (_ index: Int, _ scope: inout ParameterScope) -> (any Layer)?
    ) {
        self.name = name
        self.objectives = objectives
        self.layer = layer
    }

    /// The configuration as a model of this architecture has it; refused when it was made for another.
    package func claim(_ configuration: BertConfiguration) throws(Failure) -> BertConfiguration {
        try validateNames()
        if let custom = configuration.customArchitecture, custom != name {
            throw Failure(
                .badData, "model_type is \"tessera-\(custom)\", an architecture that this program does not have",
                remedy: "use the program whose layers the weights are made for")
        }
        var claimed = configuration
        claimed.customArchitecture = name
        return claimed
    }

    private func validateNames() throws(Failure) {
        func isPlain(_ name: String) -> Bool { !name.isEmpty && !name.contains { ". /".contains($0) } }
        if let name, !isPlain(name) || name == "pre-layer-norm" {
            throw Failure(
                .usage, "an architecture cannot be called '\(name)'",
                remedy: "give it a name of its own, without . or /")
        }
        let names = objectives.map(\.name)
        let taken: Set = ["mlm", "nsp", "bert", "cls", "classifier"]
        for (index, name) in names.enumerated()
        where !isPlain(name) || taken.contains(name) || names[..<index].contains(name) {
            throw Failure(
                .usage, "an objective cannot be called '\(name)'", remedy: "give it a name of its own, without . or /")
        }
    }
}

/// An objective of your own, by name.
public struct ObjectiveDesign: Sendable {
    /// Its name in logs (`NAME_loss`, `NAME_accuracy`) and of its parameters (`NAME.`).
    public var name: String
    /// The factor of its mean loss in what is minimised.
    public var weight: Double
    /// Makes it.
    public var make: @Sendable (inout ParameterScope) -> any Objective

    /// Names an objective.
    public init(
        _ name: String, weight: Double = 1, make: @escaping @Sendable (inout ParameterScope) -> any Objective
    ) {
        self.name = name
        self.weight = weight
        self.make = make
    }
}

/// The parts of an architecture that have been made for a model.
struct OwnParts: Sendable {
    /// By their place in the encoder.
    var layers: [Int: any Layer] = [:]
    var objectives: [any Objective] = []
    private var sites: UInt32 = 0

    /// Makes a layer and adds its parameters; false when it is to be BERT's.
    mutating func addLayer(
        _ index: Int, _ prefix: String, _ architecture: Architecture, _ configuration: BertConfiguration,
        to layout: inout ParameterLayout
    ) -> Bool {
        let made = scoped(prefix, configuration, &layout) { architecture.layer?(index, &$0) }
        if let made { layers[index] = made }
        return made != nil
    }

    /// Makes the objectives and adds their parameters.
    mutating func addObjectives(
        _ architecture: Architecture, _ configuration: BertConfiguration, to layout: inout ParameterLayout
    ) {
        for design in architecture.objectives {
            objectives.append(scoped(design.name + ".", configuration, &layout) { design.make(&$0) })
        }
    }

    private mutating func scoped<Part>(
        _ prefix: String, _ configuration: BertConfiguration, _ layout: inout ParameterLayout,
        _ make: (inout ParameterScope) -> Part
    ) -> Part {
        var scope = ParameterScope(layout: layout, configuration: configuration, prefix: prefix, sites: sites)
        let part = make(&scope)
        (layout, sites) = (scope.layout, scope.sites)
        return part
    }
}
