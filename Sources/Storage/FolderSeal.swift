public import Streaming

/// Digests of the files of a finished folder that its index has none of, the index itself among them.
///
/// They are lines of `checksums.xxh128`, XXH3-128 and name, as the tool `xxh128sum` writes and checks them. The file goes
/// before anything changes and comes back at the end, so it is missing where a run was cut off: the same command again
/// writes it.
public struct FolderSeal: Sendable {
    /// The file's name in the folder.
    public static let fileName = "checksums.xxh128"

    private let directory: String
    private let names: [String]
    private let commands: String
    private var path: String { directory + "/" + FolderSeal.fileName }

    /// - Parameters:
    ///   - names: the files that are sealed.
    ///   - commands: what sets the seal when it is run again, as in `'tessera shard' or 'tessera remove'`.
    public init(_ directory: String, names: [String], commands: String) {
        self.directory = directory
        self.names = names
        self.commands = commands
    }

    /// Whether the digests are there.
    public var isSet: Bool { Files.exists(path) }

    /// Takes the digests away: something is about to change.
    public func lift() throws(Failure) {
        guard isSet else { return }
        try Files.remove(path)
        try Files.synchronizeDirectory(directory)
    }

    /// Writes the digests, unless they are there: what did not change is not sealed anew, it could be damaged.
    public func set() throws(Failure) {
        guard !isSet else { return }
        var lines = ""
        for name in names { lines += "\(try Digest.file("\(directory)/\(name)"))  \(name)\n" }
        try Files.write(Array(lines.utf8), to: path)
    }

    /// Files that are missing or have changed.
    public func problems() throws(Failure) -> [Failure] {
        guard isSet else {
            return [
                Failure(
                    .badData, "not found", at: path,
                    remedy: "run the last \(commands) again, it was cut off; or restore the file")
            ]
        }
        let lines = Set(String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n").map(String.init))
        var found: [Failure] = []
        if lines.count != names.count {
            found.append(Failure(.badData, "has other lines than it should", at: path, remedy: "restore the file"))
        }
        for name in names {
            let file = "\(directory)/\(name)"
            if !Files.exists(file) {
                found.append(Failure(.badData, "not found", at: file, remedy: "restore the file"))
            } else if try !lines.contains("\(Digest.file(file))  \(name)") {
                found.append(
                    Failure(
                        .badData, "has not the digest that \(FolderSeal.fileName) states", at: file,
                        remedy: "restore the file, or make it anew in a new folder"))
            }
        }
        return found
    }
}
