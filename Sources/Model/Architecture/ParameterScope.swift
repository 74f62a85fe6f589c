/// Where a part of your own declares its parameters and its places of dropout.
public struct ParameterScope {
    var layout: ParameterLayout
    /// The model's shape.
    public let configuration: BertConfiguration
    let prefix: String
    var sites: UInt32

    /// The kernels tell 2^24 places of dropout apart; BERT's are below 4 * 2^12 + 4.
    static let firstSite: UInt32 = 1 << 16

    /// A tensor; its name gets the part's prefix, as in `bert.encoder.layer.0.NAME`.
    public mutating func parameter(
        _ name: String, rows: Int = 1, columns: Int, initial: ParameterLayout.InitialValue = .normal
    ) -> Parameter {
        layout.add(prefix + name, rows == 1 ? [columns] : [rows, columns], initial, isOwn: true)
        return Parameter(offset: layout.entries[layout.entries.count - 1].offset, rows: rows, columns: columns)
    }

    /// A linear layer: `NAME.weight` [outputs, inputs] and `NAME.bias` [outputs].
    public mutating func linear(_ name: String, inputs: Int, outputs: Int) -> Linear {
        layout.add(prefix + name + ".weight", [outputs, inputs], isOwn: true)
        let weight = Parameter(
            offset: layout.entries[layout.entries.count - 1].offset, rows: outputs, columns: inputs)
        return Linear(weight: weight, bias: parameter(name + ".bias", columns: outputs, initial: .zero))
    }

    /// Linear layers of one input as one: their weights side by side, then their biases, as BERT's queries, keys and
    /// values are.
    mutating func stacked(_ names: [String], inputs: Int, outputs: Int) -> Linear {
        let first = layout.entries.count
        for (index, name) in names.enumerated() {
            layout.add(prefix + name + ".weight", [outputs, inputs], packed: index > 0, isOwn: true)
        }
        for (index, name) in names.enumerated() {
            layout.add(prefix + name + ".bias", [outputs], .zero, packed: index > 0, isOwn: true)
        }
        let bias = layout.entries[first + names.count]
        return Linear(
            weight: Parameter(
                offset: layout.entries[first].offset, rows: names.count * outputs, columns: inputs),
            bias: Parameter(offset: bias.offset, rows: 1, columns: names.count * outputs))
    }

    /// A LayerNorm: `NAME.weight` and `NAME.bias`, with the model's epsilon.
    public mutating func norm(_ name: String, size: Int) -> Norm {
        Norm(
            gamma: parameter(name + ".weight", columns: size, initial: .one),
            beta: parameter(name + ".bias", columns: size, initial: .zero),
            epsilon: Float(configuration.layerNormEpsilon))
    }

    /// A place of dropout with draws of its own.
    public mutating func dropout(_ rate: Double) -> DropoutSite {
        sites += 1
        return DropoutSite(number: ParameterScope.firstSite + sites, rate: rate)
    }
}

/// A tensor of a part of your own; `Pass.value` and `Pass.gradient` give its memory.
public struct Parameter: Sendable {
    let offset: Int
    /// Rows; 1 for a vector.
    public let rows: Int
    /// Columns.
    public let columns: Int
}

/// The parameters of a linear layer y = x Wᵀ + b.
public struct Linear: Sendable {
    /// W, [outputs, inputs].
    public let weight: Parameter
    /// b, [outputs].
    public let bias: Parameter
}

/// The parameters of a LayerNorm.
public struct Norm: Sendable {
    /// The scale.
    public let gamma: Parameter
    /// The shift.
    public let beta: Parameter
    let epsilon: Float
}
