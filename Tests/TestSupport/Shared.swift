internal import Foundation

/// Real data beside the checkout, for tests that can use it; the tests pass without it.
public enum Shared {
    /// The folder `../shared` next to the package, or `TESSERA_SHARED`; nil when there is none.
    public static let path: String? = {
        let environment = ProcessInfo.processInfo.environment["TESSERA_SHARED"]
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let candidate = environment ?? package.deletingLastPathComponent().appending(path: "shared").path
        return FileManager.default.fileExists(atPath: candidate) ? candidate : nil
    }()

    /// The path of a shared file, nil when it is not there.
    public static func file(_ name: String) -> String? {
        guard let path, FileManager.default.fileExists(atPath: path + "/" + name) else { return nil }
        return path + "/" + name
    }
}
