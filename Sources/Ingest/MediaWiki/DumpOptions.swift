/// How a dump is cut.
struct DumpOptions: Sendable {
    var revisions = RevisionChoice.last
    /// Bytes of XML in a page at most: escaping makes twice the text of what has the worst of markup.
    var maxPageBytes = 2 * 16 << 20
    /// Stored bytes in a segment, the unit that ranks share.
    var segmentBytes = 32 << 20

    init() {}

    /// - Parameter isCompressed: whether the stored bytes are of bzip2, which shrinks wikitext to a quarter.
    init(_ configuration: IngestConfiguration, isCompressed: Bool) {
        revisions = configuration.revisions
        maxPageBytes = 2 * configuration.maxPageBytes
        segmentBytes = isCompressed ? max(1, configuration.chunkBytes / 4) : configuration.chunkBytes
        guard !isCompressed, segmentBytes > ByteSourceSize.piece else { return }
        // Whole pieces: who begins at a segment then finds the same pieces as who reads on.
        segmentBytes = (segmentBytes + ByteSourceSize.piece - 1) / ByteSourceSize.piece * ByteSourceSize.piece
    }
}
