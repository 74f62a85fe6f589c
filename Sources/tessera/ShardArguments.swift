public import ArgumentParser
import Streaming

/// One sequence length or several, as in `128,512`.
public struct SequenceLengths: ExpressibleByArgument {
    var values: [Int]

    init(values: [Int]) { self.values = values }

    /// Reads numbers with commas between.
    public init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard !parts.isEmpty, parts.allSatisfy({ $0 != nil }) else { return nil }
        values = parts.compactMap { $0 }
    }

    /// As it is given.
    public var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}

/// The weight of a corpus, as in `medical=3`.
public struct CorpusWeight: ExpressibleByArgument {
    let corpus: String
    let weight: Double

    /// Reads what stands before and after the last `=`.
    public init?(argument: String) {
        guard let cut = argument.lastIndex(of: "="), let weight = Double(argument[argument.index(after: cut)...])
        else { return nil }
        corpus = String(argument[..<cut])
        self.weight = weight
    }

    /// The weight of each corpus: by its path as given, or by the last part of it.
    static func weights(_ given: [CorpusWeight], of corpora: [String]) throws(Failure) -> [Double] {
        guard !given.isEmpty else { return [] }
        var weights = [Double](repeating: 1, count: corpora.count)
        for entry in given {
            let matches = corpora.indices.filter { names(corpora[$0]).contains(trimmed(entry.corpus)) }
            guard matches.count == 1 else {
                throw Failure(
                    .usage,
                    "--weight names '\(entry.corpus)', which is \(matches.isEmpty ? "none" : "several") of the corpora",
                    remedy: "name a corpus as it is given, or by the last part of its path")
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

    private static func names(_ path: String) -> [String] {
        let path = trimmed(path)
        return [path, path.split(separator: "/").last.map(String.init) ?? path]
    }
}
