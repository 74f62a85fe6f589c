internal import Storage

/// Which piece of the stored file a byte of the XML came from; bytes are counted from where reading began.
struct PieceMap {
    private var pieces: [(offset: Int, point: SeekPoint)] = []
    private let segmentBytes: Int

    /// - Parameter segmentBytes: stored bytes in a segment.
    init(segmentBytes: Int) { self.segmentBytes = segmentBytes }

    /// Enters a piece that begins at byte `offset` of the XML.
    ///
    /// A further part of the piece before it is none of its own, nor is a piece that can only be reached by reading
    /// from the beginning (nil).
    mutating func append(_ point: SeekPoint?, offset: Int) {
        if pieces.isEmpty { pieces.append((offset, point ?? SeekPoint(bit: 0))) }
        guard let point, pieces.last?.point != point else { return }
        pieces.append((offset, point))
    }

    private func piece(at offset: Int) -> (offset: Int, point: SeekPoint) {
        pieces.last { $0.offset <= offset } ?? (0, SeekPoint(bit: 0))
    }

    /// The segment that the byte `offset` of the XML came from.
    func segment(of offset: Int) -> Int { (piece(at: offset).point.bit >> 3) / segmentBytes }

    /// The place before the byte `offset` of the XML.
    func position(_ offset: Int, segment: Int) -> SourcePosition {
        let piece = piece(at: offset)
        return SourcePosition(bit: piece.point.bit, skip: offset - piece.offset, segment: segment)
    }

    /// Forgets the pieces before the byte `offset`.
    mutating func forget(before offset: Int) {
        guard let keep = pieces.lastIndex(where: { $0.offset <= offset }), keep > 0 else { return }
        pieces.removeFirst(keep)
    }
}
