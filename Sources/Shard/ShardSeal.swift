internal import Storage
internal import Streaming
internal import Tokenize

/// Digests of the files of a finished set that its index has none of: the index itself and the tokenizer's.
///
/// They are lines of `checksums.xxh128`, XXH3-128 and name, as the tool `xxh128sum` writes and checks them. The file goes
/// before anything changes and comes back at the end, so it is missing where a run was cut off: the same command again
/// writes it.
struct ShardSeal {
    static let fileName = "checksums.xxh128"
    private static let names = [ShardSchema.fileName] + WordPieceTokenizer.fileNames

    private let directory: String
    private var path: String { directory + "/" + ShardSeal.fileName }

    init(_ directory: String) { self.directory = directory }

    /// Takes the digests away: something is about to change.
    func lift() throws(Failure) {
        guard Files.exists(path) else { return }
        try Files.remove(path)
        try Files.synchronizeDirectory(directory)
    }

    /// Writes the digests, unless they are there: what did not change is not sealed anew, it could be damaged.
    func set() throws {
        guard !Files.exists(path) else { return }
        let lines = try ShardSeal.names.map { "\(try Digest.file("\(directory)/\($0)"))  \($0)\n" }
        try Files.write(Array(lines.joined().utf8), to: path)
        try Files.synchronizeDirectory(directory)
    }

    /// Files that are missing or have changed.
    func problems() throws -> [Failure] {
        guard Files.exists(path) else {
            return [
                Failure(
                    .badData, "not found", at: path,
                    remedy:
                        "run the last 'tessera shard' or 'tessera remove' again, it was cut off; or restore the file")
            ]
        }
        let lines = Set(String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n").map(String.init))
        var found: [Failure] = []
        if lines.count != ShardSeal.names.count {
            found.append(Failure(.badData, "has other lines than it should", at: path, remedy: "restore the file"))
        }
        for name in ShardSeal.names {
            let file = "\(directory)/\(name)"
            if !Files.exists(file) {
                found.append(Failure(.badData, "not found", at: file, remedy: "restore the file"))
            } else if try !lines.contains("\(Digest.file(file))  \(name)") {
                found.append(
                    Failure(
                        .badData, "has not the digest that \(ShardSeal.fileName) states", at: file,
                        remedy: "restore the file, or run 'tessera shard' into a new folder"))
            }
        }
        return found
    }
}
