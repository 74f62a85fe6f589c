public import Streaming

/// Where a run stands: what a checkpoint holds besides weights and moments.
public struct TrainingState: Codable, Sendable, Equatable {
    /// The version of the checkpoint's layout.
    public static let currentFormat = 1

    /// The version this state was written in.
    public var format = TrainingState.currentFormat
    /// Steps taken.
    public var step: Int
    /// Updates of the weights, that is the steps but for skipped ones; nil in checkpoints that know no difference.
    public var updates: Int?
    /// What is usual in this run, and what was skipped.
    public var watch: StepGuard?
    /// Sequences that were passed over when the run went back to a checkpoint.
    public var passedOver: Int?
    /// How often it did.
    public var rollbacks: Int?
    /// The epoch of the next sequence, from 0.
    public var epoch: Int
    /// The position of the next sequence in that epoch.
    public var position: Int
    /// Sequences and real tokens seen, over all ranks.
    public var sequences: Int
    /// Real tokens seen so far.
    public var tokens: Int
    /// Wall-clock seconds spent in steps, over all sessions.
    public var seconds: Double
    /// The run's seed.
    public var seed: UInt64
    /// The schedule, which gives the rate of every step.
    public var schedule: LearningRateSchedule
    /// Digest of the data; another one does not continue the run.
    public var dataDigest: String
    /// The program that wrote it.
    public var toolVersion: String
    /// Bytes and CRC-32C of each file of the checkpoint, by name.
    public var files: [String: FileMark] = [:]

    /// The size and checksum of a file.
    public struct FileMark: Codable, Sendable, Equatable {
        /// Its size.
        public var bytes: Int
        /// CRC-32C of its bytes.
        public var crc32c: UInt32

        /// The mark of a file as it is, which is read in pieces.
        public static func of(_ path: String) throws(Failure) -> FileMark { try CRC32C.file(path) }
    }

    private enum CodingKeys: String, CodingKey {
        case format, step, updates, watch, rollbacks, epoch, position, sequences, tokens, seconds, seed, schedule
        case passedOver = "passed_over"
        case dataDigest = "data_digest"
        case toolVersion = "tool_version"
        case files
    }

    /// The state of a run that has not begun.
    public init(seed: UInt64, schedule: LearningRateSchedule, dataDigest: String, toolVersion: String) {
        (step, epoch, position, sequences, tokens, seconds) = (0, 0, 0, 0, 0, 0)
        self.seed = seed
        self.schedule = schedule
        self.dataDigest = dataDigest
        self.toolVersion = toolVersion
    }
}
