internal import Foundation
internal import Streaming

/// Brings one file whole: goes on where an earlier run or try ended, and tries again when the network fails.
///
/// Bytes are gone on with only when the server says that the file is still the same (`If-Range`) and answers with the
/// part asked for; a server that sends the whole file again is taken at its word and the file begins anew.
struct FileTransfer {
    let client: HTTPClient
    let retry: RetryPolicy
    let onProgress: (Int) -> Void
    let onNote: (String) -> Void

    /// Fetches `url` into `file` until it is whole.
    /// - Returns: bytes that had not to be fetched, because an earlier run had them.
    func fetch(_ url: String, into file: PartialFile) throws(Failure) -> Int {
        let before = file.bytes
        var kept = before
        var attempt = 0
        while true {
            let start = file.bytes
            let outcome = try fetchOnce(url, into: file)
            if file.bytes < before { kept = 0 }
            switch outcome {
            case .whole: return min(kept, file.bytes)
            case .again(let reason, let asked):
                attempt = file.bytes > start ? 1 : attempt + 1
                guard attempt < retry.attempts else {
                    throw Failure(
                        .tryAgain, "cannot be fetched: \(reason)", at: url,
                        remedy: "try again later; the same command goes on at byte \(file.bytes)")
                }
                let delay = retry.delay(attempt: attempt, asked: asked)
                onNote("\(reason); trying again in \(String(format: "%.1f", delay)) s from byte \(file.bytes)")
                try RetryPolicy.wait(delay)
            }
        }
    }

    private enum Outcome {
        case whole
        case again(reason: String, asked: Double?)
    }

    private func fetchOnce(_ url: String, into file: PartialFile) throws(Failure) -> Outcome {
        if let size = file.origin.size, file.bytes == size { return .whole }
        if let size = file.origin.size, file.bytes > size { try file.restart() }
        var headers: [String] = []
        if file.bytes > 0 {
            headers.append("Range: bytes=\(file.bytes)-")
            if let validator = file.origin.validator { headers.append("If-Range: \(validator)") }
        }
        var hasBegun = false
        do {
            let reply = try client.get(url, headers: headers) { reply, piece throws(Failure) in
                guard reply.status == 200 || reply.status == 206 else { return }
                if !hasBegun { try begin(reply, file) }
                hasBegun = true
                try file.append(piece)
                onProgress(file.bytes)
            }
            return try judge(reply, url, file, hasBegun: hasBegun)
        } catch let failure as Failure {
            throw failure
        } catch let error as HTTPClient.TransferError where error.isTemporary {
            return .again(reason: error.message.lowercased(), asked: nil)
        } catch {
            let message = (error as? HTTPClient.TransferError)?.message ?? "\(error)"
            throw Failure(
                .unavailable, "cannot be fetched: \(message)", at: url,
                remedy: "check --mirror, the network's settings and that ca-certificates is installed")
        }
    }

    /// Makes the file ready for a body.
    private func begin(_ reply: HTTPReply, _ file: PartialFile) throws(Failure) {
        if reply.status == 206 {
            guard let range = reply.contentRange, range.start == file.bytes else {
                throw Failure(
                    .badData, "the server sends another part of the file than was asked for", at: file.path,
                    remedy: "remove the .partial file, or give another --mirror")
            }
            try file.note(validator: reply.validator ?? file.origin.validator, size: range.total ?? file.origin.size)
        } else {
            if file.bytes > 0 {
                onNote("the server begins the file anew")
                try file.restart()
            }
            try file.note(validator: reply.validator, size: reply.contentLength ?? file.origin.size)
        }
        let needed = (file.origin.size ?? 0) - file.bytes
        try DiskSpace.check(needed, for: file.path)
    }

    private func judge(
        _ reply: HTTPReply, _ url: String, _ file: PartialFile, hasBegun: Bool
    ) throws(Failure) -> Outcome {
        switch reply.status {
        case 200, 206:
            guard let size = file.origin.size, file.bytes < size else { return .whole }
            return .again(reason: "the transfer ended at byte \(file.bytes) of \(size)", asked: nil)
        case 416:
            // Nothing comes after what is there: it is whole, or it is something else.
            if let total = reply.headers["content-range"]?.split(separator: "/").last.flatMap({ Int($0) }),
                total == file.bytes
            {
                return .whole
            }
            try file.restart()
            return .again(reason: "the server has another file by now", asked: 0)
        case let status where RetryPolicy.isTemporary(status):
            return .again(reason: "the server answers \(status)", asked: reply.retryAfter)
        default: throw WikipediaDownload.refused(reply.status, url)
        }
    }
}

/// Room on the disk.
enum DiskSpace {
    /// Fails when fewer than `bytes` are free where `path` is to lie.
    static func check(_ bytes: Int, for path: String) throws(Failure) {
        let folder = Files.parent(of: path)
        var info = statvfs()
        guard bytes > 0, statvfs(folder.isEmpty ? "." : folder, &info) == 0 else { return }
        let free = Int(
            clamping: UInt64(info.f_bavail).multipliedReportingOverflow(by: UInt64(info.f_frsize)).partialValue)
        guard free < bytes else { return }
        throw Failure(
            .inputOutput, "needs \(bytes >> 20) MiB and there are \(free >> 20) MiB free", at: path,
            remedy: "free some space, or give another --output")
    }
}
