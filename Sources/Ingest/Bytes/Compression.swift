internal import Streaming

/// How a file is compressed: told by its first bytes; its name is only a hint.
enum Compression: CaseIterable {
    case none, bzip2, gzip, zstandard

    /// By the first bytes of the file.
    init(magic bytes: [UInt8]) {
        func begins(_ magic: [UInt8]) -> Bool { bytes.starts(with: magic) }
        if bytes.count >= 4, begins([0x42, 0x5A, 0x68]), (0x31...0x39).contains(bytes[3]) {
            self = .bzip2
        } else if begins([0x1F, 0x8B]) {
            self = .gzip
        } else if begins([0x28, 0xB5, 0x2F, 0xFD]) || Compression.beginsSkippableFrame(bytes) {
            self = .zstandard
        } else {
            self = .none
        }
    }

    private static func beginsSkippableFrame(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && bytes[0] & 0xF0 == 0x50 && bytes[1...3].elementsEqual([0x2A, 0x4D, 0x18])
    }

    /// By the last part of the name, none when it says nothing.
    init(name: String) {
        self = Compression.allCases.first { $0 != .none && name.lowercased().hasSuffix($0.suffix) } ?? .none
    }

    var suffix: String {
        switch self {
        case .none: ""
        case .bzip2: ".bz2"
        case .gzip: ".gz"
        case .zstandard: ".zst"
        }
    }

    /// `name` without the suffix of its compression.
    static func stripped(_ name: String) -> String { String(name.dropLast(Compression(name: name).suffix.count)) }

    /// Opens `path` (`-`: standard input), decompresses it, and makes UTF-8 of UTF-16.
    ///
    /// An empty file is a failure.
    /// - Parameters:
    ///   - pieceBytes: stored bytes in a piece, and so the pieces of a file that is not compressed.
    ///   - crew: threads that decode bzip2 block by block; without them it is decoded as it is read.
    static func open(_ path: String, pieceBytes: Int = ByteSourceSize.piece, crew: ThreadCrew? = nil) throws(Failure)
        -> any ByteSource
    {
        let stored = try FileBytes(path, pieceBytes: pieceBytes)
        guard let first = try stored.next() else { throw isEmpty(path) }
        let compression = Compression(magic: first)
        let named = Compression(name: path)
        guard named == .none || compression != .none else {
            throw Failure(
                .badData, "is named \(named.suffix) but does not begin like compressed data", at: path,
                remedy: "fetch the file again, or rename it if it is not compressed")
        }
        return try Utf16Bytes.translated(compression.decoded(PeekedBytes(first: first, rest: stored), crew))
    }

    /// Opens `path` at a place that one of its pieces was found at, or for bzip2 behind any place.
    static func open(
        _ path: String, at point: SeekPoint, isExact: Bool, pieceBytes: Int, crew: ThreadCrew
    ) throws(Failure) -> any ByteSource {
        let head = try FileBytes(path, pieceBytes: 8).next() ?? []
        let base = point.bit >> 3
        switch Compression(magic: head) {
        case .bzip2:
            return Bzip2Bytes(
                try FileBytes(path, from: base), base: base, start: point.bit, anyBlock: !isExact, crew: crew)
        case .none: return try FileBytes(path, from: base, pieceBytes: pieceBytes)
        case .gzip, .zstandard: throw Failure(.bug, "a place in the middle of a stream", at: path)
        }
    }

    private func decoded(_ stored: any ByteSource, _ crew: ThreadCrew?) throws(Failure) -> any ByteSource {
        switch self {
        case .none: return stored
        case .bzip2:
            if let crew { return Bzip2Bytes(stored, crew: crew) }
            return DecompressedBytes(stored, decoder: Bzip2Decoder())
        case .gzip: return DecompressedBytes(stored, decoder: GzipDecoder())
        case .zstandard: return DecompressedBytes(stored, decoder: try ZstandardDecoder())
        }
    }

    static func isEmpty(_ path: String) -> Failure {
        Failure(.badData, "is empty", at: path, remedy: "fetch the file again, or leave it out")
    }
}
