internal import Streaming

/// Runs of whole sentences, for masked words alone: RoBERTa, §4.2.
///
/// DOC-SENTENCES: as many sentences of one document are taken as fit into the target length. FULL-SENTENCES: the
/// documents are gone through in random order, and an instance goes on with the next one where there is room, a [SEP]
/// between them. A sentence that is longer than an instance is cut into pieces, so that no token is lost.
struct SentenceRunCutter: InstanceCutter {
    let input: CutterInput

    func cut(round: Int, into drafts: inout DraftList) {
        var order = input.members.indices.filter { round < input.rounds($0) }
        switch input.configuration.packing {
        case .document:
            for position in order {
                var draws = input.draws(position, round: round)
                pack([position], &draws, into: &drafts)
            }
        case .full:
            var draws = Philox(
                seed: input.configuration.seed, purpose: Philox.purpose("packing"), a: UInt64(input.partition),
                b: UInt64(round) << 17 | UInt64(input.sequenceLength) << 1 | input.split.number)
            draws.shuffle(&order)
            pack(order, &draws, into: &drafts)
        }
    }

    /// Packs the sentences of documents, one after the other.
    private func pack(_ positions: [Int], _ draws: inout Philox, into drafts: inout DraftList) {
        let width = input.spool.width
        var runs: [RunBytes] = []
        var room = input.targetLength(limit: input.limit(runs: 1), &draws)
        func close() {
            drafts.append(runs)
            runs.removeAll(keepingCapacity: true)
            room = input.targetLength(limit: input.limit(runs: 1), &draws)
        }
        for position in positions {
            var cursor = SentenceCursor(input.spool, input.document(position))
            // A document after another takes a [SEP] with it.
            if !runs.isEmpty { room -= 1 }
            while !cursor.isAtEnd {
                var bytes = cursor.bytes(of: 0..<1)
                if bytes.count > room * width {
                    guard runs.isEmpty else {
                        close()
                        continue
                    }
                    bytes = bytes.lowerBound..<bytes.lowerBound + room * width
                }
                let id = input.document(position).id
                if let last = runs.last, last.document == id, last.bytes.upperBound == bytes.lowerBound {
                    runs[runs.count - 1].bytes = last.bytes.lowerBound..<bytes.upperBound
                } else {
                    runs.append(RunBytes(document: id, bytes: bytes))
                }
                room -= bytes.count / width
                cursor.advance(to: bytes.upperBound)
            }
        }
        if !runs.isEmpty { drafts.append(runs) }
    }
}
