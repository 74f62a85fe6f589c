/// A form in which other trainers read instances.
public enum ExportFormat: String, Codable, Sendable, CaseIterable {
    /// One JSON object a line: ids, segments and masks, unpadded.
    case jsonl
    /// `tf.train.Example` records, as Google's run_pretraining.py reads them.
    case tfrecord
    /// Six datasets of gzip chunks, as NVIDIA's BERT for PyTorch reads them.
    case hdf5
}

/// The sequence in which instances are exported.
public enum ExportOrder: String, Codable, Sendable, CaseIterable {
    /// By number, as they stand in the shards (each partition was shuffled when it was built).
    case stored
    /// As our own engine visits them in that epoch.
    case epoch
}

/// The splits that are exported.
public enum ExportSplit: String, Codable, Sendable, CaseIterable {
    case train, validation, all

    var splits: [ShardSplit] {
        switch self {
        case .train: [.train]
        case .validation: [.validation]
        case .all: [.train, .validation]
        }
    }
}
