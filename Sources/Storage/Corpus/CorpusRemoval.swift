internal import Foundation
internal import GRDB
public import Streaming

/// Takes documents out of a corpus: their text from the files, their titles and addresses from the index.
///
/// A document that is taken out stays as an empty one, so that the others keep their ids. Only the blocks concerned are
/// written again, into a file of their own; then one transaction points the index there, records the removal, and
/// names the old bytes, which are overwritten at last. Killed at any instant, the same call finishes the work.
/// Memory: one block.
public final class CorpusRemoval {
    private let directory: String
    private let lock: DirectoryLock
    private let database: SealedDatabase
    private var indexPath: String { directory + "/" + CorpusSchema.fileName }

    /// Opens the corpus and overwrites what an interrupted removal has left.
    public init(_ directory: String) throws(Failure) {
        self.directory = directory
        lock = try DirectoryLock(directory)
        try Files.removePartials(in: directory)
        database = try IndexDatabase.translated(directory + "/" + CorpusSchema.fileName) {
            let queue = try CorpusSchema.open(directory, create: false)
            let database = SealedDatabase(queue, CorpusSchema.seal(directory))
            // What is deleted from the index is overwritten there as well.
            try database.configure("PRAGMA secure_delete = ON")
            return database
        }
        try wipe()
        try setSeal()
    }

    /// Seals the corpus where it is whole: an ingest that has not ended seals it itself.
    private func setSeal() throws(Failure) {
        try IndexDatabase.translated(indexPath) {
            let isOpen = try database.read { row in
                try Bool.fetchOne(row, sql: "SELECT EXISTS (SELECT 1 FROM source WHERE state = 'open')") ?? true
            }
            if !isOpen { try database.seal.set() }
        }
    }

    /// The documents with these names in their sources.
    public func documents(named externalIDs: [String]) throws(Failure) -> [Int64] {
        try IndexDatabase.translated(indexPath) {
            try database.read { row in
                try externalIDs.flatMap { name in
                    let found = try Int64.fetchAll(
                        row, sql: "SELECT id FROM document WHERE external_id = ? ORDER BY id", arguments: [name])
                    guard !found.isEmpty else { throw unknown("named '\(name)'") }
                    return found
                }
            }
        }
    }

    /// Takes documents out; those that are out already are passed over.
    /// - Parameters:
    ///   - ids: their ids in the corpus; an unknown one is a failure, and then nothing is done.
    ///   - reason: recorded with them.
    /// - Returns: how many were taken out.
    public func remove(_ ids: [Int64], reason: String, toolVersion: String) throws(Failure) -> Int {
        let ids = Set(ids)
        let blocks = try blocks(of: ids)
        guard !blocks.isEmpty else { return 0 }
        let name = try freeName()
        let file = try AtomicFile(directory + "/" + name)
        let compressor = ZstandardCompressor()
        var rewritten: [(old: CorpusBlock, new: CorpusBlock)] = []
        for block in blocks {
            try Cancellation.check()
            let raw = CorpusBlockCoding.encode(try texts(of: block, without: ids))
            let frame = compressor.compress(raw)
            var new = block
            (new.file, new.offset, new.size, new.rawSize) = (name, file.offset, frame.count, raw.count)
            new.checksum = Checksum.xxh3(frame)
            try file.write(frame)
            rewritten.append((block, new))
        }
        try file.commit()
        let count = try commit(rewritten, ids, reason, toolVersion)
        try wipe()
        try setSeal()
        return count
    }

    private func unknown(_ what: String) -> Failure {
        Failure(
            .noInput, "has no document \(what)", at: directory, remedy: "look at 'tessera inspect', or at the index")
    }

    /// The blocks that hold a document of `ids` with text in it.
    private func blocks(of ids: Set<Int64>) throws(Failure) -> [CorpusBlock] {
        try IndexDatabase.translated(indexPath) {
            try database.read { row in
                var numbers: Set<Int64> = []
                for id in ids.sorted() {
                    guard
                        let found = try Row.fetchOne(
                            row, sql: "SELECT block, bytes FROM document WHERE id = ?", arguments: [id])
                    else { throw unknown(String(id)) }
                    if found["bytes"] as Int > 0 { numbers.insert(found["block"]) }
                }
                return try CorpusQueries.blocks(row, path: indexPath).filter { numbers.contains($0.id) }
            }
        }
    }

    private func texts(of block: CorpusBlock, without ids: Set<Int64>) throws(Failure) -> [[UInt8]] {
        var texts = try CorpusBlockFile(directory).texts(of: block)
        for index in texts.indices where ids.contains(block.firstDocument + Int64(index)) { texts[index] = [] }
        return texts
    }

    /// A name that no file of the corpus has.
    private func freeName() throws(Failure) -> String {
        var number: Int64 = 1
        while Files.exists("\(directory)/rewritten-\(OpenChunk.number(number)).zst") { number += 1 }
        return "rewritten-\(OpenChunk.number(number)).zst"
    }

    private func commit(
        _ blocks: [(old: CorpusBlock, new: CorpusBlock)], _ ids: Set<Int64>, _ reason: String, _ toolVersion: String
    ) throws(Failure) -> Int {
        let time = ISO8601DateFormatter().string(from: Date())
        return try IndexDatabase.translated(indexPath) {
            try database.write { row in
                for (old, new) in blocks {
                    try row.execute(
                        sql: "UPDATE block SET file = ?, offset = ?, size = ?, raw_size = ?, checksum = ? WHERE id = ?",
                        arguments: [new.file, new.offset, new.size, new.rawSize, new.checksum, new.id])
                    try row.execute(
                        sql: "INSERT INTO wipe (file, offset, size) VALUES (?, ?, ?)",
                        arguments: [old.file, old.offset, old.size])
                }
                var count = 0
                for id in ids.sorted() {
                    try row.execute(
                        sql: """
                            INSERT INTO removed SELECT id, bytes, ?, ?, ?, digest FROM document
                            WHERE id = ? AND bytes > 0
                            """, arguments: [time, reason, toolVersion, id])
                    count += row.changesCount
                    try row.execute(
                        sql: """
                            UPDATE document SET bytes = 0, title = '', url = '', journal = '', digest = '' WHERE id = ?
                            """, arguments: [id])
                }
                return count
            }
        }
    }

    /// Overwrites the bytes that removals have left behind, and takes away files that nothing names any more.
    private func wipe() throws(Failure) {
        let pending: [(id: Int64, file: String, offset: Int, size: Int)] = try IndexDatabase.translated(indexPath) {
            try database.read {
                try Row.fetchAll($0, sql: "SELECT * FROM wipe ORDER BY id").map {
                    ($0["id"], $0["file"], $0["offset"], $0["size"])
                }
            }
        }
        guard !pending.isEmpty else { return }
        for part in pending { try CorpusBlockFile(directory).wipe(part.file, offset: part.offset, size: part.size) }
        for file in Set(pending.map(\.file)).sorted() where try !isNamed(file) {
            try Files.remove("\(directory)/\(file)")
        }
        try IndexDatabase.translated(indexPath) {
            try database.write { row in
                for part in pending { try row.execute(sql: "DELETE FROM wipe WHERE id = ?", arguments: [part.id]) }
            }
        }
    }

    private func isNamed(_ file: String) throws(Failure) -> Bool {
        try IndexDatabase.translated(indexPath) {
            try database.read {
                try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM block WHERE file = ?)", arguments: [file])
                    ?? true
            }
        }
    }
}
