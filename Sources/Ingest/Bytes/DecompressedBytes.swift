internal import Streaming

/// One step of a decompression library, and nothing else of it.
protocol StreamDecoder: AnyObject {
    /// The format's name in failures, as in `bzip2`.
    static var format: String { get }
    /// Makes ready for the next of several concatenated streams.
    func begin() throws(Failure)
    /// Decodes from `input` to `output`, as much as either allows.
    func decode(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecoderStep
}

extension StreamDecoder {
    /// Decodes `input` from byte `start` on to `output` from byte `filled` on.
    func decode(_ input: [UInt8], from start: Int, into output: inout [UInt8], from filled: Int) -> DecoderStep {
        input.withUnsafeBytes { input in
            output.withUnsafeMutableBytes { output in
                decode(
                    UnsafeRawBufferPointer(rebasing: input[start...]),
                    UnsafeMutableRawBufferPointer(rebasing: output[filled...]))
            }
        }
    }
}

/// What one call of a decompression library did.
struct DecoderStep {
    var consumed: Int
    var produced: Int
    /// Whether a stream ended here; another may follow.
    var endsStream = false
    /// The library's complaint; nothing more can be decoded.
    var error: String?
    /// Whether the complaint is that this is not the beginning of a stream at all.
    var isForeign = false
}

/// The decompressed bytes of one or several concatenated streams.
///
/// Damage is a failure that names the byte of the compressed file: data that does not decode, an end inside a stream,
/// and anything after the last stream that is not another one.
final class DecompressedBytes<Decoder: StreamDecoder>: ByteSource {
    private let stored: any ByteSource
    private let decoder: Decoder
    private var input: [UInt8] = []
    private var position = 0
    private var storedEnded = false
    private var betweenStreams = true
    private var streams = 0
    private var streamStart = 0
    /// Compressed bytes decoded so far: where damage is.
    private var offset = 0
    /// Damage behind what was given last.
    private var failure: Failure?

    init(_ stored: any ByteSource, decoder: Decoder) {
        self.stored = stored
        self.decoder = decoder
    }

    var path: String { stored.path }
    var consumed: Int { offset }

    func next() throws(Failure) -> [UInt8]? {
        if let failure { throw failure }
        var output = [UInt8](repeating: 0, count: ByteSourceSize.piece)
        var filled = 0
        do throws(Failure) {
            while filled < output.count, try step(into: &output, &filled) {}
        } catch {
            // What was decoded before the damage is sound.
            guard error.code == .badData, filled > 0 else { throw error }
            failure = error
        }
        output.removeLast(output.count - filled)
        return output.isEmpty ? nil : output
    }

    /// Decodes a part; false at the end.
    private func step(into output: inout [UInt8], _ filled: inout Int) throws(Failure) -> Bool {
        if position == input.count { try refill() }
        if betweenStreams {
            if storedEnded { return false }
            try decoder.begin()
            betweenStreams = false
            streams += 1
            streamStart = offset
        }
        let step = decoder.decode(input, from: position, into: &output, from: filled)
        position += step.consumed
        offset += step.consumed
        filled += step.produced
        try check(step)
        betweenStreams = step.endsStream
        return true
    }

    private func refill() throws(Failure) {
        guard !storedEnded else { return }
        position = 0
        input = []
        if let piece = try stored.next() { input = piece } else { storedEnded = true }
    }

    private func check(_ step: DecoderStep) throws(Failure) {
        if let error = step.error {
            let follows = step.isForeign && streams > 1
            throw Failure(
                .badData,
                follows
                    ? "something that is no \(Decoder.format) data follows the compressed data"
                    : "the \(Decoder.format) data is damaged (\(error))",
                at: "\(path): byte \(follows ? streamStart : offset)", remedy: "restore the file from where it came")
        }
        if storedEnded, !step.endsStream, step.produced == 0, position == input.count {
            throw Failure(
                .badData, "the \(Decoder.format) data ends too early: the file was cut short",
                at: "\(path): byte \(offset)", remedy: "fetch the file again")
        }
    }
}
