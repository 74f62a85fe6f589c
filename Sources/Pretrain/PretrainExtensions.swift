public import Model
public import Training

/// What a program of your own changes in pretraining: layers, objectives, optimiser, schedule.
///
/// A function or a closure leaves no trace in a run's folder, so `name` does: a run goes on only under the name it began
/// with. Give another name when you change what is behind it.
public struct PretrainExtensions {
    /// The name that config.yaml records as `extensions`.
    public var name: String
    /// Layers and objectives.
    public var architecture: Architecture
    /// Makes the optimiser; nil takes the configuration's.
    public var optimizer: ((ParameterBlocks) -> any Optimizer)?
    /// The learning rate of each step; nil takes the configuration's.
    public var schedule: (any RateSchedule)?

    /// Names what is changed.
    public init(
        _ name: String, architecture: Architecture = Architecture(),
        optimizer: ((ParameterBlocks) -> any Optimizer)? = nil, schedule: (any RateSchedule)? = nil
    ) {
        self.name = name
        self.architecture = architecture
        self.optimizer = optimizer
        self.schedule = schedule
    }
}
