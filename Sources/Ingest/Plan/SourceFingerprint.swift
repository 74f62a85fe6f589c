internal import Storage
internal import Streaming

/// The XXH3-128 digest of a source as it is stored, by which a changed file is found.
enum SourceFingerprint {
    static func digest(_ entry: SourceEntry) throws(Failure) -> String {
        if entry.isStandardInput { return "stdin" }
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
        }
        return running.value
    }
}
