public import Streaming

/// The weight of a corpus, as in `medical=3`.
public struct CorpusWeight: Sendable, LosslessStringConvertible {
    /// The corpus, by its path as given or the last part of it.
    public let corpus: String
    /// How often its documents are taken, beside the others.
    public let weight: Double

    /// Reads what stands before and after the last `=`.
    public init?(_ text: String) {
        guard let cut = text.lastIndex(of: "="), let weight = Double(text[text.index(after: cut)...]) else {
            return nil
        }
        corpus = String(text[..<cut])
        self.weight = weight
    }

    /// As it is given.
    public var description: String { "\(corpus)=\(weight)" }

    /// The weight of each corpus of a set, 1 where none is given; empty when none is given at all.
    public static func weights(_ given: [CorpusWeight], of corpora: [String]) throws(Failure) -> [Double] {
        guard !given.isEmpty else { return [] }
        var weights = [Double](repeating: 1, count: corpora.count)
        var named: Set<Int> = []
        for entry in given {
            let name = trimmed(entry.corpus)
            let exact = corpora.indices.filter { trimmed(corpora[$0]) == name }
            let matches = exact.isEmpty ? corpora.indices.filter { lastPart(corpora[$0]) == name } : exact
            guard matches.count == 1 else {
                throw Failure(
                    .usage,
                    "a weight is for '\(entry.corpus)', which is \(matches.isEmpty ? "none" : "several") of the corpora",
                    remedy: "name a corpus as it is given, or by the last part of its path")
            }
            guard named.insert(matches[0]).inserted else {
                throw Failure(.usage, "'\(entry.corpus)' has two weights", remedy: "give one")
            }
            weights[matches[0]] = entry.weight
        }
        return weights
    }

    private static func trimmed(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        return String(path)
    }

    private static func lastPart(_ path: String) -> String {
        trimmed(path).split(separator: "/").last.map(String.init) ?? path
    }
}
