internal import Streaming

/// Which files of a folder are wanted.
public struct FileSelection: Sendable, Equatable, Codable {
    /// Patterns of which a file must match one; empty: every file in a known format.
    public var include: [String] = []
    /// Patterns that leave out the files and folders they match.
    public var exclude: [String] = []

    /// Every file.
    public init() {}

    /// Whether the user named files by pattern, so that a file counts whatever its ending is.
    var isExplicit: Bool { !include.isEmpty }

    /// The files that pass, in the order they were in.
    func select(_ files: [SourceFile]) -> [SourceFile] {
        let wanted = include.map { PathPattern($0) }
        let unwanted = exclude.map { PathPattern($0) }
        guard !wanted.isEmpty || !unwanted.isEmpty else { return files }
        return files.filter { file in
            (wanted.isEmpty || wanted.contains { $0.matches(file.name) })
                && !unwanted.contains { $0.matchesAnyAncestor(file.name) }
        }
    }
}

/// A source that is written as a pattern, as in `reports/**/*.txt`.
public struct SourcePattern: Sendable, Equatable {
    /// The folder the pattern begins in: all before the first part with a wildcard.
    public let folder: String
    /// What files below it must match.
    let pattern: String

    /// Takes `source` apart; nil when it holds no wildcard.
    ///
    /// Whether a file of just that name exists is for the caller to see first.
    public init?(_ source: String) {
        let parts = source.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard let first = parts.firstIndex(where: { PathPattern.isPattern($0) }) else { return nil }
        let literal = parts[..<first].joined(separator: "/")
        folder = source.hasPrefix("/") ? "/" + literal : (literal.isEmpty ? "." : literal)
        // From the folder on, even a single part is a whole path and not a name at any depth.
        pattern = "./" + parts[first...].joined(separator: "/")
    }

    /// The folder that a pattern begins in; a path that is there or holds no wildcard is its own root.
    public static func root(of source: String) -> String {
        Files.exists(source) ? source : SourcePattern(source)?.folder ?? source
    }
}
