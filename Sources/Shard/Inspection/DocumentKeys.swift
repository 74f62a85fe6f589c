/// A set of documents of several corpora, one bit for each up to the largest: a million documents take 125 kB.
struct DocumentKeys: Sendable {
    /// By corpus.
    private(set) var sets: [Int: DocumentSet] = [:]

    mutating func insert(_ key: Int64) {
        sets[DocumentKey.corpus(key), default: DocumentSet()].insert(DocumentKey.document(key))
    }

    mutating func formUnion(_ other: DocumentKeys) {
        for (corpus, set) in other.sets { sets[corpus, default: DocumentSet()].formUnion(set) }
    }

    var count: Int { sets.values.reduce(0) { $0 + $1.count } }
}
