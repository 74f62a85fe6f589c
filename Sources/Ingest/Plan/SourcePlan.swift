internal import Foundation
internal import Storage
internal import Streaming

/// Turns what the user named into sources, in order, before anything is written.
struct SourcePlan {
    private(set) var entries: [SourceEntry] = []
    private let format: SourceFormat
    private let output: String

    init(_ sources: [String], format: SourceFormat, output: String) throws(Failure) {
        self.format = format
        self.output = output
        guard !sources.isEmpty else { throw Failure(.usage, "no source is named") }
        for source in sources {
            let path = SourcePlan.tidy(source)
            if path != "-", Files.isDirectory(path) { try addFolder(path) } else { try addFile(path) }
        }
        // A file that is named twice, or by itself and by its folder, is one source.
        var seen: Set<String> = []
        entries = entries.filter { seen.insert($0.uri).inserted }
    }

    /// The same path for the same spelling but for doubled and final slashes and a leading `./`.
    static func tidy(_ path: String) -> String {
        guard path != "-", !path.isEmpty else { return path }
        let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        if path.hasPrefix("/") { return "/" + parts }
        return parts.isEmpty ? "." : parts
    }

    private mutating func addFile(_ path: String) throws(Failure) {
        if path != "-" { try FileBytes.checkRegular(path) }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let file = SourceFile(path: path, name: name)
        guard path != "-" || format != .auto else {
            throw Failure(.usage, "the format of standard input is not known", remedy: "give --format")
        }
        let kind = format.kind ?? SourceFormat(name: name)?.kind
        if let kind {
            entries.append(SourceEntry(kind: kind, uri: path, files: [file]))
        } else {
            entries.append(SourceEntry(kind: try SourcePlan.sniff(path), uri: path, files: [file]))
        }
    }

    private static func sniff(_ path: String) throws(Failure) -> SourceEntry.Kind {
        let source = try Compression.open(path)
        guard let first = try source.next() else { throw Compression.isEmpty(path) }
        guard let kind = SourceFormat(content: first)?.kind else {
            throw Failure(
                .badData, "is in no format that can be told from its name or content", at: path,
                remedy: "give --format mediawiki, jsonl or text")
        }
        return kind
    }

    /// Dumps and JSON Lines are sources of their own; the plain texts are one together, so that a million small files
    /// do not make a million commits.
    private mutating func addFolder(_ path: String) throws(Failure) {
        var texts: [SourceFile] = []
        var unknown: [SourceFile] = []
        var others: [SourceEntry] = []
        for file in try FolderWalk(path, leavingOut: output).files {
            let byName = SourceFormat(name: file.name)
            let wanted = byName.flatMap { format == .auto || format == $0 ? $0.kind : nil }
            switch wanted {
            case .text: texts.append(file)
            case .some(let kind): others.append(SourceEntry(kind: kind, uri: file.path, files: [file]))
            case nil: unknown.append(file)
            }
        }
        guard !texts.isEmpty || !others.isEmpty else {
            throw Failure(
                .noInput, "holds no file in a known format (.xml, .jsonl, .txt, each also as .bz2, .gz or .zst)",
                at: path,
                remedy: "name the files themselves and give --format")
        }
        for file in texts + others.flatMap(\.files) { try FileBytes.checkRegular(file.path) }
        entries += others
        if !texts.isEmpty { entries.append(SourceEntry(kind: .text, uri: path + "/**.txt", files: texts)) }
        if !unknown.isEmpty { entries.append(SourceEntry(kind: .unknown, uri: path + "/**", files: unknown)) }
    }
}
