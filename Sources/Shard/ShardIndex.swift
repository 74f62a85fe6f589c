internal import Foundation
internal import GRDB
internal import Storage
internal import Streaming

/// The SQL of a set of shards, in one place.
enum ShardIndex {
    static func partitions(_ database: Database, path: String) throws -> [PartitionRow] {
        try Row.fetchAll(database, sql: "SELECT * FROM partition ORDER BY id").map { row in
            let row = RowReader(row: row, path: path)
            return try PartitionRow(
                id: row.number("id"), generation: row.number("generation"), revision: row.number("revision"),
                isDone: row.value("state", as: String.self) == "done", spoolBytes: row.number("spool_bytes"),
                documents: row.number("documents"), instances: row.number("instances"), tokens: row.number("tokens"),
                bytes: row.number("bytes"), digest: row.value("digest"))
        }
    }

    /// All blocks, partition after partition, each in the order of its file.
    static func blocks(_ database: Database, path: String) throws -> [ShardBlockRow] {
        try Row.fetchAll(database, sql: "SELECT * FROM block ORDER BY partition, offset").map { row in
            let row = RowReader(row: row, path: path)
            return try ShardBlockRow(
                partition: row.number("partition"), set: set(row, path: path), file: row.value("file"),
                offset: row.number("offset"), size: row.number("size"), rawSize: row.number("raw_size"),
                checksum: row.value("checksum"), firstInstance: row.number("first_instance"),
                count: row.number("count"))
        }
    }

    private static func set(_ row: RowReader, path: String) throws(Failure) -> ShardSet {
        guard let split = try ShardSplit(rawValue: row.value("split")) else {
            throw Failure(.badData, "a row is of no known split", at: path, remedy: "restore the file")
        }
        return ShardSet(sequenceLength: try row.number("sequence_length"), split: split)
    }

    static func statistics(_ database: Database, path: String) throws -> [ShardSet: [String: Int]] {
        var found: [ShardSet: [String: Int]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM statistics") {
            let row = RowReader(row: row, path: path)
            found[try set(row, path: path), default: [:]][try row.value("name")] = try row.number("value")
        }
        return found
    }

    /// The order in which blocks number tokens; nil before the first partition is built.
    static func tokenOrder(_ database: Database, vocabularySize: Int, path: String) throws -> TokenOrder? {
        let rows = try Row.fetchAll(database, sql: "SELECT ids FROM token_order")
        guard let row = rows.first else { return nil }
        let bytes = try [UInt8](RowReader(row: row, path: path).bytes("ids"))
        guard rows.count == 1, let order = TokenOrder(bytes, vocabularySize: vocabularySize) else {
            throw Failure(.badData, "its order of tokens is damaged", at: path, remedy: "restore the file")
        }
        return order
    }

    static func insert(_ database: Database, _ order: TokenOrder) throws {
        try database.execute(sql: "DELETE FROM token_order")
        try database.execute(sql: "INSERT INTO token_order VALUES (?)", arguments: [Data(order.bytes)])
    }

    /// A value of `meta` that has to be there.
    static func meta(_ database: Database, _ key: String, path: String) throws -> String {
        guard let value = try IndexDatabase.meta(database, key) else {
            throw Failure(
                .badData, "has no '\(key)' in its meta table", at: path,
                remedy: "run 'tessera shard' again; it resumes")
        }
        return value
    }

    /// A whole number of `meta`.
    static func number(_ database: Database, _ key: String, path: String) throws -> Int {
        let text = try meta(database, key, path: path)
        guard let number = Int(text), number >= 0 else {
            throw Failure(.badData, "'\(key)' is '\(text)', not a number", at: path, remedy: "restore the file")
        }
        return number
    }

    /// Commits a built partition: its row, its blocks, its share of the statistics.
    static func insert(_ database: Database, _ built: BuiltPartition) throws {
        let row = built.row
        try database.execute(
            sql: """
                UPDATE partition SET state = 'done', revision = ?, spool_bytes = ?, documents = ?, instances = ?, tokens = ?,
                    bytes = ?, digest = ? WHERE id = ?
                """,
            arguments: [
                row.revision, row.spoolBytes, row.documents, row.instances, row.tokens, row.bytes, row.digest, row.id,
            ])
        var next: [ShardSet: Int] = [:]
        for var block in built.blocks {
            let first = try next[block.set] ?? firstInstance(database, block.set, before: row.id)
            block.firstInstance = first
            next[block.set] = first + block.count
            try insert(database, block)
        }
        for (set, counts) in built.statistics {
            for (name, value) in counts.values { try add(database, set, name, value) }
        }
    }

    /// Puts a partition that was written anew in the place of the old one.
    /// - Parameter statistics: what the figures of the set change by.
    static func replace(
        _ database: Database, _ built: BuiltPartition, statistics: [ShardSet: [String: Int]]
    ) throws {
        try database.execute(sql: "DELETE FROM block WHERE partition = ?", arguments: [built.row.id])
        var plain = built
        plain.statistics = [:]
        try insert(database, plain)
        for (set, counts) in statistics {
            for (name, value) in counts { try add(database, set, name, value) }
            // Later instances move up.
            try database.execute(
                sql: """
                    UPDATE block SET first_instance = first_instance + ?
                    WHERE sequence_length = ? AND split = ? AND partition > ?
                    """,
                arguments: [
                    counts["instances"] ?? 0, set.sequenceLength, set.split.rawValue, built.row.id,
                ])
        }
    }

    /// The number of instances of a length and split in all partitions before one.
    static func firstInstance(_ database: Database, _ set: ShardSet, before partition: Int) throws -> Int {
        try Int.fetchOne(
            database,
            sql: "SELECT SUM(count) FROM block WHERE sequence_length = ? AND split = ? AND partition < ?",
            arguments: [set.sequenceLength, set.split.rawValue, partition]) ?? 0
    }

    /// Adds to a figure of the statistics; one that becomes zero goes.
    static func add(_ database: Database, _ set: ShardSet, _ name: String, _ value: Int) throws {
        try database.execute(
            sql: """
                INSERT INTO statistics VALUES (?,?,?,?)
                ON CONFLICT (sequence_length, split, name) DO UPDATE SET value = value + excluded.value
                """,
            arguments: [set.sequenceLength, set.split.rawValue, name, value])
        try database.execute(sql: "DELETE FROM statistics WHERE value = 0")
    }

    static func insert(_ database: Database, _ block: ShardBlockRow) throws {
        try database.execute(
            sql: """
                INSERT INTO block (partition, sequence_length, split, file, offset, size, raw_size, checksum,
                    first_instance, count) VALUES (?,?,?,?,?,?,?,?,?,?)
                """,
            arguments: [
                block.partition, block.set.sequenceLength, block.set.split.rawValue, block.file, block.offset,
                block.size, block.rawSize, block.checksum, block.firstInstance, block.count,
            ])
    }
}
