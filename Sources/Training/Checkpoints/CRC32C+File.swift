internal import Streaming

extension CRC32C {
    /// Size and checksum of a file, read in pieces of 1 MiB.
    static func file(_ path: String) throws(Failure) -> TrainingState.FileMark {
        let file = try ReadableFile(path)
        var (checksum, offset): (UInt32, Int) = (0, 0)
        while offset < file.size {
            let piece = try file.readUpTo(1 << 20, at: offset)
            if piece.isEmpty { break }
            checksum = update(checksum, piece)
            offset += piece.count
        }
        return TrainingState.FileMark(bytes: offset, crc32c: checksum)
    }
}
