internal import Streaming

/// What is left of an export will take: disk and time, from a sample of its pieces.
struct ExportForecast {
    /// Pieces made for the sample at most, and the share of all that they are.
    private static let samples = 4
    private static let piecesOfSample = 50
    /// What the pieces of a sample may be smaller than the others, in percent.
    private static let margin = 2
    /// Headers and indices of a file.
    private static let fileBytes = 16 << 10

    let instances: Int
    let files: Int
    private(set) var bytes = 0
    private(set) var seconds = 0.0

    init(_ work: ExportWork, jobs: Int) throws {
        files = work.files.count
        instances = work.files.reduce(0) { $0 + $1.range.count }
        let pieces = instances / ExportPlan.pieceInstances + 1
        let samples = min(ExportForecast.samples, pieces / ExportForecast.piecesOfSample + 1)
        let began = ContinuousClock.now
        var (sampled, made) = (0, 0)
        for sample in 0..<samples where instances > 0 {
            let piece = try work.piece(containing: sample * instances / samples)
            sampled += piece.count
            made += piece.parts.reduce(0) { $0 + $1.count }
        }
        let scale = Double(instances) / Double(max(1, sampled))
        bytes = Int(Double(made) * scale) / 100 * (100 + ExportForecast.margin) + files * ExportForecast.fileBytes
        seconds = (ContinuousClock.now - began) / .seconds(1) * scale / Double(max(1, jobs))
    }

    /// The line told before the start.
    var text: String {
        "\(instances) instances in \(files) files; about \(Amount.time(seconds)), \(Amount.bytes(bytes)) of disk"
    }

    /// Refuses to begin what the disk cannot hold.
    /// - Parameter free: bytes that can be written in `directory`.
    func check(free: Int, at directory: String) throws(Failure) {
        try Amount.check(needed: bytes, free: free, at: directory)
    }
}
