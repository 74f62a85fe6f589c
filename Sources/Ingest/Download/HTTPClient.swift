internal import CDownload
internal import Streaming

/// Fetches over HTTP with libcurl, which is loaded when the first client is made.
final class HTTPClient {
    /// A transfer that came to no end.
    struct TransferError: Error {
        /// libcurl's number.
        var code: Int32
        var message: String

        /// Whether another try can succeed: names, connections and transfers that fail; not certificates.
        var isTemporary: Bool { [5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 92, 95].contains(code) }
    }

    private let userAgent: String
    private let stallSeconds: Int

    init(userAgent: String, stallSeconds: Int = 60) throws(Failure) {
        self.userAgent = userAgent
        self.stallSeconds = stallSeconds
        guard tdl_load_curl() == 0 else {
            throw Failure(
                .unavailable, "libcurl cannot be loaded (\(String(cString: tdl_load_error())))",
                remedy: "install it: apt-get install libcurl4 ca-certificates")
        }
    }

    /// What one transfer hands on.
    private final class Transfer {
        var reply = HTTPReply()
        var failure: Failure?
        let onBody: (HTTPReply, UnsafeBufferPointer<UInt8>) throws(Failure) -> Void

        init(_ onBody: @escaping (HTTPReply, UnsafeBufferPointer<UInt8>) throws(Failure) -> Void) {
            self.onBody = onBody
        }

        static func of(_ context: UnsafeMutableRawPointer) -> Transfer {
            Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        }

        /// Runs `work`; a failure is kept and ends the transfer.
        func attempt(_ work: () throws(Failure) -> Void) -> Int32 {
            do {
                try work()
                return 0
            } catch {
                failure = error
                return 1
            }
        }
    }

    /// Fetches `url`; the body goes to `onBody` piece by piece with what the headers said.
    /// - Returns: the answer's head, whatever its status.
    func get(
        _ url: String, headers: [String] = [],
        onBody: @escaping (HTTPReply, UnsafeBufferPointer<UInt8>) throws(Failure) -> Void
    ) throws -> HTTPReply {
        let transfer = Transfer(onBody)
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        let code = HTTPClient.withCStrings(headers) { headers in
            tdl_get(
                url, userAgent, headers, stallSeconds, context,
                { context, bytes, count in
                    Transfer.of(context).reply.take(line: UnsafeBufferPointer(start: bytes, count: count))
                    return 0
                },
                { context, bytes, count in
                    let transfer = Transfer.of(context)
                    return transfer.attempt { () throws(Failure) in
                        try transfer.onBody(transfer.reply, UnsafeBufferPointer(start: bytes, count: count))
                    }
                },
                { context, _, _ in
                    Transfer.of(context).attempt { () throws(Failure) in try Cancellation.check() }
                })
        }
        if let failure = transfer.failure { throw failure }
        guard code == 0 else { throw TransferError(code: code, message: String(cString: tdl_error_text(code))) }
        return transfer.reply
    }

    /// Calls `body` with the texts as C strings and a null pointer behind them.
    private static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = texts.map { text in
            let bytes = text.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (index, byte) in bytes.enumerated() { copy[index] = byte }
            return copy
        }
        defer { for copy in copies { copy.deallocate() } }
        let pointers = copies.map { UnsafePointer<CChar>?($0) } + [nil]
        return pointers.withUnsafeBufferPointer { pointers in
            guard let base = pointers.baseAddress else { preconditionFailure("no terminator") }
            return body(base)
        }
    }
}
