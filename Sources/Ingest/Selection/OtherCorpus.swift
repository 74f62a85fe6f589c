internal import Storage
internal import Streaming

/// Another corpus, whose documents are left out.
struct OtherCorpus {
    let path: String
    let reader: CorpusReader
    /// The digest of its texts.
    let digest: String

    /// The corpora that a configuration names.
    static func all(_ configuration: IngestConfiguration) throws(Failure) -> [OtherCorpus] {
        var others: [OtherCorpus] = []
        for path in configuration.selection.against { others.append(try OtherCorpus(path)) }
        return others
    }

    private init(_ path: String) throws(Failure) {
        self.path = path
        reader = try CorpusReader(path)
        let digest = Digest()
        for block in reader.blocks { digest.update(block.checksum) }
        self.digest = digest.value
    }
}
