/// How a vocabulary cuts the words of a text.
public struct VocabularyFertility: Sendable, Equatable {
    /// Words of the text.
    public private(set) var words: UInt64 = 0
    /// Pieces they are cut into; an unknown word is one.
    public private(set) var pieces: UInt64 = 0
    /// Words that become `[UNK]`.
    public private(set) var unknown: UInt64 = 0
    /// Words that are one piece.
    public private(set) var whole: UInt64 = 0
    /// Different words.
    public private(set) var distinct = 0
    /// Rare words that were not looked at, because the memory allowed holds no more.
    public private(set) var leftOut = 0

    /// Pieces a word.
    public var piecesPerWord: Double { words > 0 ? Double(pieces) / Double(words) : 0 }
    /// Of a hundred words, those that become `[UNK]`.
    public var unknownPercent: Double { words > 0 ? 100 * Double(unknown) / Double(words) : 0 }
    /// Of a hundred words, those that are one piece.
    public var wholePercent: Double { words > 0 ? 100 * Double(whole) / Double(words) : 0 }

    /// Counts the words of a text and cuts each.
    /// - Parameters:
    ///   - jobs: threads that read texts and count words.
    ///   - memory: the most memory to take, as a training does.
    ///   - scratch: a folder for what memory cannot hold.
    ///   - source: gives the name of a batch of texts, nil at the end.
    ///   - texts: reads a batch; called on any thread.
    public init<Batch: Sendable>(
        _ tokenizer: WordPieceTokenizer, jobs: Int, memory: Int = 512 << 20, scratch: String? = nil,
        source: () throws -> Batch?, texts: @escaping @Sendable (Batch) throws -> [[UInt8]]
    ) throws {
        var configuration = VocabularyTrainer.Configuration(options: tokenizer.options)
        configuration.memory = memory
        let counted = try VocabularyTrainer(configuration: configuration, scratch: scratch)
            .count(jobs: jobs, source: source, texts: texts)
        (distinct, leftOut) = (counted.distinct, counted.leftOut)
        let encoder = tokenizer.makeEncoder()
        let unknownID = tokenizer.vocabulary.unknownID
        var ids: [Int32] = []
        for index in 0..<counted.count {
            ids.removeAll(keepingCapacity: true)
            encoder.encode(counted.bytes, counted.range(index), into: &ids)
            let count = counted.counts[index]
            words &+= count
            pieces &+= count &* UInt64(ids.count)
            if ids == [unknownID] { unknown &+= count } else if ids.count == 1 { whole &+= count }
        }
    }
}
