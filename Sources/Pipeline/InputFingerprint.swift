internal import Storage
internal import Streaming

/// What tells an input from another without reading all of a large one.
///
/// Names and sizes of all files, and a digest of their bytes: whole up to 64 MiB, beyond that of the first and last MiB.
enum InputFingerprint {
    private static let wholeBytes = 64 << 20
    private static let edgeBytes = 1 << 20

    /// The fingerprint of a file, or of all files in a folder and below; the same word for whatever is not there.
    static func of(_ path: String) throws(Failure) -> String {
        guard Files.exists(path) else { return "none" }
        let digest = Digest()
        try add(path, to: digest)
        return digest.value
    }

    private static func add(_ path: String, to digest: Digest) throws(Failure) {
        guard Files.isDirectory(path) else { return try addFile(path, to: digest) }
        for name in try Files.names(in: path) {
            digest.update(name)
            try add(path + "/" + name, to: digest)
        }
    }

    private static func addFile(_ path: String, to digest: Digest) throws(Failure) {
        let file = try ReadableFile(path)
        digest.update("\(file.size)")
        if file.size <= wholeBytes {
            var offset = 0
            while offset < file.size {
                let piece = try file.readUpTo(edgeBytes, at: offset)
                if piece.isEmpty { return }
                digest.update(piece)
                offset += piece.count
            }
        } else {
            digest.update(try file.readUpTo(edgeBytes, at: 0))
            digest.update(try file.readUpTo(edgeBytes, at: file.size - edgeBytes))
        }
    }
}
