internal import Streaming
internal import Tokenize

/// Counts over instances with their masks as drawn in epoch 0.
struct InstanceSurvey: Sendable {
    /// Instances read together.
    private static let runLength = 4_096

    var instances = 0
    /// Tokens, [CLS] and [SEP] left out, and those of them that are [UNK].
    var tokens = 0
    var unknown = 0
    /// Tokens, [CLS] and [SEP] counted: what the mask probability refers to.
    var length = 0
    /// Predictions, and what stands at their positions.
    var predicted = 0
    var masked = 0
    var random = 0
    var kept = 0
    /// Instances with label 1.
    var labelled = 0
    /// Documents met, and those of them with an [UNK] in a segment.
    var documents = DocumentKeys()
    var unknownDocuments = DocumentKeys()
    /// Tokens by the source of the document they are from.
    var tokensBySource: [SourcePlace: Int] = [:]

    /// Looks at both splits, in runs of 4,096 instances spread evenly.
    /// - Parameters:
    ///   - corpora: tell the source of a document.
    ///   - limit: instances of each split at most; nil for all.
    static func of(
        _ reader: ShardReader, _ vocabulary: Vocabulary, corpora: ShardCorpora, limit: Int?, jobs: Int,
        progress: ProgressMeter.Style
    ) throws -> InstanceSurvey {
        let policy = MaskingPolicy(reader.information, vocabulary: vocabulary)
        let runs = ShardSplit.allCases.flatMap { split in
            chosenRuns(count: reader.count(split), limit: limit).map { (split, $0) }
        }
        let bar = ProgressMeter("inspect", unit: "runs", total: Double(runs.count), style: progress)
        var survey = InstanceSurvey()
        var next = 0
        try orderedParallelMap(
            jobs: jobs,
            source: { () -> (ShardSplit, Range<Int>)? in
                guard next < runs.count else { return nil }
                defer { next += 1 }
                return runs[next]
            },
            transform: { (split, run) in
                var part = InstanceSurvey()
                for index in run {
                    let instance = try reader.instance(index, split)
                    part.add(policy.apply(instance, seed: reader.information.seed, epoch: 0), vocabulary)
                    part.add(instance, corpora, unknownID: vocabulary.unknownID)
                }
                return part
            },
            consume: { part in
                survey.add(part)
                bar.update(Double(next))
            })
        bar.finish()
        return survey
    }

    /// Runs of a split; when not all are wanted, evenly spread ones.
    static func chosenRuns(count: Int, limit: Int?) -> [Range<Int>] {
        let all = (count + runLength - 1) / runLength
        let wanted = limit.map { min(all, max(1, $0 / runLength)) } ?? all
        return (0..<wanted).map { number in
            let first = all * number / wanted * runLength
            return first..<min(first + runLength, count)
        }
    }

    private mutating func add(_ example: MaskedExample, _ vocabulary: Vocabulary) {
        length += example.tokens.count
        predicted += example.positions.count
        for (position, label) in zip(example.positions, example.labels) {
            let id = example.tokens[Int(position)]
            if id == vocabulary.maskID { masked += 1 } else if id == label { kept += 1 } else { random += 1 }
        }
    }

    private mutating func add(_ instance: Instance, _ corpora: ShardCorpora, unknownID: Int32) {
        instances += 1
        if instance.isRandomNext { labelled += 1 }
        var start = 0
        for run in instance.runs {
            tokens += run.count
            documents.insert(run.document)
            let unknownTokens = instance.tokens[start..<start + run.count].count { $0 == unknownID }
            unknown += unknownTokens
            if unknownTokens > 0 { unknownDocuments.insert(run.document) }
            if let source = corpora.source(of: run.document) { tokensBySource[source, default: 0] += run.count }
            start += run.count
        }
    }

    private mutating func add(_ other: InstanceSurvey) {
        instances += other.instances
        tokens += other.tokens
        unknown += other.unknown
        length += other.length
        predicted += other.predicted
        masked += other.masked
        random += other.random
        kept += other.kept
        labelled += other.labelled
        documents.formUnion(other.documents)
        unknownDocuments.formUnion(other.unknownDocuments)
        tokensBySource.merge(other.tokensBySource) { $0 + $1 }
    }
}
