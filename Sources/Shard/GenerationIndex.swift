internal import GRDB
internal import Storage
internal import Streaming

/// What one run of `tessera shard` has added to a set: partitions of their own for documents not yet in it.
struct Generation: Codable, Sendable {
    /// Documents of a corpus that a generation holds, and digests by which they are known again.
    struct Coverage: Codable, Sendable, Equatable {
        var corpus: Int
        var documents: ClosedRange<Int64>
        var textBytes: Int
        var digest: String
        var namesDigest: String
    }

    enum State: String, Codable, Sendable {
        /// Documents are being tokenised, then partitions built, then all is done.
        case scatter, build, complete
    }

    var number: Int
    var state: State
    var partitions: Range<Int>
    var scatter: ScatterState
    var coverage: [Coverage]
}

/// The SQL of generations.
enum GenerationIndex {
    static func all(_ database: Database, path: String) throws -> [Generation] {
        let coverage = try Row.fetchAll(database, sql: "SELECT * FROM coverage ORDER BY generation, corpus").map {
            try Self.coverage(RowReader(row: $0, path: path))
        }
        return try Row.fetchAll(database, sql: "SELECT * FROM generation ORDER BY number").enumerated().map {
            let row = RowReader(row: $1, path: path)
            let number = try row.number("number")
            let first = try row.number("first_partition")
            guard number == $0, let state = try Generation.State(rawValue: row.value("state")) else {
                throw Failure(.badData, "its generations contradict each other", at: path, remedy: "restore the file")
            }
            return try Generation(
                number: number, state: state, partitions: first..<first + row.number("partitions"),
                scatter: ShardCoding.value(row.value("scatter"), as: ScatterState.self, key: "scatter", path: path),
                coverage: coverage.filter { $0.generation == number }.map(\.coverage))
        }
    }

    private static func coverage(
        _ row: RowReader
    ) throws -> (generation: Int, coverage: Generation.Coverage) {
        let first = Int64(try row.number("first_document"))
        let last = Int64(try row.number("last_document"))
        return try (
            row.number("generation"),
            Generation.Coverage(
                corpus: row.number("corpus"), documents: first...max(first, last), textBytes: row.number("text_bytes"),
                digest: row.value("digest"), namesDigest: row.value("names_digest"))
        )
    }

    /// Enters a generation that has just begun, with its partitions.
    static func insert(_ database: Database, _ generation: Generation, toolVersion: String) throws {
        try database.execute(
            sql: "INSERT INTO generation VALUES (?,?,?,?,?,?)",
            arguments: [
                generation.number, generation.state.rawValue, generation.partitions.lowerBound,
                generation.partitions.count, ShardCoding.text(generation.scatter), toolVersion,
            ])
        for part in generation.coverage {
            try database.execute(
                sql: "INSERT INTO coverage VALUES (?,?,?,?,?,?,?)",
                arguments: [
                    generation.number, part.corpus, part.documents.lowerBound, part.documents.upperBound,
                    part.textBytes, part.digest, part.namesDigest,
                ])
        }
        for id in generation.partitions {
            try database.execute(
                sql: "INSERT INTO partition VALUES (?,?,0,'open',0,0,0,0,0,'')", arguments: [id, generation.number])
        }
        try IndexDatabase.setMeta(database, ShardMeta.state, "building")
    }

    /// Commits a unit of the first pass.
    static func insert(_ database: Database, _ unit: ScatteredUnit) throws {
        try database.execute(
            sql: "INSERT INTO unit VALUES (?,?)", arguments: [unit.number, ShardCoding.text(unit.state)])
    }

    /// The committed units of the generation under way, by number.
    static func units(_ database: Database, path: String) throws -> [Int: ScatterState] {
        var units: [Int: ScatterState] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM unit") {
            let row = RowReader(row: row, path: path)
            units[try row.number("number")] = try ShardCoding.value(
                row.value("state"), as: ScatterState.self, key: "unit", path: path)
        }
        return units
    }

    static func update(
        _ database: Database, _ number: Int, state: Generation.State, scatter: ScatterState? = nil
    ) throws {
        try database.execute(
            sql: "UPDATE generation SET state = ? WHERE number = ?", arguments: [state.rawValue, number])
        guard let scatter else { return }
        try database.execute(
            sql: "UPDATE generation SET scatter = ? WHERE number = ?",
            arguments: [ShardCoding.text(scatter), number])
    }

    /// Paths and weights of the corpora, by number.
    static func corpora(_ database: Database, path: String) throws -> [(path: String, weight: Double)] {
        try Row.fetchAll(database, sql: "SELECT * FROM corpus ORDER BY number").enumerated().map {
            let row = RowReader(row: $1, path: path)
            guard try row.number("number") == $0 else {
                throw Failure(.badData, "its corpora contradict each other", at: path, remedy: "restore the file")
            }
            return try (row.value("path"), row.value("weight"))
        }
    }
}
