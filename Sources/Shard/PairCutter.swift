internal import Streaming

/// Pairs of segments, as BERT's published data preparation makes them (Devlin et al.
///
/// 2019, appendix A.2).
///
/// Sentences are gathered until the target length is reached or the document ends. A is a random number of the first
/// of them. NSP: half of the time (and always when there is one sentence only) B is a run of sentences from a random
/// place of another document, and the sentences that were to be B go back; else B is the rest. SOP: B is the rest,
/// and half of the time the two are swapped. The target length is drawn for every instance.
///
/// What does not fit opens the next instance, so that every token of a document is in one instance of a round; or, as
/// published, it is dropped. The label is always true: where no other document is at hand, B is the rest; a single
/// sentence is then halved. A single sentence of one token cannot be halved and gives no instance.
struct PairCutter: InstanceCutter {
    let input: CutterInput
    /// Next-sentence prediction; else sentence order.
    let isNextSentence: Bool

    private var width: Int { input.spool.width }
    private var limit: Int { input.limit(runs: 2) }

    func cut(round: Int, into drafts: inout DraftList) {
        for position in input.members.indices where round < input.rounds(position) {
            cut(position, round: round, into: &drafts)
        }
    }

    private func cut(_ position: Int, round: Int, into drafts: inout DraftList) {
        var draws = input.draws(position, round: round)
        var cursor = SentenceCursor(input.spool, input.document(position))
        while !cursor.isAtEnd {
            let target = input.targetLength(limit: limit, &draws)
            let gathered = cursor.gather(target: target)
            let aSentences = gathered >= 2 ? 1 + draws.below(gathered - 1) : gathered
            let a = cursor.bytes(of: 0..<aSentences)
            let isSingle = aSentences == gathered
            let probability = input.configuration.randomNextProbability
            if isNextSentence, input.members.count > 1, isSingle || draws.unit() < probability {
                var pair = randomPair(position, a, target: target, &draws)
                let end = fit(&pair, isRandomNext: true, &draws)
                drafts.append([run(position, pair.a), pair.b], isRandomNext: true)
                cursor.advance(to: end ?? a.upperBound)
            } else {
                let all = cursor.bytes(of: 0..<gathered)
                let swaps = !isNextSentence && draws.unit() < probability
                cursor.advance(to: actualPair(position, a, all, swaps: swaps, &draws, into: &drafts))
            }
        }
    }

    /// Two segments: A, whose document is known, and B with its own.
    private struct Pair {
        var a: Range<Int>
        var b: RunBytes
    }

    private func run(_ position: Int, _ bytes: Range<Int>) -> RunBytes {
        RunBytes(document: input.document(position).id, bytes: bytes)
    }

    /// Adds the pair of A and what follows it in `all`; gives where the next instance begins.
    private func actualPair(
        _ position: Int, _ a: Range<Int>, _ all: Range<Int>, swaps: Bool, _ draws: inout Philox,
        into drafts: inout DraftList
    ) -> Int {
        let all = input.configuration.truncation == .carry ? shortened(all, position) : all
        var cut = a.upperBound
        // A single sentence, or an A that fills the whole instance, is halved.
        if cut >= all.upperBound { cut = all.lowerBound + all.count / width / 2 * width }
        guard cut > all.lowerBound else { return all.upperBound }
        var pair = Pair(a: all.lowerBound..<cut, b: run(position, cut..<all.upperBound))
        _ = fit(&pair, isRandomNext: false, &draws)
        let segments = [run(position, pair.a), pair.b]
        drafts.append(swaps ? segments.reversed() : segments, isRandomNext: swaps)
        return all.upperBound
    }

    /// The first tokens that fit; one less where a single token of the document would be left, which gives no pair.
    private func shortened(_ all: Range<Int>, _ position: Int) -> Range<Int> {
        guard all.count > limit * width else { return all }
        let end = all.lowerBound + limit * width
        let document = input.document(position)
        let documentEnd = input.spool.bytesOf(document, from: 0, to: document.sentences).upperBound
        return all.lowerBound..<(documentEnd - end == width ? end - width : end)
    }

    /// A with sentences from a random place of another document.
    private func randomPair(_ position: Int, _ a: Range<Int>, target: Int, _ draws: inout Philox) -> Pair {
        let drawn = draws.below(input.members.count - 1)
        let other = drawn < position ? drawn : drawn + 1
        let document = input.document(other)
        let cursor = SentenceCursor(input.spool, document, from: draws.below(document.sentences))
        let gathered = cursor.gather(target: max(1, target - a.count / width))
        return Pair(a: a, b: run(other, cursor.bytes(of: 0..<gathered)))
    }

    /// Cuts tokens off the longer segment until both fit.
    ///
    /// A is the longer one only when it has more tokens; so none ever becomes empty. With `carry`, A loses tokens at
    /// its end alone; where it then ends is given, so that the next instance begins there.
    private func fit(_ pair: inout Pair, isRandomNext: Bool, _ draws: inout Philox) -> Int? {
        let carries = input.configuration.truncation == .carry
        while (pair.a.count + pair.b.bytes.count) / width > limit {
            let cutsA = pair.a.count > pair.b.bytes.count
            let range = cutsA ? pair.a : pair.b.bytes
            let atFront = cutsA && carries ? false : draws.unit() < 0.5
            let cut =
                atFront
                ? range.lowerBound + width..<range.upperBound : range.lowerBound..<range.upperBound - width
            if cutsA { pair.a = cut } else { pair.b.bytes = cut }
        }
        return carries ? pair.a.upperBound : nil
    }
}
