internal import Storage
internal import Streaming

/// A dump on disk: opens it at its beginning, where an earlier run stopped, or at one of its segments.
struct DumpFile {
    private let path: String
    private let configuration: IngestConfiguration
    private let options: DumpOptions
    private let compression: Compression

    init(_ path: String, _ configuration: IngestConfiguration) throws(Failure) {
        self.path = path
        self.configuration = configuration
        compression = path == "-" ? .none : Compression(magic: try FileBytes(path, pieceBytes: 8).next() ?? [])
        options = DumpOptions(configuration, isCompressed: compression == .bzip2)
    }

    /// Stored bytes in a piece of a file that is not compressed: segments must begin with pieces.
    private var pieceBytes: Int { min(ByteSourceSize.piece, options.segmentBytes) }

    /// Opens the part of the dump that a task is about.
    func open(_ part: SourceTask.Part, _ crew: ThreadCrew) throws(Failure) -> DumpReader {
        switch part {
        case .rest(let progress): return try open(at: progress.position, isOneSegment: false, crew)
        case .restOfSegment(let progress): return try open(at: progress.position, isOneSegment: true, crew)
        case .segment(let segment):
            let point = SeekPoint(bit: 8 * segment * options.segmentBytes)
            let source = try Compression.open(path, at: point, isExact: false, pieceBytes: pieceBytes, crew: crew)
            return DumpReader(source, options, segment: segment, site: try site(crew))
        }
    }

    private func open(at position: SourcePosition?, isOneSegment: Bool, _ crew: ThreadCrew) throws(Failure)
        -> DumpReader
    {
        guard let position else { return DumpReader(try openWhole(crew), options, isOneSegment: isOneSegment) }
        let source =
            position.bit == 0
            ? try openWhole(crew)
            : try Compression.open(
                path, at: SeekPoint(bit: position.bit), isExact: true, pieceBytes: pieceBytes, crew: crew)
        return DumpReader(source, options, from: position, site: try site(crew), isOneSegment: isOneSegment)
    }

    /// The number of segments that can be read apart, 1 when the dump can only be read from its beginning.
    func segments(_ crew: ThreadCrew) throws(Failure) -> Int {
        guard path != "-" else { return 1 }
        let source = try openWhole(crew)
        guard try hasPlaces(source) else { return 1 }
        return max(1, (try Files.size(path) + options.segmentBytes - 1) / options.segmentBytes)
    }

    /// Whether reading can begin at a piece of the source; one that gives nothing is read, and told of, as a whole.
    private func hasPlaces(_ source: any ByteSource) throws(Failure) -> Bool {
        while true {
            do throws(Failure) {
                return try source.next() != nil && source.lastPiece != nil
            } catch {
                guard error.code == .badData else { throw error }
                if !source.recover() { return false }
            }
        }
    }

    private func openWhole(_ crew: ThreadCrew) throws(Failure) -> any ByteSource {
        try Compression.open(path, pieceBytes: pieceBytes, crew: crew)
    }

    /// What the head says; a damaged one says nothing.
    private func site(_ crew: ThreadCrew) throws(Failure) -> SiteInformation {
        let reader = DumpReader(try openWhole(crew), options)
        do throws(Failure) {
            _ = try reader.next()
            return reader.site
        } catch {
            if error.code == .interrupted { throw error }
            return SiteInformation()
        }
    }
}
