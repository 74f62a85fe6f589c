public import ArgumentParser
public import Ingest
import Storage
import Streaming

/// How wikitext becomes text; the same for `ingest` and `clean`.
struct WikitextArguments: ParsableArguments {
    @Option(help: "Headings: keep them as paragraphs of their own, or drop them.")
    var headings: WikitextOptions.Keep = .keep

    @Option(help: "List items: keep them, one a line, or drop them.")
    var lists: WikitextOptions.Keep = .keep

    @Option(help: "Tables: drop them, or keep their text, one row a line.")
    var tables: WikitextOptions.Tables = .drop

    var options: WikitextOptions {
        var options = WikitextOptions()
        options.headings = headings
        options.lists = lists
        options.tables = tables
        return options
    }
}

extension WikitextOptions.Keep: ExpressibleByArgument {}
extension WikitextOptions.Tables: ExpressibleByArgument {}

struct CleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Filter: wikitext to plain text, as 'ingest' cleans it.",
        discussion: """
              tessera clean page.wikitext
              tessera clean --tables text --headings drop < page.wikitext
              tessera clean --jsonl pages.jsonl          # {"id","text"} a line, in and out
            """)

    @OptionGroup var filter: FilterOptions
    @OptionGroup var wikitext: WikitextArguments

    @Flag(help: #"Read {"id","text"} a line, write {"id","text"} a line."#)
    var jsonl = false

    func run() throws {
        let options = wikitext.options
        guard jsonl else { return try cleanWhole(options) }
        try filter.run { lines in
            var cleaner = WikitextCleaner(options: options, namespaces: .english)
            var loss: [Loss: LossCount] = [:]
            var output: [UInt8] = []
            for line in lines {
                guard let object = try JSONLine.parse(line) else { continue }
                let text = cleaner.clean(try JSONLine.text(object), loss: &loss)
                let cleaned = String(decoding: text, as: UTF8.self)
                output += try JSONLine.format(["id": object["id"] ?? "", "text": cleaned])
            }
            return output
        }
    }

    /// One page: wikitext has meaning across lines, so the file is read whole.
    private func cleanWhole(_ options: WikitextOptions) throws {
        var input = try InputLines(filter.file)
        var cleaner = WikitextCleaner(options: options, namespaces: .english)
        var loss: [Loss: LossCount] = [:]
        var output = StandardOutput()
        let text = cleaner.clean(try input.rest(), loss: &loss)
        if !text.isEmpty { try output.write(text + [10]) }
        try output.flush()
    }
}
