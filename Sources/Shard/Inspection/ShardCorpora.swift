internal import GRDB
internal import Storage
internal import Streaming

/// The corpora that shards were made from, as far as they are still to be found.
struct ShardCorpora: Sendable {
    /// A corpus that was found.
    struct Corpus: Sendable {
        let reader: CorpusReader
        fileprivate let sources: DocumentSources
    }

    /// By number; nil where one is missing.
    private(set) var corpora: [Corpus?] = []
    /// What is missing, and what has changed since.
    private(set) var notes: [String] = []

    /// Looks for each where the user says, where the shards say, and beside the shards.
    ///
    /// A corpus named by the user has to be there; else what is missing is a note, not a failure.
    init(of shards: ShardReader, given: String?) throws(Failure) {
        let path = ShardSchema.path(shards.directory)
        let (known, generations) = try IndexDatabase.translated(path) {
            let database = try ShardSchema.open(shards.directory, create: false)
            return try database.read {
                try (GenerationIndex.corpora($0, path: path), GenerationIndex.all($0, path: path))
            }
        }
        let chosen = try given.map { given throws(Failure) in
            try ShardCorpora.choice(given, of: known.map(\.path), at: shards.directory)
        }
        for (number, recorded) in known.enumerated() {
            let parts = generations.flatMap(\.coverage).filter { $0.corpus == number }
            if let given, chosen == number {
                corpora.append(try open(given, parts))
                continue
            }
            do throws(Failure) {
                corpora.append(
                    try ShardCorpora.place(of: recorded.path, beside: shards.directory)
                        .map { place throws(Failure) in try open(place, parts) })
            } catch {
                corpora.append(nil)
                notes.append(error.description)
                continue
            }
            if corpora[number] == nil {
                notes.append(
                    "\(recorded.path) is not there any more: no titles, sources and unknown words of it; "
                        + "name it with --corpus")
            }
        }
    }

    private mutating func open(_ path: String, _ parts: [Generation.Coverage]) throws(Failure) -> Corpus {
        let reader = try CorpusReader(path, requireComplete: false)
        let isSame = parts.allSatisfy { part in
            part.textBytes
                == reader.blocks.reduce(0) { $0 + (part.documents.contains($1.firstDocument) ? $1.rawSize : 0) }
        }
        if !isSame { notes.append("\(path) has changed since; its documents are named as they are there now") }
        return Corpus(reader: reader, sources: try reader.documentSources())
    }

    /// Which of several the user means, by the last part of its path.
    private static func choice(_ given: String, of paths: [String], at place: String) throws(Failure) -> Int {
        if paths.count == 1 { return 0 }
        let matches = paths.indices.filter { name(paths[$0]) == name(given) }
        guard matches.count == 1 else {
            throw Failure(
                .usage, "--corpus \(given) could be any of \(paths.joined(separator: ", "))", at: place,
                remedy: "name a folder whose last part is that of one of them")
        }
        return matches[0]
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func place(of recorded: String, beside shards: String) -> String? {
        let parent = Files.parent(of: shards)
        let beside = parent.isEmpty ? name(recorded) : "\(parent)/\(name(recorded))"
        return [recorded, beside].first { Files.exists($0 + "/corpus.sqlite") }
    }

    /// The corpus of a document's key and the document's id in it; nil where the corpus is missing.
    func find(_ key: Int64) -> (corpus: Corpus, number: Int, document: Int64)? {
        let number = DocumentKey.corpus(key)
        guard corpora.indices.contains(number), let corpus = corpora[number] else { return nil }
        return (corpus, number, DocumentKey.document(key))
    }

    /// The source of a document, by corpus and place in its list of sources.
    func source(of key: Int64) -> SourcePlace? {
        guard let found = find(key), let source = found.corpus.sources.source(of: found.document) else { return nil }
        return SourcePlace(corpus: found.number, source: source)
    }
}

/// A source of one of several corpora.
struct SourcePlace: Hashable, Sendable {
    var corpus: Int
    var source: Int
}
