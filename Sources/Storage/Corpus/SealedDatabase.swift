internal import GRDB
internal import Streaming

/// The index of a corpus, whose seal is lifted before a transaction that changes anything ends: no index is ever other
/// than its seal states, whenever the program is killed.
struct SealedDatabase: Sendable {
    private let queue: DatabaseQueue
    let seal: FolderSeal

    init(_ queue: DatabaseQueue, _ seal: FolderSeal) {
        self.queue = queue
        self.seal = seal
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.read(body) }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.write { row in
            let changes = row.totalChangesCount
            let value = try body(row)
            if row.totalChangesCount != changes { try seal.lift() }
            return value
        }
    }

    /// Outside a transaction, for settings of the connection.
    func configure(_ sql: String) throws { try queue.inDatabase { try $0.execute(sql: sql) } }
}
