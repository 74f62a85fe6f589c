internal import Foundation
internal import Storage
internal import Streaming

/// The spools of all partitions while documents are scattered: what is not yet committed waits in memory.
///
/// Bytes are written at the committed length, so that whatever a killed run left beyond it is overwritten.
struct SpoolFiles {
    private let directory: String
    /// Number of the first partition.
    private let first: Int
    private var waiting: [[UInt8]]
    /// Committed bytes of each spool.
    private(set) var lengths: [Int]
    /// Bytes in memory.
    private(set) var waitingBytes = 0

    init(_ directory: String, first: Int, lengths: [Int]) {
        self.directory = directory
        self.first = first
        self.lengths = lengths
        waiting = Array(repeating: [], count: lengths.count)
    }

    mutating func append(_ bytes: ArraySlice<UInt8>, to partition: Int) {
        waiting[partition].append(contentsOf: bytes)
        waitingBytes += bytes.count
    }

    /// Makes everything durable and gives the partitions whose length has changed.
    mutating func flush() throws(Failure) -> [Int] {
        var changed: [Int] = []
        for partition in waiting.indices where !waiting[partition].isEmpty {
            let path = directory + "/" + ShardSchema.spoolName(first + partition)
            try SpoolFiles.write(waiting[partition], to: path, at: lengths[partition])
            lengths[partition] += waiting[partition].count
            waiting[partition].removeAll(keepingCapacity: true)
            changed.append(partition)
        }
        waitingBytes = 0
        return changed
    }

    private static func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(Failure) {
        let descriptor = try SystemCall.check("create", path) { open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666) }
        defer { close(descriptor) }
        var info = stat()
        try SystemCall.check("read", path) { fstat(descriptor, &info) }
        guard Int(info.st_size) >= offset else {
            throw Failure(
                .badData, "has \(info.st_size) bytes where its index states \(offset)", at: path,
                remedy: "remove the folder and run 'tessera shard' again")
        }
        var written = 0
        while written < bytes.count {
            written += try SystemCall.check("write", path) {
                bytes.withUnsafeBytes {
                    pwrite(descriptor, $0.baseAddress! + written, $0.count - written, off_t(offset + written))
                }
            }
        }
        try SystemCall.check("write", path) { ftruncate(descriptor, off_t(offset + bytes.count)) }
        try SystemCall.check("write", path) { fsync(descriptor) }
    }

    /// Removes every spool.
    static func remove(in directory: String) throws(Failure) {
        for name in try Files.names(in: directory) where name.hasPrefix("spool-") && name.hasSuffix(".bin") {
            try Files.remove(directory + "/" + name)
        }
    }
}
