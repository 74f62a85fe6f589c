internal import Storage
internal import Streaming

/// The size and the XXH3-128 digest of a source as it is stored: how a changed file is found.
struct SourceFingerprint {
    var bytes = 0
    var digest = ""

    init(_ entry: SourceEntry) throws(Failure) {
        guard !entry.isStandardInput else {
            digest = "stdin"
            return
        }
        let running = Digest()
        for file in entry.files {
            // Names alone are what is recorded of unknown files, and names order the texts of a folder.
            if entry.kind == .unknown || entry.files.count > 1 { running.update(file.name) }
            if entry.kind == .unknown { continue }
            let source = try FileBytes(file.path)
            while let piece = try source.next() {
                try Cancellation.check()
                running.update(piece)
            }
            bytes += source.consumed
        }
        digest = running.value
    }
}
