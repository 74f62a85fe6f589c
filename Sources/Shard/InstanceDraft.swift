internal import Streaming

/// An instance before it is written: ranges of bytes in the spool of its partition.
struct InstanceDraft: Sendable {
    var a: Range<Int>
    var b: Range<Int>
    /// Indices of the documents in the partition.
    var documentA: Int
    var documentB: Int
    var isRandomNext: Bool

    /// Cuts tokens off the longer segment, each at the front or at the end with equal chance, until both fit.
    ///
    /// A is the longer one only when it has more tokens; so with two segments none ever becomes empty.
    mutating func truncate(to limit: Int, width: Int, draws: inout Philox) {
        while (a.count + b.count) / width > limit {
            let cutsA = a.count > b.count
            let range = cutsA ? a : b
            let cut =
                draws.unit() < 0.5
                ? range.lowerBound + width..<range.upperBound : range.lowerBound..<range.upperBound - width
            if cutsA { a = cut } else { b = cut }
        }
    }

    /// The draft with A and B exchanged, labelled so.
    func swapped() -> InstanceDraft {
        InstanceDraft(a: b, b: a, documentA: documentB, documentB: documentA, isRandomNext: true)
    }

    /// Splits `range` into two halves; nil for a single token.
    static func halves(of range: Range<Int>, width: Int) -> (Range<Int>, Range<Int>)? {
        let tokens = range.count / width
        guard tokens > 1 else { return nil }
        let middle = range.lowerBound + tokens / 2 * width
        return (range.lowerBound..<middle, middle..<range.upperBound)
    }
}

/// Cuts one document into instances.
protocol InstanceCutter {
    /// Appends the instances of `members[position]` for one round of duplication.
    func cut(_ position: Int, round: Int, into drafts: inout [InstanceDraft])
}

/// What every cutter needs: the partition, the documents of one split of it, the options.
struct CutterInput {
    let spool: SpooledDocuments
    /// Indices in `spool.documents` of the documents of one split, in the order of the corpus.
    let members: [Int]
    let configuration: ShardConfiguration

    func document(_ position: Int) -> SpooledDocuments.Document { spool.documents[members[position]] }

    /// The draws of a document in a round.
    func draws(_ position: Int, round: Int) -> Philox {
        Philox(
            seed: configuration.seed, purpose: Philox.purpose("instances"),
            a: UInt64(bitPattern: document(position).id), b: UInt64(round))
    }

    /// The tokens aimed at by the next instance: the limit, or with some chance 2 to the limit.
    func targetLength(_ draws: inout Philox) -> Int {
        let limit = configuration.tokenLimit
        guard draws.unit() < configuration.shortSequenceProbability else { return limit }
        return 2 + draws.below(limit - 1)
    }
}
