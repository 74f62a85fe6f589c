internal import Streaming

/// Runs of whole sentences of one document, for masked words alone (Liu et al.
///
/// 2019, §4.2, DOC-SENTENCES).
///
/// As many sentences are taken as fit into the target length; one that is longer by itself is cut into pieces, so that
/// no token is lost. Documents are not joined: batches are ragged, a short instance costs no padding.
struct SentenceRunCutter: InstanceCutter {
    let input: CutterInput

    func cut(_ position: Int, round: Int, into drafts: inout [InstanceDraft]) {
        var draws = input.draws(position, round: round)
        let document = input.document(position)
        let end = input.spool.bytesOf(document, from: 0, to: document.sentences).upperBound
        var start = input.spool.bytesOf(document, from: 0, to: document.sentences).lowerBound
        var sentence = 0
        while start < end {
            let target = input.targetLength(&draws) * input.spool.width
            var stop = start
            while sentence < document.sentences {
                let sentenceEnd = input.spool.bytesOf(document, from: sentence, to: sentence + 1).upperBound
                if sentenceEnd - start > target { break }
                stop = sentenceEnd
                sentence += 1
            }
            if stop == start { stop = start + target }
            let index = input.members[position]
            drafts.append(
                InstanceDraft(a: start..<stop, b: stop..<stop, documentA: index, documentB: index, isRandomNext: false))
            start = stop
        }
    }
}
