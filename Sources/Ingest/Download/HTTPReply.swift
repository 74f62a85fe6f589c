/// The status line and the headers of an answer, of the last one when it was redirected.
struct HTTPReply {
    private(set) var status = 0
    /// By name in lower case; a name that comes twice keeps its last value.
    private(set) var headers: [String: String] = [:]

    /// Takes a line as it came.
    mutating func take(line bytes: UnsafeBufferPointer<UInt8>) {
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = [:]
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        headers[line[..<colon].lowercased()] = String(value.prefix { !$0.isNewline })
    }

    /// Bytes of the body, if it says.
    var contentLength: Int? { headers["content-length"].flatMap { Int($0) } }

    /// Where the part that a 206 carries begins and how large the whole is.
    var contentRange: (start: Int, total: Int?)? {
        // bytes 100-199/200, the total may be *.
        guard let text = headers["content-range"], let space = text.firstIndex(of: " ") else { return nil }
        let parts = text[text.index(after: space)...].split(separator: "/")
        guard parts.count == 2, let start = parts[0].split(separator: "-").first.flatMap({ Int($0) }) else {
            return nil
        }
        return (start, Int(parts[1]))
    }

    /// What `If-Range` may carry: a strong entity tag, else the date of the last change.
    var validator: String? {
        if let tag = headers["etag"], tag.hasPrefix("\"") { return tag }
        return headers["last-modified"]
    }

    /// Seconds the server asks to wait.
    var retryAfter: Double? { headers["retry-after"].flatMap { Double($0) } }
}
