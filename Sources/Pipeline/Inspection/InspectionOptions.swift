public import Streaming

/// How closely something is looked at.
public struct InspectionOptions: Sendable {
    /// Instances of shards to decode.
    public var examples = 0
    /// Which length of shards that hold several; nil for the first.
    public var sequenceLength: Int?
    /// The corpus that shards were made from, when it is not where it was.
    public var corpus: String?
    /// Whether every instance is looked at, not a sample.
    public var all = false
    /// Threads.
    public var jobs = 1
    /// Where progress is told.
    public var progress = ProgressMeter.Style.quiet

    /// A quick look.
    public init() {}
}
