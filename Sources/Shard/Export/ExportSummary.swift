/// What an export gave; the keys are those of `--json`.
public struct ExportSummary: Sendable, Codable, Equatable {
    /// The format's name.
    public var format: String
    /// Instances in all files, each epoch counted.
    public var instances: Int
    /// Files, the kept ones included.
    public var files: Int
    /// Files that an earlier run had finished.
    public var filesKept: Int
    /// Bytes of all files.
    public var bytes: Int
    /// What a trainer has to be told.
    public var sequenceLength, maxPredictions: Int
    /// The wall clock.
    public var seconds: Double
    /// The version of the program.
    public var version: String
    /// The folder.
    public var output: String
}
