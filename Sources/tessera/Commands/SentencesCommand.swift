import ArgumentParser
import Foundation
import Streaming
import Tokenize

struct SentencesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sentences",
        abstract: "Filter: text to one sentence a line.",
        discussion: """
            A line of input is a paragraph; its sentences come out one a line, with a blank line after the paragraph.

              tessera sentences book.txt > sentences.txt
              # lines that were wrapped by hand
              tessera sentences --paragraphs blank-line gutenberg.txt
              tessera inspect corpus/ --text | tessera sentences --language de \\
                  --pack general,legal
              # {"id","lang","text"} in, {"id","sentences"} out
              tessera sentences --jsonl records.jsonl
              # abbreviations from the text itself
              tessera sentences --learn corpus.txt > learnt.txt
              tessera sentences --abbreviations learnt.txt corpus.txt
            """)

    /// What ends a paragraph.
    enum Paragraphs: String, ExpressibleByArgument, CaseIterable {
        case line
        case blankLine = "blank-line"
    }

    @OptionGroup var filter: FilterOptions

    @OptionGroup var options: SentenceOptions

    @Flag(help: #"Read {"id","lang","text"} a line, write {"id","sentences"} a line."#)
    var jsonl = false

    @Flag(
        help: """
            Where sentences begin and end, in characters: with --jsonl "offsets" in the text, else two columns before each \
            sentence, from the beginning of the input.
            """)
    var offsets = false

    @Option(help: "What ends a paragraph: each line, or a blank line in hard-wrapped text.")
    var paragraphs = Paragraphs.line

    @Flag(help: "Learn abbreviations, sentence starters and pairs from the text, and write a file for --abbreviations.")
    var learn = false

    func validate() throws {
        if learn, jsonl || offsets || paragraphs != .line {
            throw ValidationError("--learn reads text alone, a paragraph a line")
        }
        if jsonl, paragraphs != .line { throw ValidationError("--paragraphs is for text, not for --jsonl") }
    }

    func run() throws {
        if learn {
            try learnRules()
        } else if jsonl {
            try splitRecords()
        } else {
            try splitText()
        }
    }

    private func splitText() throws {
        let splitter = try options.splitter(options.language)
        let writer = SentenceWriter(
            splitter: splitter, offsets: offsets, endsAtBlankLines: paragraphs == .blankLine)
        var input = try InputBlocks(
            filter.file, paragraph: paragraphs == .line ? .line : .blankLine, countsCharacters: offsets)
        var output = StandardOutput()
        try orderedParallelMap(
            jobs: filter.threads.jobs, source: { try input.next() }, transform: { writer.split($0) },
            consume: { try output.write($0) })
        try output.flush()
    }

    private func learnRules() throws {
        var input = try InputBlocks(filter.file)
        var learner = PunktLearner()
        try orderedParallelMap(
            jobs: filter.threads.jobs, source: { try input.next() }, transform: { PunktCounts($0.bytes) },
            consume: { learner.add($0) })
        var output = StandardOutput()
        try output.write(learner.rules())
        try output.flush()
    }

    private func splitRecords() throws {
        var input = try InputBlocks(filter.file)
        let writer = SentenceRecordWriter(options: options, offsets: offsets, path: input.path)
        var output = StandardOutput()
        try orderedParallelMap(
            jobs: filter.threads.jobs, source: { try input.next() }, transform: { try writer.split($0) },
            consume: { try output.write($0) })
        try output.flush()
    }
}
