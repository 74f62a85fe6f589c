internal import Storage
internal import Streaming
internal import Tokenize

/// The seal of a finished set of shards: digests of its index and its tokenizer.
struct ShardSeal {
    static let fileName = FolderSeal.fileName

    private let seal: FolderSeal

    init(_ directory: String) {
        seal = FolderSeal(
            directory, names: [ShardSchema.fileName] + WordPieceTokenizer.fileNames,
            commands: "'tessera shard' or 'tessera remove'")
    }

    func lift() throws(Failure) { try seal.lift() }
    func set() throws(Failure) { try seal.set() }
    func problems() throws(Failure) -> [Failure] { try seal.problems() }
}
