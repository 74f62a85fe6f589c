internal import Storage
internal import Streaming

/// Text to count words in: corpora, text files, and folders with text files in them.
///
/// It is cut into batches of about a MiB that any thread can read.
struct TextInput: Sendable {
    /// A batch of texts, not yet read.
    enum Batch: Sendable {
        case block(Int, CorpusBlock)
        case range(Int, Range<Int>)
    }

    private enum Source: Sendable {
        case corpus(CorpusReader)
        case file(TextFile)
    }

    private let sources: [Source]
    private let paths: [String]

    /// - Parameter paths: corpus folders, `.txt` files and other text files, or folders whose `.txt` files count.
    init(_ paths: [String]) throws(Failure) {
        self.paths = paths
        var sources: [Source] = []
        for path in paths {
            if Files.exists(path + "/corpus.sqlite") {
                sources.append(.corpus(try CorpusReader(path)))
                continue
            }
            guard Files.exists(path) else {
                throw Failure(.noInput, "not found", at: path, remedy: "give a corpus folder or text files")
            }
            let files = try TextInput.textFiles(path)
            guard !files.isEmpty else {
                throw Failure(
                    .noInput, "is no corpus and has no .txt file in it", at: path,
                    remedy: "make a corpus of it with 'tessera ingest'")
            }
            for file in files { sources.append(.file(try TextFile(file))) }
        }
        self.sources = sources
    }

    private static func textFiles(_ path: String) throws(Failure) -> [String] {
        guard Files.isDirectory(path) else { return [path] }
        var found: [String] = []
        for name in try Files.names(in: path) {
            let inner = path + "/" + name
            if Files.isDirectory(inner) {
                found += try textFiles(inner)
            } else if name.hasSuffix(".txt") {
                found.append(inner)
            }
        }
        return found
    }

    /// All batches, in order.
    var batches: [Batch] {
        sources.enumerated().flatMap { index, source -> [Batch] in
            switch source {
            case .corpus(let reader): reader.blocks.map { .block(index, $0) }
            case .file(let file): file.ranges.map { .range(index, $0) }
            }
        }
    }

    /// Bytes of text in all.
    var bytes: Int {
        sources.reduce(0) { sum, source in
            switch source {
            case .corpus(let reader): sum + reader.statistics.textBytes
            case .file(let file): sum + file.size
            }
        }
    }

    /// The texts of a batch.
    func texts(_ batch: Batch) throws -> [[UInt8]] {
        switch batch {
        case .block(let index, let block):
            guard case .corpus(let reader) = sources[index] else { return [] }
            return try reader.texts(of: block)
        case .range(let index, let range):
            guard case .file(let file) = sources[index] else { return [] }
            return [try file.text(range)]
        }
    }

    /// Tells this text from another; of a corpus alone it is the corpus's digest.
    func digest() throws(Failure) -> String {
        var digests: [String] = []
        for path in paths {
            if Files.exists(path + "/corpus.sqlite") {
                digests.append(try CorpusReader(path).digest())
            } else {
                digests.append(try InputFingerprint.of(path))
            }
        }
        guard digests.count != 1 else { return digests[0] }
        let all = Digest()
        for digest in digests { all.update(digest) }
        return all.value
    }
}
