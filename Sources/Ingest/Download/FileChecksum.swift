internal import CDownload
internal import Streaming

/// A checksum that a publisher gives of a file.
struct FileChecksum: Equatable {
    enum Algorithm: String { case sha1, md5 }

    var algorithm: Algorithm
    /// Hexadecimal, in lower case.
    var digits: String

    /// Nil when `digits` is no digest of that kind.
    init?(_ algorithm: Algorithm, _ digits: String) {
        let lower = digits.lowercased()
        guard lower.utf8.count == (algorithm == .sha1 ? 40 : 32), lower.allSatisfy(\.isHexDigit) else { return nil }
        self.algorithm = algorithm
        self.digits = lower
    }

    /// Whether the file at `path` has this checksum; reads all of it.
    func matches(_ path: String, _ onProgress: (Int) -> Void = { _ in }) throws(Failure) -> Bool {
        guard tdl_load_crypto() == 0, let digest = tdl_digest_begin(algorithm == .sha1 ? "SHA1" : "MD5") else {
            throw Failure(
                .unavailable, "libcrypto cannot be loaded (\(String(cString: tdl_load_error())))",
                remedy: "install it: apt-get install libssl3")
        }
        var output = [UInt8](repeating: 0, count: 64)
        var failure: Failure?
        do {
            let file = try FileBytes(path)
            while let piece = try file.next() {
                try Cancellation.check()
                tdl_digest_update(digest, piece, piece.count)
                onProgress(file.consumed)
            }
        } catch {
            failure = error
        }
        let size = tdl_digest_end(digest, &output)
        if let failure { throw failure }
        return output[..<size].map { Self.hexadecimal($0) }.joined() == digits
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }
}
