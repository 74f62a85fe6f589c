internal import Synchronization
internal import Streaming

/// Takes sorted words to files in a folder and remembers the runs.
///
/// Each counter has one of its own; when runs get many, they are merged to one, so that reading needs few buffers.
final class WordSpill: Sendable {
    private struct State: Sendable {
        var file: SpillFile?
        var runs: [WordRun] = []
        var bytes = 0
    }

    private let state = Mutex(State())
    private let folder: String
    private let name: String
    private let bufferBytes: Int

    /// Most runs that are kept unmerged.
    static let mostRuns = 48

    /// - Parameters:
    ///   - folder: where the files go.
    ///   - name: what their names begin with.
    ///   - bufferBytes: memory for merging.
    init(folder: String, name: String, bufferBytes: Int) {
        self.folder = folder
        self.name = name
        self.bufferBytes = bufferBytes
    }

    /// The runs written.
    var runs: [WordRun] { state.withLock { $0.runs } }

    /// Bytes written in all.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Writes words that are in `WordOrder`.
    func write(_ words: UnsafeBufferPointer<WordSlot>) throws(Failure) {
        try Cancellation.check()
        var (file, runs, bytes) = state.withLock { ($0.file, $0.runs, $0.bytes) }
        let target: SpillFile
        if let file { target = file } else { target = try SpillFile(folder: folder, name: name) }
        file = target
        let before = target.count
        var writer = WordRunWriter(target, bufferBytes: min(1 << 18, max(1 << 12, bufferBytes / 4)))
        for index in words.indices {
            let slot = words.baseAddress! + index
            try writer.add(
                WordSlot.bytes(at: slot), slot.pointee.length, hash: slot.pointee.key.hash, count: slot.pointee.count)
        }
        runs.append(try writer.finish())
        bytes += target.count - before
        if runs.count >= WordSpill.mostRuns {
            let merged = try merge(runs)
            (file, runs) = (merged.file, [merged.run])
            bytes += merged.file.count
        }
        state.withLock { $0 = State(file: file, runs: runs, bytes: bytes) }
    }

    private func merge(_ runs: [WordRun]) throws(Failure) -> (file: SpillFile, run: WordRun) {
        let file = try SpillFile(folder: folder, name: name)
        var writer = WordRunWriter(file, bufferBytes: min(1 << 18, max(1 << 12, bufferBytes / 4)))
        var merge = try WordMerge(runs, part: nil, bufferBytes: bufferBytes)
        while try merge.next({ (bytes, length, hash, count) throws(Failure) in
            try writer.add(bytes, length, hash: hash, count: count)
        }) {}
        return (file, try writer.finish())
    }
}
