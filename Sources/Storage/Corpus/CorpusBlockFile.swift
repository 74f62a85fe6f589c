internal import Foundation
internal import Streaming

/// The files of blocks in a corpus.
struct CorpusBlockFile {
    private let directory: String

    init(_ directory: String) { self.directory = directory }

    /// The texts of a block's documents, in order; fails when the block is not what its index says.
    func texts(of block: CorpusBlock) throws(Failure) -> [[UInt8]] {
        let path = directory + "/" + block.file
        let frame = try ReadableFile(path).read(at: block.offset, count: block.size)
        guard Checksum.xxh3(frame) == block.checksum else {
            throw Failure(
                .badData, "block \(block.id) at byte \(block.offset) has another checksum than its index", at: path,
                remedy: "restore the file, or ingest again")
        }
        let raw = try Zstandard.decompress(frame, rawSize: block.rawSize, at: path)
        return try CorpusBlockCoding.decode(raw, expecting: block.count, at: path)
    }

    /// Overwrites a part of a file with a zstd frame that readers pass over (RFC 8878, §3.1.2); nothing happens when
    /// the file is gone.
    func wipe(_ name: String, offset: Int, size: Int) throws(Failure) {
        let path = directory + "/" + name
        guard Files.exists(path), size >= 8 else { return }
        var frame = [UInt8](repeating: 0, count: size)
        frame.replaceSubrange(0..<4, with: [0x50, 0x2A, 0x4D, 0x18])
        for index in 0..<4 { frame[4 + index] = UInt8(truncatingIfNeeded: (size - 8) >> (8 * index)) }
        let descriptor = try SystemCall.check("write", path) { open(path, O_WRONLY | O_CLOEXEC) }
        defer { close(descriptor) }
        var written = 0
        while written < size {
            written += try SystemCall.check("write", path) {
                frame.withUnsafeBytes {
                    pwrite(descriptor, $0.baseAddress! + written, size - written, offset + written)
                }
            }
        }
        try SystemCall.check("write", path) { fsync(descriptor) }
    }
}
