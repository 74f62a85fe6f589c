internal import Streaming

/// A file to read and how documents name it.
struct SourceFile: Sendable, Equatable {
    /// Where it is.
    var path: String
    /// Its name in the corpus: relative to the folder that was given, else the last part of its path.
    var name: String

    /// The name without folders and known endings.
    var title: String {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        let bare = Compression.stripped(last)
        return bare.hasSuffix(".txt") ? String(bare.dropLast(4)) : bare
    }
}

/// One source of a corpus: a file, the plain texts of a folder, or what a folder holds besides.
struct SourceEntry: Sendable, Equatable {
    enum Kind: String, Sendable {
        case mediawiki, jsonl, text, csv, tsv, pubmed, jats
        /// Files of a folder that are in no known format: they are recorded as left out.
        case unknown
    }

    var kind: Kind
    /// Its name in the corpus.
    var uri: String
    /// One file, or for `text`, `jats` and `unknown` several.
    var files: [SourceFile]

    var isStandardInput: Bool { uri == "-" }

    /// Its size as stored; of unknown files nothing is read.
    func bytes() throws(Failure) -> Int {
        guard kind != .unknown, !isStandardInput else { return 0 }
        var total = 0
        for file in files {
            try FileBytes.checkRegular(file.path)
            total += try Files.size(file.path)
        }
        return total
    }
}
