public import ArgumentParser
import Foundation
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

    @Option(
        help: ArgumentHelp(
            "Headings whose sections go, instead of those of references, links and the like; '' keeps all.",
            valueName: "a,b,..."))
    var sectionsDrop: String?

    @Option(help: "Pages that only list what a title may mean: keep them, or set them aside (ingest).")
    var disambiguation: WikitextOptions.Keep = .keep

    @Option(
        help: ArgumentHelp("Rules for templates beside those of the program; see docs/cleaning.md.", valueName: "file"))
    var templateRules: String?

    var options: WikitextOptions {
        get throws {
            var options = WikitextOptions()
            options.headings = headings
            options.lists = lists
            options.tables = tables
            options.disambiguation = disambiguation
            if let sectionsDrop {
                options.droppedSections = sectionsDrop.split(separator: ",").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
            }
            if let templateRules { options.templateRules = try Self.rules(templateRules) }
            return options
        }
    }

    /// The text of a file of rules, which must be in order.
    private static func rules(_ path: String) throws -> String {
        var lines = try InputLines(path)
        let text = String(decoding: try lines.rest(), as: UTF8.self)
        if let problem = TemplateRules(text).problems.first {
            throw Failure(
                .badData, "a rule cannot be read: \(problem)", at: path,
                remedy: "write 'name = pattern' in a section [templates]; docs/cleaning.md says how")
        }
        return text
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
        let options = try wikitext.options
        guard jsonl else { return try cleanWhole(options) }
        try filter.run { lines, output in
            var cleaner = WikitextCleaner(options: options)
            var loss: [Loss: LossCount] = [:]
            for line in lines {
                guard let record = try TextRecord(line) else { continue }
                let id = WikitextCleaner.repaired(record.id, loss: &loss)
                let wikitext = WikitextCleaner.repaired(record.text, loss: &loss)
                let text = cleaner.clean(wikitext, title: record.title, loss: &loss)
                TextRecord.write(id: id, text: text, to: &output)
            }
        }
    }

    /// One page: wikitext has meaning across lines, so the file is read whole.
    private func cleanWhole(_ options: WikitextOptions) throws {
        var input = try InputLines(filter.file)
        var cleaner = WikitextCleaner(options: options)
        var loss: [Loss: LossCount] = [:]
        var output = StandardOutput()
        let text = cleaner.clean(WikitextCleaner.repaired(try input.rest(), loss: &loss), loss: &loss)
        if !text.isEmpty { try output.write(text + [10]) }
        try output.flush()
    }
}
