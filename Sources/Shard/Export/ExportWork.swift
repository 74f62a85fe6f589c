internal import Streaming

/// The files still to be written: pieces are made on threads and written in order.
struct ExportWork {
    private struct Task: Sendable {
        var file: Int
        var places: Range<Int>
        var isLast: Bool
    }

    let files: [ExportFile]
    let source: ExportSource
    let encoder: any ExportEncoder

    /// - Parameters:
    ///   - done: instances that an earlier run wrote, for the bar.
    ///   - hook: called with the path of each file when it is whole.
    func run(
        jobs: Int, output: String, bar: ProgressMeter, done: Int, hook: (@Sendable (String) throws -> Void)?
    ) throws {
        var tasks = TaskCursor(files)
        var sink: (any ExportSink)?
        var written = done
        let (files, source, encoder) = (files, source, encoder)
        try orderedParallelMap(
            jobs: jobs,
            source: { tasks.next() },
            transform: { task in
                let file = files[task.file]
                let examples = try source.examples(task.places, of: file.split)
                return (task, try encoder.encode(examples, of: file))
            },
            consume: { (task, piece) in
                let path = "\(output)/\(files[task.file].name)"
                let file = try sink ?? open(path, files[task.file])
                sink = file
                try file.write(piece)
                written += piece.count
                bar.update(Double(written))
                guard task.isLast else { return }
                try file.commit()
                sink = nil
                try hook?(path)
            })
    }

    /// The piece of which the instance is a part, `number` counting over all files.
    func piece(containing number: Int) throws -> ExportPiece {
        var number = number
        for file in files {
            guard number >= file.range.count else {
                let first = file.range.lowerBound + number / ExportPlan.pieceInstances * ExportPlan.pieceInstances
                let places = first..<min(first + ExportPlan.pieceInstances, file.range.upperBound)
                return try encoder.encode(source.examples(places, of: file.split), of: file)
            }
            number -= file.range.count
        }
        return ExportPiece(count: 0, parts: [])
    }

    private func open(_ path: String, _ file: ExportFile) throws(Failure) -> any ExportSink {
        if let encoder = encoder as? HDF5Encoder { return try HDF5Sink(path, encoder: encoder, content: file) }
        return try StreamSink(path)
    }

    /// Walks over the pieces of all files without a list of them.
    private struct TaskCursor {
        private let files: [ExportFile]
        private var file = 0
        private var place: Int

        init(_ files: [ExportFile]) {
            self.files = files
            place = files.first?.range.lowerBound ?? 0
        }

        mutating func next() -> Task? {
            guard file < files.count else { return nil }
            let end = files[file].range.upperBound
            let places = place..<min(place + ExportPlan.pieceInstances, end)
            let task = Task(file: file, places: places, isLast: places.upperBound == end)
            place = places.upperBound
            if task.isLast {
                file += 1
                if file < files.count { place = files[file].range.lowerBound }
            }
            return task
        }
    }
}
