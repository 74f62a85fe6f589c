internal import Streaming

/// Finds pieces in counted words.
struct VocabularyLearner {
    private let configuration: VocabularyTrainer.Configuration
    private let minimum: Int
    private let base: [[UInt8]]?

    init(_ configuration: VocabularyTrainer.Configuration) {
        self.configuration = configuration
        minimum = max(1, configuration.minimumFrequency ?? configuration.algorithm.defaultMinimumFrequency)
        base = configuration.base?.map { Array($0.utf8) }
    }

    /// Learns from words in any order: their counts alone matter.
    ///
    /// Empties them, since memory is short.
    func learn(
        _ words: inout CountedWords, onProgress: (VocabularyTrainer.Stage) -> Void = { _ in }
    ) throws(Failure) -> TrainedVocabulary {
        guard words.count > 0 else {
            throw Failure(.badData, "there is no word to learn a vocabulary from", remedy: "give a corpus with text")
        }
        let (distinct, leftOut, spilled) = (words.distinct, words.leftOut, words.spilledBytes)
        var pieces = try fixedPieces()
        let alphabet = Alphabet(
            words, limit: configuration.alphabetLimit,
            initial: configuration.initialAlphabet.unicodeScalars.map(\.value),
            minimum: base == nil ? 1 : UInt64(minimum),
            longestWord: configuration.algorithm == .topdown ? TopDownLearner.longestWord : .max)
        switch configuration.algorithm {
        case .frequency, .likelihood: try merge(&words, alphabet, &pieces, onProgress)
        case .topdown: try cut(&words, alphabet, &pieces, onProgress)
        }
        var result = TrainedVocabulary(
            pieces: pieces.all.map { String(decoding: $0, as: UTF8.self) }, words: distinct,
            reachedSize: pieces.room == 0)
        (result.wordsLeftOut, result.spilledBytes) = (leftOut, spilled)
        result.terms = configuration.glossary?.words.count ?? 0
        result.termsLeftOut = configuration.glossary?.leftOut ?? 0
        return result
    }

    /// The pieces whose ids are given: those of the base, or the special and the unused ones.
    private func fixedPieces() throws(Failure) -> PieceList {
        let unused = max(0, configuration.unusedPieces)
        guard var fixed = base else {
            let names = (0..<unused).map { "[unused\($0)]" }
            let special = Vocabulary.specialPieces.prefix(1) + names + Vocabulary.specialPieces.dropFirst()
            return PieceList(special.map { Array($0.utf8) }, size: configuration.size)
        }
        var present = Set(fixed.filter(PieceList.isUnused))
        var number = 0
        while present.count < unused {
            let name = Array("[unused\(number)]".utf8)
            if present.insert(name).inserted { fixed.append(name) }
            number += 1
        }
        let pieces = PieceList(fixed, size: configuration.size, keptUnused: unused)
        guard pieces.count <= configuration.size else {
            throw Failure(
                .usage, "the base vocabulary has \(pieces.count) pieces, more than the \(configuration.size) asked for",
                remedy: "give a --size of \(pieces.count) or more")
        }
        return pieces
    }

    private func addTerms(to pieces: inout PieceList) {
        for word in configuration.glossary?.words ?? [] { _ = pieces.add(word) }
    }

    private func checkRoom(_ pieces: PieceList, less taken: Int = 0) throws(Failure) {
        guard pieces.room < taken else { return }
        throw Failure(
            .usage,
            "a vocabulary of \(configuration.size) cannot hold the \(configuration.size - pieces.room + taken) special "
                + "pieces, characters and terms",
            remedy: "ask for more pieces or for a smaller alphabet")
    }

    // MARK: Merging pairs

    private func merge(
        _ words: inout CountedWords, _ alphabet: Alphabet, _ pieces: inout PieceList,
        _ onProgress: (VocabularyTrainer.Stage) -> Void
    ) throws(Failure) {
        for scalar in alphabet.characters { _ = pieces.add(PieceList.character(scalar, continuing: false)) }
        for scalar in alphabet.inner { _ = pieces.add(PieceList.character(scalar, continuing: true)) }
        let characters = pieces
        addTerms(to: &pieces)
        try checkRoom(pieces)
        let learning = try base == nil ? spell(words, alphabet, characters) : encode(words, pieces)
        words = CountedWords()
        var merger = PairMerger(learning, capacity: max(pieces.count, configuration.size), minimum: Int64(minimum))
        var choice = PairChoice(merger, byLikelihood: configuration.algorithm == .likelihood, minimum: Int64(minimum))
        var merges = 0
        while pieces.room > 0, let pair = choice.next(merger) {
            let (a, b) = merger.pairs.pieces(pair)
            let joined = pieces.joined(a, b)
            let isNew = pieces.id(joined) == nil
            merger.merge(pair, into: pieces.add(joined), isNew: isNew)
            choice.update(merger, merged: pair)
            merges += 1
            if merges % 256 == 0 {
                try Cancellation.check()
                onProgress(.merging(pieces: configuration.size - pieces.room))
            }
        }
    }

    /// The words as characters; those that are no pieces are left out of them, and terms are left out whole.
    private func spell(
        _ words: CountedWords, _ alphabet: Alphabet, _ pieces: PieceList
    ) throws(Failure) -> LearningWords {
        var ids = ScalarTable(UInt64.max)
        for scalar in alphabet.characters {
            let first = pieces.id(PieceList.character(scalar, continuing: false)) ?? LearningWords.end
            let later = pieces.id(PieceList.character(scalar, continuing: true)) ?? LearningWords.end
            ids[scalar] = PairTable.key(first, later)
        }
        let terms = Set(configuration.glossary?.words ?? [])
        let bytes = words.bytes.span
        return try LearningWords(words) { (range, symbols) throws(Failure) in
            if !terms.isEmpty, terms.contains(Array(words.bytes[range])) { return 0 }
            var (position, count) = (range.lowerBound, 0)
            while position < range.upperBound {
                let (scalar, next) = UTF8Decoding.next(bytes, at: position, end: range.upperBound)
                let pair = ids[scalar]
                let id = Int32(truncatingIfNeeded: position == range.lowerBound ? pair >> 32 : pair)
                if id != LearningWords.end {
                    symbols[count] = id
                    count += 1
                }
                position = next
            }
            return count
        }
    }

    /// The words as pieces of the base, by longest match; those it cannot write are left out.
    private func encode(_ words: CountedWords, _ pieces: PieceList) throws(Failure) -> LearningWords {
        let vocabulary = try Vocabulary(pieces: pieces.all.map { String(decoding: $0, as: UTF8.self) })
        let encoder = WordPieceTokenizer(vocabulary: vocabulary, options: configuration.options).makeEncoder()
        var ids: [Int32] = []
        return try LearningWords(words) { (range, symbols) throws(Failure) in
            ids.removeAll(keepingCapacity: true)
            encoder.encode(words.bytes, range, into: &ids)
            // No word has more pieces than bytes, so what is longer was cut in another way.
            guard !ids.contains(vocabulary.unknownID), ids.count <= range.count else { return 0 }
            for (index, id) in ids.enumerated() { symbols[index] = id }
            return ids.count
        }
    }

    // MARK: From words down

    private func cut(
        _ words: inout CountedWords, _ alphabet: Alphabet, _ pieces: inout PieceList,
        _ onProgress: (VocabularyTrainer.Stage) -> Void
    ) throws(Failure) {
        let (learning, characters) = try spellScalars(words, alphabet)
        let extremes = words.extremes ?? 1...1
        words = CountedWords()
        for scalar in characters { _ = pieces.add(PieceList.character(scalar, continuing: false)) }
        addTerms(to: &pieces)
        let later = characters.count { pieces.id(PieceList.character($0, continuing: true)) == nil }
        try checkRoom(pieces, less: later)
        let known = PieceNodes((base ?? []) + (configuration.glossary?.words ?? []))
        let learner = TopDownLearner(learning, minimum: Int64(minimum), extremes: extremes, known: known)
        let room = pieces.room - later
        let (done, size) = (configuration.size - room, base == nil ? configuration.size : room)
        let found = try learner.search(
            room: room, slack: size / 20, characters: characters
        ) { (count) throws(Failure) in
            onProgress(.merging(pieces: min(configuration.size, done + count)))
        }
        for piece in found { _ = pieces.add(piece) }
    }

    /// The words as scalar values, and the characters in them.
    ///
    /// Long words and those with characters that are no pieces are left out.
    private func spellScalars(
        _ words: CountedWords, _ alphabet: Alphabet
    ) throws(Failure) -> (words: LearningWords, characters: [UInt32]) {
        var isAllowed = ScalarTable(false)
        for scalar in alphabet.characters { isAllowed[scalar] = true }
        var isThere = ScalarTable(false)
        for scalar in configuration.initialAlphabet.unicodeScalars { isThere[scalar.value] = true }
        let bytes = words.bytes.span
        let learning = try LearningWords(words) { (range, symbols) throws(Failure) in
            if Alphabet.length(bytes, range) > TopDownLearner.longestWord { return 0 }
            var (position, count) = (range.lowerBound, 0)
            while position < range.upperBound {
                let (scalar, next) = UTF8Decoding.next(bytes, at: position, end: range.upperBound)
                guard isAllowed[scalar] else { return 0 }
                symbols[count] = Int32(bitPattern: scalar)
                count += 1
                position = next
            }
            for index in 0..<count { isThere[UInt32(bitPattern: symbols[index])] = true }
            return count
        }
        return (learning, alphabet.characters.filter { isThere[$0] })
    }
}
