internal import Streaming

/// Cuts documents into instances.
protocol InstanceCutter {
    /// Appends the instances of all documents of a split for one round of duplication.
    func cut(round: Int, into drafts: inout DraftList)
}

/// What every cutter needs: the partition, the documents of one split of it, the options, the length.
struct CutterInput {
    let spool: SpooledDocuments
    /// Indices in `spool.documents` of the documents of one split, in the order of the corpus.
    let members: [Int]
    let configuration: ShardConfiguration
    let sequenceLength: Int
    let partition: Int
    let split: ShardSplit

    /// Tokens of an instance of `runs` runs at most.
    func limit(runs: Int) -> Int { sequenceLength - 1 - runs }

    func document(_ position: Int) -> SpooledDocuments.Document { spool.documents[members[position]] }

    /// The draws of a document in a round.
    func draws(_ position: Int, round: Int) -> Philox {
        Philox(
            seed: configuration.seed, purpose: Philox.purpose("instances"),
            a: UInt64(bitPattern: document(position).id), b: UInt64(round) << 16 | UInt64(sequenceLength))
    }

    /// How many rounds a document takes part in: the duplicate factor times its corpus's weight, a fraction by chance.
    func rounds(_ position: Int) -> Int {
        let id = document(position).id
        let rounds = Double(configuration.duplicateFactor) * configuration.weight(ofCorpus: DocumentKey.corpus(id))
        let whole = Int(rounds)
        guard rounds > Double(whole) else { return whole }
        var draws = Philox(
            seed: configuration.seed, purpose: Philox.purpose("weight"), a: UInt64(bitPattern: id))
        return draws.unit() < rounds - Double(whole) ? whole + 1 : whole
    }

    /// The tokens aimed at by the next instance: the limit, or with some chance 2 to the limit.
    func targetLength(limit: Int, _ draws: inout Philox) -> Int {
        guard draws.unit() < configuration.shortSequenceProbability else { return limit }
        return 2 + draws.below(limit - 1)
    }
}
