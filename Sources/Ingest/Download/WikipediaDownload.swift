internal import Foundation
public import Streaming

/// Fetches dumps of Wikipedia: resumed after any interruption, checked against the publisher's checksum, and given
/// their names only when they are right.
///
/// No file of the user's is ever replaced. Memory: a piece of the network's; texts of at most 16 MiB of the server.
public struct WikipediaDownload {
    let options: WikipediaDownloadOptions
    let dump: WikimediaDump
    let client: HTTPClient
    let retry: RetryPolicy
    let onNote: (String) -> Void

    /// - Parameters:
    ///   - options: what to fetch.
    ///   - onNote: hears of tries that failed and the like.
    public init(_ options: WikipediaDownloadOptions, onNote: @escaping (String) -> Void = { _ in }) throws(Failure) {
        self.options = options
        self.onNote = onNote
        dump = try WikimediaDump(mirror: options.mirror, language: options.language)
        guard options.date == "latest" || WikimediaDump.isDate(options.date) else {
            throw Failure(.usage, "'\(options.date)' is no date of a dump", remedy: "give YYYYMMDD, or 'latest'")
        }
        let agent = options.userAgent.isEmpty ? "tessera/\(ProgramVersion.current) (corpus builder)" : options.userAgent
        client = try HTTPClient(userAgent: agent)
        retry = RetryPolicy(attempts: max(1, options.attempts), firstDelay: max(0, options.retryDelay))
    }

    /// Brings the files into `output`.
    public func run(into output: String, progress: ProgressMeter.Style) throws(Failure) -> WikipediaDownloadSummary {
        let began = Date()
        try Files.createDirectory(output)
        let lock = try DirectoryLock(output)
        let (date, wanted) = try plan()
        let missing = wanted.filter { !Files.exists("\(output)/\($0.name)") }
        try DiskSpace.check(
            missing.reduce(0) { $0 + ($1.size ?? 0) - WikipediaDownload.partialBytes("\(output)/\($1.name)") },
            for: "\(output)/\(wanted[0].name)")
        var files: [WikipediaDownloadSummary.File] = []
        for file in wanted { files.append(try fetch(file, date, output, progress)) }
        _ = lock
        return WikipediaDownloadSummary(
            date: date, files: files, bytes: files.reduce(0) { $0 + $1.bytes },
            seconds: Date().timeIntervalSince(began),
            version: ProgramVersion.current, output: output)
    }

    private static func partialBytes(_ path: String) -> Int { (try? Files.size(path + ".partial")) ?? 0 }

    private func fetch(
        _ wanted: Wanted, _ date: String, _ output: String, _ progress: ProgressMeter.Style
    ) throws(Failure) -> WikipediaDownloadSummary.File {
        let path = "\(output)/\(wanted.name)"
        func summary(_ resumed: Int) throws(Failure) -> WikipediaDownloadSummary.File {
            let size = try Files.size(path)
            return .init(
                path: path, bytes: size,
                checksum: "\(wanted.checksum.algorithm.rawValue):\(wanted.checksum.digits)",
                resumedFrom: min(resumed, size))
        }
        if Files.exists(path) {
            guard try wanted.checksum.matches(path) else { throw PartialFile.exists(path) }
            return try summary(.max)
        }
        let url = dump.address(date, wanted.name)
        let file = try PartialFile(path, url: url, checksum: wanted.checksum, size: wanted.size)
        let meter = ProgressMeter(
            "download", unit: "bytes", total: Double(wanted.size ?? 0), done: Double(file.bytes), style: progress)
        let transfer = FileTransfer(
            client: client, retry: retry, onProgress: { meter.update(Double($0), note: wanted.name) }, onNote: onNote)
        let kept = try transfer.fetch(url, into: file)
        meter.finish()
        try file.synchronize()
        guard try file.matches(wanted.checksum) else {
            file.discard()
            throw Failure(
                .badData, "what came has another \(wanted.checksum.algorithm.rawValue) than the server publishes",
                at: url,
                remedy: "it was thrown away: run the same command again, or give another --mirror")
        }
        try file.commit()
        return try summary(kept)
    }

    static func refused(_ status: Int, _ url: String) -> Failure {
        switch status {
        case 404, 410:
            Failure(.noInput, "not found on the server", at: url, remedy: "see 'tessera download wikipedia --list'")
        case 401, 403:
            Failure(
                .unavailable, "the server refuses this client (\(status))", at: url,
                remedy: "say who you are, as Wikimedia asks: --user-agent 'name (address@example.org)'")
        default: Failure(.unavailable, "the server answers \(status)", at: url, remedy: "give another --mirror")
        }
    }
}
