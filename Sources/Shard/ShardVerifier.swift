internal import GRDB
internal import Storage
public import Streaming
internal import Tokenize

/// Checks everything that can be checked of a set of shards: the index and the tokenizer beside it to the bit, every
/// checksum, every count, every instance and the digests.
public struct ShardVerifier: Sendable {
    private let directory: String
    private let jobs: Int
    private let progress: ProgressMeter.Style

    /// - Parameters:
    ///   - directory: the folder of the shards.
    ///   - jobs: threads.
    public init(_ directory: String, jobs: Int = 1, progress: ProgressMeter.Style = .quiet) {
        self.directory = directory
        self.jobs = max(1, jobs)
        self.progress = progress
    }

    /// What is wrong, each with its place; nothing when all is well.
    ///
    /// Throws only when interrupted.
    public func problems() throws(Failure) -> [Failure] {
        do {
            let reader = try ShardReader(directory, checksFiles: false)
            var found = try ShardSeal(directory).problems() + indexProblems() + folderProblems(reader)
            var vocabulary: Vocabulary?
            do throws(Failure) {
                vocabulary = try reader.tokenizer().vocabulary
            } catch {
                // What the seal has told of the file need not be told twice.
                if !found.contains(where: { $0.place == error.place }) { found.append(error) }
            }
            return try found + contentProblems(reader, vocabulary)
        } catch let failure as Failure {
            if failure.code == .interrupted { throw failure }
            return [failure]
        } catch {
            return [Failure(.inputOutput, "\(error)", at: directory)]
        }
    }

    /// What SQLite itself finds wrong.
    private func indexProblems() throws -> [Failure] {
        let path = ShardSchema.path(directory)
        return try IndexDatabase.translated(path) {
            let lines = try ShardSchema.open(directory, create: false).read {
                try String.fetchAll($0, sql: "PRAGMA integrity_check")
            }
            return lines.filter { $0 != "ok" }.map {
                Failure(.badData, "SQLite finds: \($0)", at: path, remedy: "restore the file")
            }
        }
    }

    /// Files that should not be there any more.
    private func folderProblems(_ reader: ShardReader) throws -> [Failure] {
        let named = Set(reader.rows.map(\.file))
        return try Files.names(in: directory).filter {
            $0.hasSuffix(".partial") || $0.hasPrefix("spool-") || $0.hasPrefix("part-") && !named.contains($0)
        }.map {
            Failure(
                .badData, "is left over from an interrupted run", at: "\(directory)/\($0)", remedy: "remove the file")
        }
    }

    private func contentProblems(_ reader: ShardReader, _ vocabulary: Vocabulary?) throws -> [Failure] {
        let lost = ShardReader.fileProblems(reader.rows, directory: directory)
        var found = lost.map(\.failure)
        let partitions = reader.partitions.filter { row in !lost.contains { $0.partition == row.id } }
        var sums: [ShardSet: SplitStatistics] = [:]
        let bar = ProgressMeter(
            "verify", unit: "partitions", total: Double(partitions.count), style: progress)
        var next = 0
        try orderedParallelMap(
            jobs: jobs,
            source: { () -> PartitionRow? in
                guard next < partitions.count else { return nil }
                defer { next += 1 }
                return partitions[next]
            },
            transform: { PartitionCheck(reader, vocabulary, $0).run() },
            consume: { check in
                found += check.problems
                for (set, statistics) in check.statistics {
                    sums[set] = sums[set, default: SplitStatistics()] + statistics
                }
                bar.update(Double(next))
            })
        bar.finish()
        if found.isEmpty { found += totals(reader, sums) }
        return found
    }

    /// Compares what was counted with what the index states of the whole set.
    private func totals(_ reader: ShardReader, _ sums: [ShardSet: SplitStatistics]) -> [Failure] {
        let path = ShardSchema.path(directory)
        var found: [Failure] = []
        if ShardDigest.whole(reader.order, reader.partitions.map(\.digest)) != reader.information.digest {
            found.append(
                Failure(.badData, "its digest is not that of its partitions", at: path, remedy: "restore the file"))
        }
        let sets = Set(ShardSet.all(reader.information.configuration)).union(reader.statistics.keys)
        for set in sets where sums[set]?.values ?? [:] != reader.statistics[set] ?? [:] {
            found.append(
                Failure(
                    .badData,
                    "its statistics of \(set.split.rawValue) \(set.sequenceLength) are not those of the instances",
                    at: path, remedy: "restore the file"))
        }
        return found
    }
}

/// The check of one partition.
private struct PartitionCheck: Sendable {
    private let reader: ShardReader
    private let vocabulary: Vocabulary?
    private let partition: PartitionRow
    private(set) var problems: [Failure] = []
    private(set) var statistics: [ShardSet: SplitStatistics] = [:]

    init(_ reader: ShardReader, _ vocabulary: Vocabulary?, _ partition: PartitionRow) {
        self.reader = reader
        self.vocabulary = vocabulary
        self.partition = partition
    }

    func run() -> PartitionCheck {
        var check = self
        let digest = Digest()
        for row in reader.rows where row.partition == partition.id {
            do throws(Failure) {
                let raw = try reader.raw(row)
                ShardDigest.add(raw, row.set, to: digest)
                check.count(try reader.decode(raw, row), row)
            } catch {
                var problem = error
                problem.message += ShardBlockRow.hit([row])
                check.problems.append(problem)
            }
        }
        if check.problems.isEmpty { check.compare(digest.value) }
        return check
    }

    private mutating func count(_ block: DecodedBlock, _ row: ShardBlockRow) {
        var sums = statistics[row.set, default: SplitStatistics()]
        for index in 0..<block.count {
            sums.add(
                tokens: block.tokenCount(index), runs: block.documents(index).count,
                isRandomNext: block.isRandomNext(index), sequenceLength: row.set.sequenceLength)
            if let vocabulary, let id = block.tokens(index).first(where: vocabulary.isFrame) {
                problems.append(
                    Failure(
                        .badData,
                        "\(row.set.split.rawValue) instance \(row.firstInstance + index) holds \(vocabulary.piece(id))",
                        at: "\(reader.directory)/\(row.file)", remedy: "run 'tessera shard' into a new folder"))
            }
        }
        statistics[row.set] = sums
    }

    private mutating func compare(_ digest: String) {
        let instances = statistics.values.reduce(0) { $0 + $1.instances }
        let tokens = statistics.values.reduce(0) { $0 + $1.tokens }
        let same = instances == partition.instances && tokens == partition.tokens && digest == partition.digest
        guard !same else { return }
        problems.append(
            Failure(
                .badData, "its content is not what its row of the index states",
                at: "\(reader.directory)/\(ShardSchema.partName(partition.id, revision: partition.revision))",
                remedy: "restore the file, or run 'tessera shard' into a new folder"))
    }
}

extension Vocabulary {
    /// Whether a piece is never part of a text: every special piece but [UNK].
    fileprivate func isFrame(_ id: Int32) -> Bool { isSpecial(id) && id != unknownID }
}
