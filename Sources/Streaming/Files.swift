internal import Foundation

/// Folders and whole files, with errors that name the path.
public enum Files {
    /// Whether something exists at `path`.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether `path` is a folder.
    public static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// The size in bytes of the file at `path`.
    public static func size(_ path: String) throws(Failure) -> Int {
        var info = stat()
        try SystemCall.check("read", path) { stat(path, &info) }
        return Int(info.st_size)
    }

    /// The folder a path lies in: `a` for `a/b` and `a/b/`, `/` for `/b`, nothing for `b`.
    ///
    /// Foundation's `deletingLastPathComponent` traps on a path of one character (Swift 6.3, Linux).
    public static func parent(of path: String) -> String {
        let slash = UInt8(ascii: "/")
        let bytes = Array(path.utf8)
        guard let end = bytes.lastIndex(where: { $0 != slash }) else { return bytes.isEmpty ? "" : "/" }
        guard let cut = bytes[...end].lastIndex(of: slash) else { return "" }
        guard let last = bytes[..<cut].lastIndex(where: { $0 != slash }) else { return "/" }
        return String(decoding: bytes[...last], as: UTF8.self)
    }

    /// Makes a folder and those above it.
    public static func createDirectory(_ path: String) throws(Failure) {
        guard !path.isEmpty else { throw Failure(.usage, "a folder's name is empty", remedy: "name one with --output") }
        guard !isDirectory(path) else { return }
        let parent = parent(of: path)
        if !parent.isEmpty, parent != path { try createDirectory(parent) }
        try SystemCall.create(path, verb: "create the folder") { mkdir(path, 0o777) == 0 || errno == EEXIST ? 0 : -1 }
        guard isDirectory(path) else {
            throw Failure(
                .cannotCreate, "is a file, a folder is needed there", at: path, remedy: "give another --output")
        }
    }

    /// The names in a folder, sorted by their bytes.
    public static func names(in directory: String) throws(Failure) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            throw SystemCall.failure("list the folder", directory, errno: ENOENT)
        }
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    /// Removes a file or a folder with all in it; nothing happens when it is not there.
    public static func remove(_ path: String) throws(Failure) {
        guard exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw Failure(.inputOutput, "cannot remove: \(error.localizedDescription)", at: path)
        }
    }

    /// Removes what a killed run left half-written in `directory` (`*.partial`).
    public static func removePartials(in directory: String) throws(Failure) {
        for name in try names(in: directory) where name.hasSuffix(".partial") {
            try remove(directory + "/" + name)
        }
    }

    /// The whole file as bytes; for small files only.
    public static func read(_ path: String) throws(Failure) -> [UInt8] {
        let file = try ReadableFile(path)
        return try file.read(at: 0, count: file.size)
    }

    /// Writes a whole file so that it is there entirely or not at all: `*.partial`, fsync, rename, fsync of the folder.
    public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let file = try AtomicFile(path)
        try file.write(bytes)
        try file.commit()
    }

    /// Renames within a file system and makes the new name durable.
    public static func rename(_ old: String, to new: String) throws(Failure) {
        try SystemCall.check("rename \(old) to", new) { Foundation.rename(old, new) }
        try synchronizeDirectory(parent(of: new))
    }

    /// Makes the names in a folder durable.
    public static func synchronizeDirectory(_ path: String) throws(Failure) {
        let directory = path.isEmpty ? "." : path
        let descriptor = try SystemCall.check("open", directory) { open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder; the rename itself is atomic there all the same.
        _ = fsync(descriptor)
    }
}

extension Files {
    /// Bytes that can still be written in the file system of an existing folder; nil when it does not tell.
    public static func freeBytes(in directory: String) -> Int? {
        var info = statvfs()
        guard statvfs(directory, &info) == 0, info.f_frsize > 0 else { return nil }
        let (bytes, overflow) = Int(clamping: info.f_bavail).multipliedReportingOverflow(by: Int(info.f_frsize))
        return overflow ? Int.max : bytes
    }

    /// Overwrites a file with zeros, then removes it, so that its content is not left on the disk.
    ///
    /// File systems that write elsewhere on purpose keep what they keep.
    public static func wipe(_ path: String) throws(Failure) {
        let descriptor = try SystemCall.check("write", path) { open(path, O_WRONLY | O_CLOEXEC) }
        defer { close(descriptor) }
        let size = try size(path)
        let zeros = [UInt8](repeating: 0, count: min(1 << 20, max(1, size)))
        var written = 0
        while written < size {
            written += try SystemCall.check("write", path) {
                zeros.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress!, min($0.count, size - written)) }
            }
        }
        try SystemCall.check("write", path) { fsync(descriptor) }
        try SystemCall.check("remove", path) { unlink(path) }
    }
}
