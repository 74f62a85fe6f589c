/// A place between two items of a source from which reading can go on.
public struct SourcePosition: Sendable, Equatable, Codable {
    /// Bits of the stored file before the piece to open: a whole number of bytes, but in bzip2.
    public var bit: Int
    /// Decompressed bytes of that piece to pass over.
    public var skip: Int
    /// The segment of the stored file whose items come next.
    public var segment: Int

    /// Creates a position.
    public init(bit: Int, skip: Int, segment: Int) {
        self.bit = bit
        self.skip = skip
        self.segment = segment
    }
}
