internal import Foundation
internal import Storage
internal import Streaming

/// Turns what the user named into sources, in order, before anything is written.
struct SourcePlan {
    private(set) var entries: [SourceEntry] = []
    private let format: SourceFormat
    private let selection: FileSelection
    private let output: String

    init(
        _ sources: [String], format: SourceFormat, selection: FileSelection = FileSelection(), output: String
    ) throws(Failure) {
        self.format = format
        self.selection = selection
        self.output = output
        guard !sources.isEmpty else { throw Failure(.usage, "no source is named") }
        for source in sources {
            let path = SourcePlan.tidy(source)
            if path != "-", Files.isDirectory(path) {
                try addFolder(path)
            } else if path != "-", !Files.exists(path), let pattern = SourcePattern(path) {
                try add(pattern, path)
            } else {
                try addFile(path)
            }
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
        entries.append(SourceEntry(kind: try kind(of: file), uri: path, files: [file]))
    }

    private func kind(of file: SourceFile) throws(Failure) -> SourceEntry.Kind {
        if let kind = format.kind { return kind }
        if let kind = SourceFormat(name: file.name), !kind.needsContent(name: file.name) { return kind.kind ?? .text }
        if let kind = try (content(of: file) ?? SourceFormat(name: file.name))?.kind { return kind }
        guard try Files.size(file.path) > 0 else { throw Compression.isEmpty(file.path) }
        throw Failure(
            .badData, "is in no format that can be told from its name or content", at: file.path,
            remedy:
                "give --format \(SourceFormat.allCases.filter { $0 != .auto }.map(\.rawValue).joined(separator: ", "))")
    }

    private mutating func addFolder(_ path: String) throws(Failure) {
        let files = selection.select(try FolderWalk(path, leavingOut: output).files)
        try add(files, of: path, text: path + "/**.txt", rest: path + "/**", isExplicit: selection.isExplicit)
    }

    /// The files that a pattern names; `include` and `exclude` narrow them.
    private mutating func add(_ pattern: SourcePattern, _ source: String) throws(Failure) {
        guard Files.isDirectory(pattern.folder) else {
            throw Failure(.noInput, "there is no folder '\(pattern.folder)'", at: source, remedy: "check the pattern")
        }
        let matcher = PathPattern(pattern.pattern)
        let files = selection.select(
            try FolderWalk(pattern.folder, leavingOut: output).files.filter { matcher.matches($0.name) })
        guard !files.isEmpty else {
            throw Failure(.noInput, "no file matches the pattern", at: source, remedy: "check it, and quote it")
        }
        try add(files, of: source, text: source + " (text)", rest: source, isExplicit: true)
    }

    /// Dumps, tables, JSON Lines and PubMed files are sources of their own; the plain texts are one together and so are
    /// the JATS articles, so that a million small files do not make a million commits.
    private mutating func add(
        _ files: [SourceFile], of folder: String, text: String, rest: String, isExplicit: Bool
    ) throws(Failure) {
        var groups: [SourceEntry.Kind: [SourceFile]] = [:]
        var others: [SourceEntry] = []
        for file in files {
            let kind = try kindInFolder(file, isExplicit: isExplicit)
            switch kind {
            case .text, .jats, .unknown: groups[kind, default: []].append(file)
            default: others.append(SourceEntry(kind: kind, uri: file.path, files: [file]))
            }
        }
        guard groups[.text] != nil || groups[.jats] != nil || !others.isEmpty else {
            throw SourcePlan.nothingKnown(folder, groups[.unknown] ?? [])
        }
        for file in (groups[.text] ?? []) + (groups[.jats] ?? []) + others.flatMap(\.files) {
            try FileBytes.checkRegular(file.path)
        }
        entries += others
        if let files = groups[.jats] { entries.append(SourceEntry(kind: .jats, uri: rest + " (jats)", files: files)) }
        if let files = groups[.text] { entries.append(SourceEntry(kind: .text, uri: text, files: files)) }
        if let files = groups[.unknown] { entries.append(SourceEntry(kind: .unknown, uri: rest, files: files)) }
    }

    /// A file's kind, `unknown` when it is in no wanted format.
    ///
    /// What cannot be opened is among these; whoever reads them tells why.
    private func kindInFolder(_ file: SourceFile, isExplicit: Bool) throws(Failure) -> SourceEntry.Kind {
        guard (try? FileBytes.checkRegular(file.path)) != nil else { return .unknown }
        let byName = SourceFormat(name: file.name)
        if byName?.needsContent(name: file.name) ?? isExplicit, format == .auto || byName != nil {
            let byContent = try content(of: file)
            let found = byContent ?? byName
            return found.flatMap { format == .auto || format == $0 ? $0.kind : nil } ?? .unknown
        }
        if isExplicit, let kind = format.kind { return kind }
        return byName.flatMap { format == .auto || format == $0 ? $0.kind : nil } ?? .unknown
    }

    /// By the first bytes; files that cannot be opened say nothing here and are told of when they are read.
    private func content(of file: SourceFile) throws(Failure) -> SourceFormat? {
        guard let source = try? Compression.open(file.path), let first = try? source.next() else { return nil }
        return SourceFormat(content: first)
    }

    private static func nothingKnown(_ folder: String, _ unknown: [SourceFile]) -> Failure {
        let count = unknown.count
        return Failure(
            .noInput,
            "holds no file in a known format (.xml, .nxml, .jsonl, .csv, .tsv, .txt, each also as .bz2, .gz or .zst)"
                + (count > 0 ? "; \(count) files are in others" : ""),
            at: folder, remedy: "name the files themselves and give --format")
    }
}
