internal import GRDB
internal import Storage
internal import Streaming

/// The SQL of a set of shards, in one place.
enum ShardIndex {
    static func partitions(_ database: Database, path: String) throws -> [PartitionRow] {
        try Row.fetchAll(database, sql: "SELECT * FROM partition ORDER BY id").map { row in
            let row = RowReader(row: row, path: path)
            return try PartitionRow(
                id: row.value("id"), isDone: row.value("state", as: String.self) == "done",
                spoolBytes: row.value("spool_bytes"), documents: row.value("documents"),
                trainInstances: row.value("train_instances"), validationInstances: row.value("validation_instances"),
                tokens: row.value("tokens"), bytes: row.value("bytes"), digest: row.value("digest"))
        }
    }

    static func blocks(_ database: Database, path: String) throws -> [ShardBlockRow] {
        try Row.fetchAll(database, sql: "SELECT * FROM block ORDER BY id").map { row in
            let row = RowReader(row: row, path: path)
            guard let split = try ShardSplit(rawValue: row.value("split")) else {
                throw Failure(.badData, "a block is of no known split", at: path, remedy: "restore the file")
            }
            return try ShardBlockRow(
                partition: row.value("partition"), split: split, file: row.value("file"), offset: row.value("offset"),
                size: row.value("size"), rawSize: row.value("raw_size"), checksum: row.value("checksum"),
                firstInstance: row.value("first_instance"), count: row.value("count"))
        }
    }

    static func statistics(_ database: Database, path: String) throws -> [ShardSplit: [String: Int]] {
        var found: [ShardSplit: [String: Int]] = [.train: [:], .validation: [:]]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM statistics") {
            let row = RowReader(row: row, path: path)
            guard let split = try ShardSplit(rawValue: row.value("split")) else { continue }
            found[split, default: [:]][try row.value("name")] = try row.value("value", as: Int.self)
        }
        return found
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

    static func makePartitions(_ database: Database, count: Int) throws {
        for id in 0..<count {
            try database.execute(
                sql: "INSERT OR IGNORE INTO partition VALUES (?,'open',0,0,0,0,0,0,'')", arguments: [id])
        }
    }

    static func setSpoolBytes(_ database: Database, partition: Int, bytes: Int) throws {
        try database.execute(
            sql: "UPDATE partition SET spool_bytes = ? WHERE id = ?", arguments: [bytes, partition])
    }

    /// Commits a built partition: its row, its blocks, its share of the statistics.
    static func insert(_ database: Database, _ built: BuiltPartition) throws {
        let row = built.row
        try database.execute(
            sql: """
                UPDATE partition SET state = 'done', documents = ?, train_instances = ?, validation_instances = ?,
                    tokens = ?, bytes = ?, digest = ? WHERE id = ?
                """,
            arguments: [
                row.documents, row.trainInstances, row.validationInstances, row.tokens, row.bytes, row.digest, row.id,
            ])
        var next: [ShardSplit: Int] = [:]
        for split in ShardSplit.allCases {
            next[split] = try Int.fetchOne(
                database, sql: "SELECT SUM(\(split.rawValue)_instances) FROM partition WHERE id < ?",
                arguments: [row.id])
        }
        for var block in built.blocks {
            block.firstInstance = next[block.split] ?? 0
            next[block.split] = block.firstInstance + block.count
            try insert(database, block)
        }
        for (split, counts) in built.statistics {
            for (name, value) in counts.values {
                try database.execute(
                    sql: """
                        INSERT INTO statistics VALUES (?,?,?)
                        ON CONFLICT (split, name) DO UPDATE SET value = value + excluded.value
                        """,
                    arguments: [split.rawValue, name, value])
            }
        }
    }

    private static func insert(_ database: Database, _ block: ShardBlockRow) throws {
        try database.execute(
            sql: """
                INSERT INTO block (partition, split, file, offset, size, raw_size, checksum, first_instance, count)
                VALUES (?,?,?,?,?,?,?,?,?)
                """,
            arguments: [
                block.partition, block.split.rawValue, block.file, block.offset, block.size, block.rawSize,
                block.checksum, block.firstInstance, block.count,
            ])
    }
}
