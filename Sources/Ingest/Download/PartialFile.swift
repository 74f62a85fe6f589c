internal import Foundation
internal import Streaming

/// A file under way: `NAME.partial` with the bytes so far, and `NAME.partial.json` with what they are bytes of.
final class PartialFile {
    /// What the bytes so far are bytes of: the same file must come again for them to be gone on with.
    struct Origin: Codable, Equatable {
        var url: String
        /// The publisher's checksum.
        var checksum: String
        /// The server's entity tag or date, for `If-Range`.
        var validator: String?
        /// Bytes of the whole file, if known.
        var size: Int?
    }

    let path: String
    private(set) var bytes = 0
    private(set) var origin: Origin
    /// Open once there are bytes to keep: a server that has no such file leaves nothing behind.
    private var descriptor: Int32 = -1

    private var partialPath: String { path + ".partial" }
    private var originPath: String { path + ".partial.json" }

    /// Opens what an earlier run left, or begins anew when that was another file.
    init(_ path: String, url: String, checksum: FileChecksum, size: Int?) throws(Failure) {
        self.path = path
        origin = Origin(url: url, checksum: checksum.digits, validator: nil, size: size)
        let partial = path + ".partial"
        guard let earlier = PartialFile.origin(at: path + ".partial.json"), earlier.checksum == origin.checksum,
            Files.exists(partial)
        else { return }
        descriptor = try SystemCall.create(partial) { open(partial, O_RDWR | O_CLOEXEC) }
        bytes = try Files.size(partial)
        origin.validator = earlier.validator
        try SystemCall.check("read", partial) { lseek(descriptor, 0, SEEK_END) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static func origin(at path: String) -> Origin? {
        guard let bytes = try? Files.read(path) else { return nil }
        return try? JSONDecoder().decode(Origin.self, from: Data(bytes))
    }

    /// Throws away what is there.
    func restart() throws(Failure) {
        bytes = 0
        origin.validator = nil
        guard descriptor >= 0 else { return }
        try SystemCall.check("write", partialPath) { ftruncate(descriptor, 0) }
        try SystemCall.check("write", partialPath) { lseek(descriptor, 0, SEEK_SET) }
        try note()
    }

    /// Makes the file, empty also where there are bytes of another one, and notes what it is to hold.
    private func begin() throws(Failure) {
        guard descriptor < 0 else { return }
        let partial = partialPath
        descriptor = try SystemCall.create(partial) {
            open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        }
        try note()
    }

    /// Notes what the server says of the file.
    func note(validator: String?, size: Int?) throws(Failure) {
        guard descriptor < 0 || origin.validator != validator || origin.size != size else { return }
        origin.validator = validator
        origin.size = size ?? origin.size
        if descriptor < 0 { try begin() } else { try note() }
    }

    private func note() throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(origin) else { throw Failure(.bug, "an origin that is not JSON") }
        try Files.write(Array(data), to: originPath)
    }

    func append(_ piece: UnsafeBufferPointer<UInt8>) throws(Failure) {
        try begin()
        var written = 0
        while written < piece.count {
            written += try SystemCall.check("write", partialPath) {
                write(descriptor, piece.baseAddress! + written, piece.count - written)
            }
        }
        bytes += piece.count
    }

    func synchronize() throws(Failure) {
        try begin()
        try SystemCall.check("write", partialPath) { fsync(descriptor) }
    }

    /// Whether the bytes have the publisher's checksum.
    func matches(_ checksum: FileChecksum) throws(Failure) -> Bool { try checksum.matches(partialPath) }

    /// Gives the file its name, unless there is one of that name.
    func commit() throws(Failure) {
        try synchronize()
        // A link never replaces a file; where there are none, the name is looked for first.
        if link(partialPath, path) != 0 {
            guard errno != EEXIST, !Files.exists(path) else { throw PartialFile.exists(path) }
            try Files.rename(partialPath, to: path)
        } else {
            unlink(partialPath)
        }
        unlink(originPath)
    }

    /// Throws away the file and the note.
    func discard() {
        unlink(partialPath)
        unlink(originPath)
    }

    static func exists(_ path: String) -> Failure {
        Failure(
            .cannotCreate, "is there already and is not the file that was asked for", at: path,
            remedy: "move it away, or give another --output")
    }
}
