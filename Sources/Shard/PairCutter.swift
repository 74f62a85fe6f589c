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
/// The label is always true: where no other document is at hand, B is the rest; a single sentence is then halved.
/// A single sentence of one token cannot be halved and gives no instance.
struct PairCutter: InstanceCutter {
    let input: CutterInput
    /// Next-sentence prediction; else sentence order.
    let isNextSentence: Bool

    func cut(_ position: Int, round: Int, into drafts: inout [InstanceDraft]) {
        var draws = input.draws(position, round: round)
        let document = input.document(position)
        var first = 0
        while first < document.sentences {
            let target = input.targetLength(&draws)
            let last = gather(document, from: first, target: target)
            let aEnd = last - first >= 2 ? first + 1 + draws.below(last - first - 1) : last
            let (draft, next) = pair(position, first, aEnd, last, target: target, &draws)
            if var draft {
                draft.truncate(to: input.configuration.tokenLimit, width: input.spool.width, draws: &draws)
                drafts.append(draft)
            }
            first = next
        }
    }

    /// The end of the run of sentences from `first` that reaches `target` tokens.
    private func gather(_ document: SpooledDocuments.Document, from first: Int, target: Int) -> Int {
        var last = first
        var length = 0
        while last < document.sentences, length < target {
            length += input.spool.tokens(document, last)
            last += 1
        }
        return last
    }

    /// The pair made of sentences `first..<last` with A up to `aEnd`, and where the next instance begins.
    private func pair(
        _ position: Int, _ first: Int, _ aEnd: Int, _ last: Int, target: Int, _ draws: inout Philox
    ) -> (InstanceDraft?, next: Int) {
        let document = input.document(position)
        let index = input.members[position]
        let a = input.spool.bytesOf(document, from: first, to: aEnd)
        let isSingle = aEnd == last
        let probability = input.configuration.randomNextProbability
        if isNextSentence, input.members.count > 1, isSingle || draws.unit() < probability {
            let (other, b) = randomNext(position, length: target - a.count / input.spool.width, &draws)
            let draft = InstanceDraft(a: a, b: b, documentA: index, documentB: other, isRandomNext: true)
            return (draft, aEnd)
        }
        let b = input.spool.bytesOf(document, from: aEnd, to: last)
        guard let (a, b) = isSingle ? InstanceDraft.halves(of: a, width: input.spool.width) : (a, b) else {
            return (nil, last)
        }
        let draft = InstanceDraft(a: a, b: b, documentA: index, documentB: index, isRandomNext: false)
        let swaps = !isNextSentence && draws.unit() < probability
        return (swaps ? draft.swapped() : draft, last)
    }

    /// Sentences from a random place of another document, of `length` tokens or to its end.
    private func randomNext(_ position: Int, length: Int, _ draws: inout Philox) -> (document: Int, bytes: Range<Int>) {
        let drawn = draws.below(input.members.count - 1)
        let other = drawn < position ? drawn : drawn + 1
        let document = input.document(other)
        let first = draws.below(document.sentences)
        let last = gather(document, from: first, target: max(1, length))
        return (input.members[other], input.spool.bytesOf(document, from: first, to: last))
    }
}
