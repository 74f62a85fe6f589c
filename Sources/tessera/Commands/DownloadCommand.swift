public import ArgumentParser
public import Ingest
import Foundation
import Streaming

extension WikipediaDownloadOptions.File: ExpressibleByArgument {}

struct DownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Fetches sources from their publishers, resumed and checked.",
        discussion: """
              tessera download wikipedia --language en --date 20260101 --output dumps/
              tessera download wikipedia --language de --list
            """,
        subcommands: [DownloadWikipediaCommand.self])
}

struct DownloadWikipediaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wikipedia",
        abstract: "Fetches a dump of Wikipedia's articles.",
        discussion: """
            What was interrupted goes on where it ended when the same command is given again. A file gets its name when \
            its checksum is the one that is published; no file that is there is ever replaced.

              tessera download wikipedia --language en --date 20260101 --output dumps/
              tessera download wikipedia --language simple --output dumps/ && \\
                tessera ingest dumps/simplewiki-*-multistream.xml.bz2 --output corpus/
              tessera download wikipedia --language de --list
            """)

    @Option(help: ArgumentHelp("Language of the Wikipedia.", valueName: "code"))
    var language = "en"

    @Option(help: ArgumentHelp("Date of the dump, or 'latest' for the newest that is done.", valueName: "YYYYMMDD"))
    var date = "latest"

    @Option(help: "Which file; the multistream one is read in parallel and comes with its index.")
    var file: WikipediaDownloadOptions.File = .multistream

    @Option(help: ArgumentHelp("Folder for the files.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("Another server with Wikimedia's folders.", valueName: "url"))
    var mirror = WikipediaDownloadOptions.wikimedia

    @Option(help: ArgumentHelp("Who asks, with an address; servers may refuse who does not say.", valueName: "text"))
    var userAgent = ""

    @Option(help: ArgumentHelp("Tries without any progress before it is given up.", valueName: "n"))
    var attempts = 6

    @Option(help: ArgumentHelp("Seconds before the second try; doubled for each further one.", valueName: "seconds"))
    var retryDelay = 2.0

    @Flag(help: "Print the dumps there are instead.")
    var list = false

    @OptionGroup var printing: OutputOptions

    func validate() throws {
        if !list, output == nil { throw ValidationError("give --output for the files, or --list") }
        guard (1...100).contains(attempts), retryDelay >= 0 else {
            throw ValidationError("--attempts is a number from 1 to 100, --retry-delay is not negative")
        }
    }

    func run() throws {
        var options = WikipediaDownloadOptions()
        options.language = language
        options.date = date
        options.file = file
        options.mirror = mirror
        options.userAgent = userAgent
        options.attempts = attempts
        options.retryDelay = retryDelay
        let isQuiet = printing.quiet
        let download = try WikipediaDownload(options) { if !isQuiet { StandardError.write("tessera: \($0)\n") } }
        if list { return try printList(download.list()) }
        let summary = try download.run(into: output ?? ".", progress: printing.progress)
        if printing.json { return try StandardOutput.json(summary) }
        for file in summary.files { try StandardOutput.line("\(file.path)  \(file.bytes) bytes  \(file.checksum)") }
    }

    private func printList(_ entries: [WikipediaDumpEntry]) throws {
        if printing.json { return try StandardOutput.json(entries) }
        for entry in entries {
            let size = entry.bytes.map { String(format: "%.2f GB", Double($0) / 1e9) } ?? "size unknown"
            try StandardOutput.line("\(entry.date)  \(entry.status)  \(size)")
        }
    }
}
