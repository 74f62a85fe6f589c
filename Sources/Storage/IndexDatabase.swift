public import GRDB
public import Streaming

/// The SQLite file of a folder: opened through GRDB, rollback journal, full synchronisation, so that a committed row
/// survives a power cut and no WAL is left at rest.
public enum IndexDatabase {
    /// Opens `path`, made when it is missing and `create` is set, and checks that it is one of ours.
    /// - Parameters:
    ///   - kind: what the folder is, as in `corpus`; stored in `meta`.
    ///   - version: the format version; another one in the file is a failure.
    ///   - upgrades: turn a file of the version they stand under into one of the next.
    ///   - schema: makes the tables of a new file (`meta` excepted).
    public static func open(
        _ path: String, kind: String, version: Int, create: Bool, upgrades: [Int: String] = [:],
        schema: (Database) throws -> Void
    ) throws -> DatabaseQueue {
        guard create || Files.exists(path) else {
            throw Failure(.noInput, "not found", at: path, remedy: "is the folder really a finished \(kind)?")
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        }
        return try translated(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inTransaction { database in
                if create, try !database.tableExists("meta") {
                    try refuseForeign(database, path: path)
                    try database.execute(
                        sql: "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
                    try schema(database)
                    try setMeta(database, "kind", kind)
                    try setMeta(database, "format_version", String(version))
                }
                return .commit
            }
            try upgrade(queue, kind: kind, to: version, upgrades)
            try queue.read { try check($0, path: path, kind: kind, version: version) }
            return queue
        }
    }

    /// Brings an older file to the version the program reads, where there is a way; the file is written only then.
    private static func upgrade(
        _ queue: DatabaseQueue, kind: String, to version: Int, _ upgrades: [Int: String]
    ) throws {
        func older(_ database: Database) throws -> Int? {
            guard try database.tableExists("meta"), try meta(database, "kind") == kind else { return nil }
            return try meta(database, "format_version").flatMap { Int($0) }.flatMap { $0 < version ? $0 : nil }
        }
        guard let found = try queue.read(older), upgrades[found] != nil else { return }
        try queue.inTransaction(.immediate) { database in
            // Another process may have done it meanwhile.
            guard var number = try older(database) else { return .rollback }
            while number < version, let sql = upgrades[number] {
                try database.execute(sql: sql)
                number += 1
            }
            try setMeta(database, "format_version", String(number))
            return .commit
        }
    }

    private static func refuseForeign(_ database: Database, path: String) throws {
        guard let table = try String.fetchOne(database, sql: "SELECT name FROM sqlite_master LIMIT 1") else { return }
        throw Failure(
            .cannotCreate, "is a database of something else: it holds '\(table)'", at: path,
            remedy: "give another folder")
    }

    private static func check(_ database: Database, path: String, kind: String, version: Int) throws {
        guard try database.tableExists("meta"), try meta(database, "kind") == kind else {
            throw Failure(.badData, "is not the index of a \(kind)", at: path, remedy: "name another folder")
        }
        let found = try meta(database, "format_version") ?? "?"
        guard found == String(version) else {
            throw Failure(
                .badData, "has format version \(found), this program reads \(version)", at: path,
                remedy: "build the \(kind) again, or use the version of tessera that made it")
        }
    }

    /// A value of `meta`, nil when there is none.
    public static func meta(_ database: Database, _ key: String) throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }

    /// Sets a value of `meta`.
    public static func setMeta(_ database: Database, _ key: String, _ value: String) throws {
        try database.execute(
            sql: "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            arguments: [key, value])
    }

    /// Runs `body`, turning SQLite's errors into failures that name the file.
    public static func translated<Value>(_ path: String, _ body: () throws -> Value) throws(Failure) -> Value {
        do {
            return try body()
        } catch let failure as Failure {
            throw failure
        } catch let error as DatabaseError {
            throw failure(error, path: path)
        } catch {
            throw Failure(.inputOutput, "\(error)", at: path)
        }
    }

    private static func failure(_ error: DatabaseError, path: String) -> Failure {
        let message = "SQLite says: \(error.message ?? error.resultCode.description)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL, .SQLITE_IOERR:
            return Failure(
                .inputOutput, message, at: path, remedy: "free some space and run the same command again; it resumes")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return Failure(.tryAgain, message, at: path, remedy: "wait until the other process has ended")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            return Failure(.cannotCreate, message, at: path, remedy: "check the permissions")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return Failure(.badData, message, at: path, remedy: "restore the file, or build it again")
        default:
            return Failure(.inputOutput, message, at: path)
        }
    }
}
