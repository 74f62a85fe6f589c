import ArgumentParser
import Streaming
import Tokenize

struct SentencesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sentences",
        abstract: "Filter: text to one sentence a line.",
        discussion: """
            A line of input is a paragraph; its sentences come out one a line, with a blank line after the paragraph.

              tessera sentences book.txt > sentences.txt
              tessera inspect corpus/ --text | tessera sentences --language en
              tessera sentences --jsonl records.jsonl    # {"id","lang","text"} in, {"id","sentences"} out
            """)

    @OptionGroup var filter: FilterOptions

    @Option(help: ArgumentHelp("Language of the text (BCP 47).", valueName: "tag"))
    var language = "en"

    @Flag(help: #"Read {"id","lang","text"} a line, write {"id","sentences"} a line."#)
    var jsonl = false

    func run() throws {
        let language = language
        if jsonl {
            try filter.run { lines in try SentencesCommand.splitRecords(lines, language) }
        } else {
            let splitter = SentenceSplitter(language: language)
            try filter.run { lines in SentencesCommand.split(lines, splitter) }
        }
    }

    private static func split(_ paragraphs: [[UInt8]], _ splitter: SentenceSplitter) -> [UInt8] {
        var output: [UInt8] = []
        for paragraph in paragraphs {
            let sentences = splitter.sentences(in: paragraph, 0..<paragraph.count)
            for sentence in sentences {
                output.append(contentsOf: paragraph[sentence])
                output.append(10)
            }
            if !sentences.isEmpty { output.append(10) }
        }
        return output
    }

    private static func splitRecords(_ lines: [[UInt8]], _ language: String) throws -> [UInt8] {
        var output: [UInt8] = []
        var splitters: [String: SentenceSplitter] = [:]
        for line in lines {
            guard let object = try JSONLine.parse(line) else { continue }
            let text = try JSONLine.text(object)
            let tag = object["lang"] as? String ?? language
            let splitter = splitters[tag] ?? SentenceSplitter(language: tag)
            splitters[tag] = splitter
            var sentences: [String] = []
            for paragraph in text.split(separator: 10) {
                for range in splitter.sentences(in: text, paragraph.startIndex..<paragraph.endIndex) {
                    sentences.append(String(decoding: text[range], as: UTF8.self))
                }
            }
            output += try JSONLine.format(["id": object["id"] ?? "", "sentences": sentences])
        }
        return output
    }
}
