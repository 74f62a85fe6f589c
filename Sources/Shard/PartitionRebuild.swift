internal import Storage
internal import Streaming
internal import Tokenize

/// Writes a partition anew without some of its documents, from its own blocks.
///
/// An instance of runs loses those of the documents; a pair whose A is of one goes. Where only B is, another B is put
/// in its place: the A of an instance drawn by (seed, revision, number), so that the text of A is kept and the label
/// stays true. Everything else stays as it was, in its order.
struct PartitionRebuild {
    /// What comes of it.
    struct Outcome {
        var built: BuiltPartition
        /// New statistics less old ones.
        var difference: [ShardSet: [String: Int]]
        /// Instances that held text of each document.
        var instances: [Int64: Int]
    }

    private let reader: ShardReader
    private let row: PartitionRow
    private let removed: Set<Int64>
    private let configuration: ShardConfiguration
    private let vocabulary: Vocabulary

    init(_ reader: ShardReader, _ partition: Int, without removed: Set<Int64>) throws(Failure) {
        self.reader = reader
        self.removed = removed
        var row = reader.partitions[partition]
        row.revision += 1
        self.row = row
        configuration = reader.information.configuration
        vocabulary = try reader.tokenizer().vocabulary
    }

    func run() throws -> Outcome {
        var output = PartWriter(row, in: reader.directory)
        var difference: [ShardSet: [String: Int]] = [:]
        var instances: [Int64: Int] = [:]
        for set in ShardSet.all(configuration) {
            let old = try self.instances(of: set)
            for instance in old {
                for document in Set(instance.runs.map(\.document)).intersection(removed) {
                    instances[document, default: 0] += 1
                }
            }
            let new = old.enumerated().compactMap { without($0.element, number: $0.offset, old, set) }
            try write(new, set, to: &output)
            difference[set] = PartitionRebuild.difference(statistics(old, set), statistics(new, set))
        }
        var built = try output.finish()
        built.row.documents -= min(built.row.documents, instances.count)
        return Outcome(built: built, difference: difference, instances: instances)
    }

    private func instances(of set: ShardSet) throws(Failure) -> [Instance] {
        var instances: [Instance] = []
        for block in reader.rows where block.partition == row.id && block.set == set {
            let decoded = try reader.decode(reader.raw(block), block)
            for index in 0..<decoded.count {
                instances.append(decoded.instance(index, number: instances.count, split: set.split))
            }
        }
        return instances
    }

    /// The instance without the documents; nil when nothing of it can stay.
    private func without(_ instance: Instance, number: Int, _ all: [Instance], _ set: ShardSet) -> Instance? {
        guard instance.runs.contains(where: { removed.contains($0.document) }) else { return instance }
        var new = instance
        (new.tokens, new.runs) = ([], [])
        (new.staticPositions, new.staticReplacements, new.staticLabels) = (nil, nil, nil)
        var draws = Philox(
            seed: configuration.seed, purpose: Philox.purpose("rebuild"),
            a: UInt64(row.id) << 20 | UInt64(row.revision), b: UInt64(number) << 17 | set.number)
        if configuration.objective == .mlm {
            var start = 0
            for run in instance.runs {
                if !removed.contains(run.document) {
                    new.tokens += instance.tokens[start..<start + run.count]
                    new.runs.append(run)
                }
                start += run.count
            }
        } else if let first = instance.runs.first, !removed.contains(first.document), instance.runs.count == 2,
            let other = replacement(for: first.document, all, &draws)
        {
            let count = min(other.runs[0].count, instance.runs[1].count)
            new.tokens = instance.a + other.tokens[..<count]
            new.runs = [first, Instance.Run(document: other.documentA, count: count)]
        }
        guard !new.runs.isEmpty else { return nil }
        if configuration.masking == .static { mask(&new, set, &draws) }
        return new
    }

    /// An instance whose A can follow one of another document.
    private func replacement(for document: Int64, _ all: [Instance], _ draws: inout Philox) -> Instance? {
        // An instance that does not fit is rare, unless hardly any document is left.
        for _ in 0..<64 {
            let other = all[draws.below(all.count)]
            if other.documentA != document, !removed.contains(other.documentA) { return other }
        }
        return all.first { $0.documentA != document && !removed.contains($0.documentA) }
    }

    private func mask(_ instance: inout Instance, _ set: ShardSet, _ draws: inout Philox) {
        let policy = MaskingPolicy(configuration, sequenceLength: set.sequenceLength, vocabulary: vocabulary)
        let masks = policy.draw(policy.assemble(instance).tokens, &draws)
        instance.staticPositions = masks.positions
        instance.staticReplacements = masks.replacements
    }

    private func write(_ instances: [Instance], _ set: ShardSet, to output: inout PartWriter) throws(Failure) {
        let width = TokenWidth.bytes(vocabularySize: vocabulary.count)
        var encoder = ShardBlockEncoder(
            width: width, isStatic: configuration.masking == .static, sequenceLength: set.sequenceLength,
            order: reader.order)
        var bytes: [UInt8] = []
        for (index, instance) in instances.enumerated() {
            bytes.removeAll(keepingCapacity: true)
            for id in instance.tokens { bytes.append(token: id, width: width) }
            var start = 0
            let runs = instance.runs.map { run in
                defer { start += run.count * width }
                return RunBytes(document: run.document, bytes: start..<start + run.count * width)
            }
            let masks = instance.staticPositions.map {
                ShardBlockEncoder.Masks(positions: $0, replacements: instance.staticReplacements ?? [])
            }
            encoder.append(runs, in: bytes, isRandomNext: instance.isRandomNext, masks: masks)
            if encoder.isFull || index == instances.count - 1 {
                let count = encoder.count
                try output.write(encoder.finish(), count: count, set)
            }
        }
        output.add(statistics(instances, set), set)
    }

    private func statistics(_ instances: [Instance], _ set: ShardSet) -> SplitStatistics {
        var statistics = SplitStatistics()
        for instance in instances {
            statistics.add(
                tokens: instance.tokens.count, runs: instance.runs.count, isRandomNext: instance.isRandomNext,
                sequenceLength: set.sequenceLength)
        }
        return statistics
    }

    private static func difference(_ old: SplitStatistics, _ new: SplitStatistics) -> [String: Int] {
        let (old, new) = (old.values, new.values)
        let names = Set(old.keys).union(new.keys)
        return Dictionary(uniqueKeysWithValues: names.map { ($0, (new[$0] ?? 0) - (old[$0] ?? 0)) })
    }
}
