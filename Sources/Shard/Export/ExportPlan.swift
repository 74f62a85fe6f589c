/// A file of an export: a run of the walk over one split.
struct ExportFile: Sendable, Equatable {
    var name: String
    var split: ShardSplit
    /// Places in the walk, which is epoch after epoch.
    var range: Range<Int>
}

/// Cuts an export into files, and files into pieces that threads work on.
struct ExportPlan: Sendable {
    /// Instances of a piece, the unit of work; also the rows of an HDF5 chunk.
    static let pieceInstances = 1_024

    let files: [ExportFile]

    /// - Parameter counts: the instances of each split.
    init(_ configuration: ExportConfiguration, counts: (ShardSplit) -> Int) {
        var files: [ExportFile] = []
        for split in configuration.split.splits {
            let total = counts(split) * configuration.duplicate
            guard total > 0 else { continue }
            let largest = configuration.instancesPerFile
            let count = min(total, configuration.files ?? (total - 1) / largest + 1)
            // As even as can be, so that no trainer's worker gets a file of a few instances.
            for number in 0..<count {
                let range = total * number / count..<total * (number + 1) / count
                let name = ExportPlan.name(split, number, of: count, configuration.format)
                files.append(ExportFile(name: name, split: split, range: range))
            }
        }
        self.files = files
    }

    /// `training-00000-of-00004.tfrecord`.
    ///
    /// NVIDIA's trainer takes files with `training` in their names; Google's takes a pattern.
    private static func name(_ split: ShardSplit, _ number: Int, of count: Int, _ format: ExportFormat) -> String {
        func digits(_ number: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, 5 - text.count)) + text
        }
        let stem = split == .train ? "training" : "validation"
        return "\(stem)-\(digits(number))-of-\(digits(count)).\(format.rawValue)"
    }
}
