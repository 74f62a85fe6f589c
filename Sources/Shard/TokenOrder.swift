internal import Storage
internal import Streaming

/// The order in which blocks number tokens: the most frequent one is 0.
///
/// Small numbers make blocks smaller by some seven per cent. The order is fixed when the first partition of a set is
/// built, from the counts in it, and kept from then on.
struct TokenOrder: Sendable, Equatable {
    /// The token id of each rank; a permutation of 0..<vocabulary size.
    let ids: [Int32]
    /// The rank of each token id.
    let ranks: [UInt32]

    /// The order by falling count, equal ones by id.
    init(counts: [Int]) {
        ids = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }.map(Int32.init)
        ranks = TokenOrder.inverse(ids)
    }

    /// The order as it is stored; nil when it is no permutation of 0..<vocabularySize.
    init?(_ bytes: [UInt8], vocabularySize: Int) {
        let width = TokenWidth.bytes(vocabularySize: vocabularySize)
        guard bytes.count == vocabularySize * width else { return nil }
        let ids = (0..<vocabularySize).map { bytes.token(at: $0 * width, width: width) }
        var seen = [Bool](repeating: false, count: vocabularySize)
        for id in ids {
            guard (0..<Int32(vocabularySize)).contains(id), !seen[Int(id)] else { return nil }
            seen[Int(id)] = true
        }
        self.ids = ids
        ranks = TokenOrder.inverse(ids)
    }

    private static func inverse(_ ids: [Int32]) -> [UInt32] {
        var ranks = [UInt32](repeating: 0, count: ids.count)
        for (rank, id) in ids.enumerated() { ranks[Int(id)] = UInt32(rank) }
        return ranks
    }

    /// As it is stored: the ids, little-endian, in as many bytes as a block's tokens.
    var bytes: [UInt8] {
        let width = TokenWidth.bytes(vocabularySize: ids.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * width)
        for id in ids { bytes.append(token: id, width: width) }
        return bytes
    }
}
