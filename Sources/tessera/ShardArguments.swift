public import ArgumentParser
public import Shard

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

extension CorpusWeight: ExpressibleByArgument {
    /// Reads `corpus=n`.
    public init?(argument: String) { self.init(argument) }
}
