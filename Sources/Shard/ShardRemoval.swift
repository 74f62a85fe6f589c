internal import Foundation
internal import GRDB
internal import Storage
public import Streaming
internal import Tokenize

/// Takes documents out of a finished set of shards: no instance holds text of them afterwards.
///
/// Only the partitions that a document was scattered to are written again, each into a file of its own; then one
/// transaction points the index there and records the removal, and the old file is overwritten and deleted at last.
/// Killed at any instant, the same call finishes the work. Memory: one partition, decoded, and its new file's blocks.
public final class ShardRemoval {
    private let directory: String
    private let lock: DirectoryLock
    private let database: DatabaseQueue
    private let configuration: ShardConfiguration
    private let generations: [Generation]
    private var path: String { ShardSchema.path(directory) }

    /// Opens the shards and deletes what an interrupted removal has left.
    public init(_ directory: String) throws(Failure) {
        self.directory = directory
        let path = ShardSchema.path(directory)
        guard Files.exists(path) else {
            throw Failure(.noInput, "not found", at: path, remedy: "is the folder really finished shards?")
        }
        lock = try DirectoryLock(directory)
        try Files.removePartials(in: directory)
        (database, configuration, generations) = try IndexDatabase.translated(path) {
            let database = try ShardSchema.open(directory, create: false)
            let content = try database.read {
                // Refuses what is not finished.
                _ = try ShardInformation.read($0, path: path)
                return try (
                    ShardInformation.configuration($0, path: path), GenerationIndex.all($0, path: path)
                )
            }
            return (database, content.0, content.1)
        }
        try sweep()
    }

    /// Keys of the documents with these names in their sources, looked up in the corpora the shards were made from.
    public func documents(named names: [String]) throws(Failure) -> [Int64] {
        guard !names.isEmpty else { return [] }
        let corpora = try IndexDatabase.translated(path) {
            try database.read { try GenerationIndex.corpora($0, path: path) }
        }
        var keys: [Int64] = []
        for name in names {
            var found: [Int64] = []
            for (number, corpus) in corpora.enumerated() {
                let reader = try CorpusReader(corpus.path, requireComplete: false)
                found += try reader.documents(named: name).map { DocumentKey.key(corpus: number, document: $0) }
            }
            guard !found.isEmpty else { throw unknown("named '\(name)'") }
            keys += found
        }
        return keys
    }

    private func unknown(_ what: String) -> Failure {
        Failure(
            .noInput, "have no document \(what)", at: directory,
            remedy: "look at 'tessera inspect --examples', or at the corpus")
    }

    /// Takes documents out; those that are out already are passed over.
    /// - Parameters:
    ///   - keys: their keys (ids, where there is one corpus); an unknown one is a failure, and then nothing is done.
    ///   - reason: recorded with them.
    /// - Returns: how many were taken out.
    public func remove(_ keys: [Int64], reason: String, toolVersion: String) throws(Failure) -> Int {
        var partitions: [Int: Set<Int64>] = [:]
        for key in Set(keys) { partitions[try partition(of: key), default: []].insert(key) }
        let record = RemovalRecord(
            time: ISO8601DateFormatter().string(from: Date()), reason: reason, toolVersion: toolVersion)
        return try IndexDatabase.translated(path) {
            let known = try database.read { try Int64.fetchSet($0, sql: "SELECT document FROM removed") }
            var count = 0
            for (partition, keys) in partitions.sorted(by: { $0.key < $1.key }) {
                let new = keys.subtracting(known)
                guard !new.isEmpty else { continue }
                try Cancellation.check()
                try remove(new, from: partition, record)
                count += new.count
            }
            try ShardSeal(directory).set()
            return count
        }
    }

    /// The partition a document was scattered to.
    private func partition(of key: Int64) throws(Failure) -> Int {
        guard DocumentKey.isValid(key) else { throw unknown(String(key)) }
        let (corpus, document) = (DocumentKey.corpus(key), DocumentKey.document(key))
        for generation in generations
        where generation.coverage.contains(where: { $0.corpus == corpus && $0.documents.contains(document) }) {
            return generation.partitions.lowerBound
                + DocumentDraws.partition(of: key, seed: configuration.seed, count: generation.partitions.count)
        }
        throw unknown(String(key))
    }

    private func remove(_ keys: Set<Int64>, from partition: Int, _ record: RemovalRecord) throws {
        let reader = try ShardReader(directory)
        let rebuild = try PartitionRebuild(reader, partition, without: keys).run()
        try ShardSeal(directory).lift()
        try database.write { row in
            try ShardIndex.replace(row, rebuild.built, statistics: rebuild.difference)
            for key in keys.sorted() {
                try row.execute(
                    sql: "INSERT INTO removed VALUES (?,?,?,?,?)",
                    arguments: [
                        key, rebuild.instances[key] ?? 0, record.time, record.reason, record.toolVersion,
                    ])
            }
            let digests = try ShardIndex.partitions(row, path: path).map(\.digest)
            try IndexDatabase.setMeta(row, ShardMeta.digest, ShardDigest.whole(reader.order, digests))
        }
        try sweep()
    }

    /// Overwrites and deletes the files of partitions that the index names no more.
    private func sweep() throws(Failure) {
        let named = try IndexDatabase.translated(path) {
            try database.read { try String.fetchSet($0, sql: "SELECT DISTINCT file FROM block") }
        }
        for name in try Files.names(in: directory)
        where name.hasPrefix("part-") && name.hasSuffix(".zst") && !named.contains(name) {
            try Files.wipe(directory + "/" + name)
        }
    }
}

/// What is recorded of a removal.
private struct RemovalRecord {
    let time, reason, toolVersion: String
}
