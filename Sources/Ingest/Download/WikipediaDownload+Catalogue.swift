internal import Foundation
public import Streaming

/// What the server has.
extension WikipediaDownload {
    /// The dumps the server has, oldest first.
    public func list() throws(Failure) -> [WikipediaDumpEntry] {
        var entries: [WikipediaDumpEntry] = []
        for date in try dates() {
            let status = try status(date)
            let files = options.file.endings.map { status?.file(dump.name(date, $0)) }
            let isDone = files.allSatisfy { $0?.isDone == true }
            let sizes = files.compactMap { $0?.file.size }
            entries.append(
                WikipediaDumpEntry(
                    date: date, status: status == nil ? "unknown" : isDone ? "done" : "not done",
                    bytes: sizes.count == files.count ? sizes.reduce(0, +) : nil))
        }
        return entries
    }

    /// A file to fetch.
    struct Wanted {
        var name: String
        var size: Int?
        var checksum: FileChecksum
    }

    /// The date and the files that were asked for, as the server has them.
    func plan() throws(Failure) -> (date: String, files: [Wanted]) {
        guard options.date == "latest" else { return (options.date, try files(options.date)) }
        let dates = try dates()
        for date in dates.reversed() {
            let status = try status(date)
            let names = options.file.endings.map { dump.name(date, $0) }
            if names.allSatisfy({ status?.file($0)?.isDone == true }) { return (date, try files(date, status)) }
            // A mirror may keep no status; what has a checksum is done.
            guard status == nil else { continue }
            let sums = try publishedChecksums(date)
            if names.allSatisfy({ sums[$0] != nil }) { return (date, try files(date, nil)) }
        }
        throw Failure(
            .noInput, "no dump is done; there are \(dates.joined(separator: ", "))", at: dump.folder,
            remedy: "try again in some days, or give --date")
    }

    private func files(_ date: String) throws(Failure) -> [Wanted] {
        let status = try status(date)
        if status == nil, try text(dump.address(date, "")) == nil { throw try noSuchDate(date) }
        return try files(date, status)
    }

    private func files(_ date: String, _ status: WikimediaDumpStatus?) throws(Failure) -> [Wanted] {
        var sums: [String: FileChecksum]?
        var wanted: [Wanted] = []
        for ending in options.file.endings {
            let name = dump.name(date, ending)
            let known = status?.file(name)
            if let known, !known.isDone {
                throw Failure(
                    .tryAgain, "is still being written", at: dump.address(date, name),
                    remedy: "wait until it is done, or take another date: --list shows them")
            }
            var checksum = known?.file.checksum
            if checksum == nil {
                if sums == nil { sums = try publishedChecksums(date) }
                checksum = sums?[name]
            }
            guard let checksum else {
                throw Failure(
                    .noInput, "the server publishes no checksum of it, so it has no such file or is not to be trusted",
                    at: dump.address(date, name),
                    remedy: "give another --file, --date or --mirror; --list shows the dates")
            }
            wanted.append(Wanted(name: name, size: known?.file.size, checksum: checksum))
        }
        return wanted
    }

    private func publishedChecksums(_ date: String) throws(Failure) -> [String: FileChecksum] {
        var sums: [String: FileChecksum] = [:]
        for algorithm in [FileChecksum.Algorithm.md5, .sha1] {
            let name = dump.name(date, "\(algorithm.rawValue)sums.txt")
            guard let text = try text(dump.address(date, name)) else { continue }
            sums.merge(WikimediaDumpStatus.checksums(in: text, algorithm)) { $1 }
        }
        return sums
    }

    private func status(_ date: String) throws(Failure) -> WikimediaDumpStatus? {
        guard let text = try text(dump.address(date, "dumpstatus.json")) else { return nil }
        do {
            return try JSONDecoder().decode(WikimediaDumpStatus.self, from: Data(text.utf8))
        } catch {
            throw Failure(
                .badData, "is no status of a dump", at: dump.address(date, "dumpstatus.json"),
                remedy: "give another --mirror")
        }
    }

    private func dates() throws(Failure) -> [String] {
        guard let listing = try text(dump.folder) else {
            throw Failure(
                .noInput, "there is no wiki '\(dump.wiki)' on this server", at: dump.folder,
                remedy: "check --language and --mirror")
        }
        let dates = WikimediaDump.dates(inListing: listing)
        guard !dates.isEmpty else {
            throw Failure(.noInput, "lists no dump", at: dump.folder, remedy: "check --language and --mirror")
        }
        return dates
    }

    private func noSuchDate(_ date: String) throws(Failure) -> Failure {
        let dates = try dates()
        return Failure(
            .noInput, "there is no dump of \(date); there are \(dates.joined(separator: ", "))", at: dump.folder,
            remedy: "give one of these as --date")
    }

    /// A small text of the server, nil when there is none at that address.
    private func text(_ url: String) throws(Failure) -> String? {
        var attempt = 0
        while true {
            var bytes: [UInt8] = []
            let reason: String
            var asked: Double?
            do {
                let reply = try client.get(url) { _, piece throws(Failure) in
                    guard bytes.count + piece.count <= 16 << 20 else {
                        throw Failure(.badData, "is larger than 16 MiB", at: url, remedy: "check --mirror")
                    }
                    bytes += piece
                }
                if reply.status == 200 { return String(decoding: bytes, as: UTF8.self) }
                if reply.status == 404 || reply.status == 410 { return nil }
                guard RetryPolicy.isTemporary(reply.status) else {
                    throw WikipediaDownload.refused(reply.status, url)
                }
                (reason, asked) = ("the server answers \(reply.status)", reply.retryAfter)
            } catch let failure as Failure {
                throw failure
            } catch {
                let error = error as? HTTPClient.TransferError
                reason = error?.message.lowercased() ?? "unknown error"
                guard error?.isTemporary ?? false else {
                    throw Failure(
                        .unavailable, "cannot be fetched: \(reason)", at: url,
                        remedy: "check --mirror, the network's settings and that ca-certificates is installed")
                }
            }
            attempt += 1
            guard attempt < retry.attempts else {
                throw Failure(.tryAgain, "cannot be fetched: \(reason)", at: url, remedy: "try again later")
            }
            onNote("\(url): \(reason); trying again")
            try RetryPolicy.wait(retry.delay(attempt: attempt, asked: asked))
        }
    }
}
