internal import Foundation
internal import Storage
internal import Streaming

/// The files below a folder, sorted by the bytes of their relative paths.
struct FolderWalk {
    private(set) var files: [SourceFile] = []
    private let root: String
    /// Folders entered and the folder to leave out, by device and number: links may lead round in circles.
    private var seen: Set<[UInt64]> = []

    /// - Parameter output: where the corpus goes; it is left out when it lies inside.
    init(_ root: String, leavingOut output: String) throws(Failure) {
        self.root = root
        if let identity = FolderWalk.identity(output) { seen.insert(identity) }
        try walk("")
        files.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private mutating func walk(_ relative: String) throws(Failure) {
        let folder = relative.isEmpty ? root : "\(root)/\(relative)"
        guard let identity = FolderWalk.identity(folder), seen.insert(identity).inserted else { return }
        for name in try FolderWalk.names(folder) {
            try Cancellation.check()
            let inner = relative.isEmpty ? name : "\(relative)/\(name)"
            let path = "\(root)/\(inner)"
            if Files.isDirectory(path) { try walk(inner) } else { files.append(SourceFile(path: path, name: inner)) }
        }
    }

    private static func names(_ folder: String) throws(Failure) -> [String] {
        guard access(folder, R_OK | X_OK) == 0 else {
            throw Failure(
                .noInput, "cannot list the folder: permission denied", at: folder, remedy: "check the permissions")
        }
        return try Files.names(in: folder)
    }

    private static func identity(_ path: String) -> [UInt64]? {
        var info = stat()
        return stat(path, &info) == 0 ? [UInt64(info.st_dev), UInt64(info.st_ino)] : nil
    }
}
