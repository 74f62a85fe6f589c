internal import Storage
public import Streaming

/// Checks of things on disk; each gives the failures it found, none when all is well.
public enum Verification {
    /// Reads every block of a corpus and compares checksums, counts and digests of documents with the index.
    public static func corpus(_ path: String, progress: ProgressMeter.Style) throws -> [Failure] {
        let reader = try CorpusReader(path, requireComplete: false)
        var failures: [Failure] = []
        for source in reader.sources where !source.isComplete {
            failures.append(
                source.state == .damaged
                    ? Failure(
                        .badData, "parts of it could not be read", at: source.uri,
                        remedy: "ingest a sound copy, or run 'tessera ingest --keep-going' to accept the loss")
                    : Failure(
                        .badData, "its ingest has not ended", at: source.uri, remedy: "run 'tessera ingest' again"))
        }
        if try reader.unwiped() > 0 {
            failures.append(
                Failure(
                    .badData, "the text of removed documents has not been overwritten", at: path,
                    remedy: "run 'tessera remove' again"))
        }
        let meter = ProgressMeter("verify", unit: "blocks", total: Double(reader.blocks.count), style: progress)
        var expected: Int64 = 1
        for (number, block) in reader.blocks.enumerated() {
            try Cancellation.check()
            do throws(Failure) {
                let texts = try reader.texts(of: block)
                if block.firstDocument != expected {
                    failures.append(
                        Failure(
                            .badData, "block \(block.id) starts at document \(block.firstDocument), not \(expected)",
                            at: path))
                }
                failures += try reader.mismatches(of: block, texts).map {
                    Failure(.badData, "document \($0) differs from its index", at: path + "/" + block.file)
                }
            } catch {
                failures.append(error)
            }
            expected = block.firstDocument + Int64(block.count)
            meter.update(Double(number + 1))
        }
        meter.finish()
        return try failures + reader.sealProblems()
    }
}
