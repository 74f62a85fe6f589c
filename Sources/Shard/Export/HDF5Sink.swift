internal import CHDF5
internal import Foundation
internal import Streaming

/// An HDF5 file under construction as `path.partial`, through libhdf5.
///
/// Used from one thread: libhdf5 is not safe for more. Memory: the library's own index of chunks, some 50 bytes each.
final class HDF5Sink: ExportSink {
    private let path: String
    private let columns: [HDF5Column]
    private var file: Int64
    private var datasets: [Int64] = []
    private var rows = 0

    private var partialPath: String { path + ".partial" }

    /// Opens the library; a failure that names its package when it is not there.
    static func load() throws(Failure) {
        guard thdf_load() == 0 else {
            throw Failure(
                .unavailable, "HDF5 needs libhdf5: \(String(cString: thdf_error_text()))",
                remedy: "install Debian's libhdf5-dev ('make setup' does)")
        }
    }

    /// - Parameters:
    ///   - encoder: names the datasets.
    ///   - content: what will be written, for the sizes.
    init(_ path: String, encoder: HDF5Encoder, content: ExportFile) throws(Failure) {
        try HDF5Sink.load()
        self.path = path
        columns = encoder.columns
        // What the system says of the place is clearer than what the library does.
        let probe = try AtomicFile(path)
        probe.discard()
        file = thdf_create(path + ".partial")
        try check(Int(file))
        for column in columns {
            let dataset = thdf_create_dataset(
                file, column.name, Int64(content.range.count), Int64(column.columns), Int32(column.elementBytes),
                Int64(HDF5Encoder.chunkRows(content)), HDF5Encoder.level)
            try check(Int(dataset))
            datasets.append(dataset)
        }
    }

    deinit { close() }

    func write(_ piece: ExportPiece) throws(Failure) {
        for (dataset, part) in zip(datasets, piece.parts) {
            try check(Int(part.withUnsafeBytes { thdf_write_chunk(dataset, Int64(rows), $0.baseAddress!, $0.count) }))
        }
        rows += piece.count
    }

    func commit() throws(Failure) {
        while let dataset = datasets.popLast() { try check(Int(thdf_close_dataset(dataset))) }
        try check(Int(thdf_close(file)))
        file = -1
        let descriptor = try SystemCall.check("open", partialPath) { open(partialPath, O_RDONLY | O_CLOEXEC) }
        defer { Foundation.close(descriptor) }
        try SystemCall.check("write", path) { fsync(descriptor) }
        try Files.rename(partialPath, to: path)
    }

    private func close() {
        for dataset in datasets { _ = thdf_close_dataset(dataset) }
        if file >= 0 { _ = thdf_close(file) }
    }

    private func check(_ result: Int) throws(Failure) {
        guard result < 0 else { return }
        throw Failure(
            .inputOutput, "libhdf5 cannot write: \(String(cString: thdf_error_text()))", at: partialPath,
            remedy: "free some space and run the same command again; it resumes")
    }
}
