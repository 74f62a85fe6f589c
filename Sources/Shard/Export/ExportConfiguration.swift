public import Streaming

/// Everything that shapes an export; equal configurations of equal shards give the same bytes.
public struct ExportConfiguration: Codable, Equatable, Sendable {
    /// The form of the files.
    public var format = ExportFormat.jsonl
    /// The length of the instances; nil takes the first that the set holds.
    public var sequenceLength: Int?
    /// What is exported.
    public var split = ExportSplit.all
    /// In which order.
    public var order = ExportOrder.stored
    /// The seed of masks and order; nil takes that of the shards.
    public var seed: UInt64?
    /// The epoch whose masks are drawn, from 0.
    public var epoch = 0
    /// How many epochs follow each other, each with masks of its own.
    public var duplicate = 1
    /// Instances of a file at most.
    public var instancesPerFile = 131_072
    /// Files of a split; nil goes by `instancesPerFile`.
    public var files: Int?
    /// JSON Lines: whether pieces stand beside the ids.
    public var pieces = false

    /// The defaults: one epoch of both splits as stored.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case format
        case sequenceLength = "sequence_length"
        case split, order, seed, epoch, duplicate
        case instancesPerFile = "instances_per_file"
        case files, pieces
    }

    /// Refuses values outside their ranges.
    public func validate() throws(Failure) {
        func need(_ holds: Bool, _ message: String) throws(Failure) {
            if !holds { throw Failure(.usage, message, remedy: "correct the option") }
        }
        try need((0...1 << 30).contains(epoch), "the epoch must be 0 or more, not \(epoch)")
        try need((1...1000).contains(duplicate), "epochs to write must be 1 to 1000, not \(duplicate)")
        try need(
            (1...1 << 30).contains(instancesPerFile), "instances of a file must be 1 or more, not \(instancesPerFile)")
        try need(files.map { (1...99_999).contains($0) } ?? true, "files must be 1 to 99999")
        try need(!pieces || format == .jsonl, "pieces are written with the format jsonl alone")
    }
}
