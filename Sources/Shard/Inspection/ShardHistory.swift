internal import GRDB
internal import Storage
internal import Streaming

/// How a set came to be what it is.
public struct ShardHistory: Sendable, Equatable {
    /// Runs of `tessera shard` that added documents.
    public var generations: Int
    /// Documents taken out, and the instances that held text of them.
    public var removedDocuments, removedInstances: Int

    init(_ directory: String) throws(Failure) {
        let path = ShardSchema.path(directory)
        (generations, removedDocuments, removedInstances) = try IndexDatabase.translated(path) {
            try ShardSchema.open(directory, create: false).read { database in
                func number(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
                return try (
                    number("SELECT COUNT(*) FROM generation"), number("SELECT COUNT(*) FROM removed"),
                    number("SELECT SUM(instances) FROM removed")
                )
            }
        }
    }
}
