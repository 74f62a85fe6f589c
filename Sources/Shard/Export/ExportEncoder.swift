internal import Streaming

/// A piece of a file, made on any thread.
struct ExportPiece: Sendable {
    /// Instances in it.
    var count: Int
    /// A stream of bytes; with HDF5 one zlib stream for each dataset.
    var parts: [[UInt8]]
}

/// Turns examples into the bytes of a format.
protocol ExportEncoder: Sendable {
    /// - Parameter file: the file that the piece is a part of.
    func encode(_ examples: [ExportedExample], of file: ExportFile) throws(Failure) -> ExportPiece
}

/// A file under construction that takes pieces in order.
protocol ExportSink {
    func write(_ piece: ExportPiece) throws(Failure)
    /// Makes the file durable under its name.
    func commit() throws(Failure)
}

/// A file that is its pieces, one after the other.
struct StreamSink: ExportSink {
    private let file: AtomicFile

    init(_ path: String) throws(Failure) { file = try AtomicFile(path) }

    func write(_ piece: ExportPiece) throws(Failure) {
        for part in piece.parts { try file.write(part) }
    }

    func commit() throws(Failure) { try file.commit() }
}
