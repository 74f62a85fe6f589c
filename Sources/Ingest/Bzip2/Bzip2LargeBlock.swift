internal import Streaming

/// A block that decodes to more than is kept whole, decoded again piece by piece.
struct Bzip2LargeBlock {
    private let stream: [UInt8]
    private let decoder = Bzip2Decoder()
    private let place: String
    private var position = 0
    private var ended = false

    init(_ block: Bzip2Block, path: String) throws(Failure) {
        stream = block.stream
        place = "\(path): byte \(block.start >> 3)"
        try decoder.begin()
    }

    /// The next MiB, nil at the end.
    mutating func next() throws(Failure) -> [UInt8]? {
        guard !ended else { return nil }
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var filled = 0
        while filled < piece.count, !ended {
            let step = decoder.decode(stream, from: position, into: &piece, from: filled)
            position += step.consumed
            filled += step.produced
            let isStuck = step.produced == 0 && step.consumed == 0 && !step.endsStream
            ended = step.endsStream || step.error != nil || isStuck
            if step.error != nil || isStuck {
                throw Failure(
                    .badData, "the bzip2 data is damaged (\(step.error ?? "a block ends too early"))", at: place,
                    remedy: "restore the file from where it came")
            }
        }
        piece.removeLast(piece.count - filled)
        return piece.isEmpty ? nil : piece
    }
}
