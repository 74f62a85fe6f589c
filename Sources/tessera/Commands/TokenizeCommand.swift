import ArgumentParser
import Streaming
import Tokenize

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Filter: a line of text to a line of WordPiece ids.",
        discussion: """
            Gives the ids of Hugging Face's BertTokenizerFast, without [CLS] and [SEP].

              echo 'Ravens unveil a mosaic.' | tessera tokenize --vocab vocab/
              tessera tokenize --vocab bert-base-cased-vocab.txt --cased --tokens text.txt
              tessera tokenize --vocab tokenizer.json --offsets --characters text.txt
            """)

    @OptionGroup var filter: FilterOptions

    @Option(help: ArgumentHelp("vocab.txt or tokenizer.json, or a folder that holds one.", valueName: "path"))
    var vocab: String

    @Flag(help: "Keep case and accents; the default is what stands beside the vocabulary, else uncased.")
    var cased = false

    @Flag(help: "Write pieces instead of ids.")
    var tokens = false

    @Flag(help: "Write each as ID:START:END, its place in the line in bytes.")
    var offsets = false

    @Flag(help: "With --offsets: places are counted in characters.")
    var characters = false

    func validate() throws {
        guard offsets || !characters else { throw ValidationError("--characters goes with --offsets") }
    }

    func run() throws {
        let tokenizer = try WordPieceTokenizer.load(vocab, cased: cased ? true : nil).matchingSpecialTokens(true)
        let style: LineFormatter.Style = tokens ? .pieces : .ids
        guard !offsets else { return try align(tokenizer, style) }
        let formatter = LineFormatter(tokenizer.vocabulary, style: style)
        let pool = EncoderPool(tokenizer)
        try filter.runBlocks { block in
            pool.withEncoder { TokenizeCommand.encode(block, $0, formatter) }
        }
    }

    private func align(_ tokenizer: WordPieceTokenizer, _ style: LineFormatter.Style) throws {
        let formatter = OffsetFormatter(tokenizer.vocabulary, style: style, unit: characters ? .characters : .bytes)
        try filter.runBlocks { block in
            var output: [UInt8] = []
            formatter.append(block, with: tokenizer.makeAlignedEncoder(), to: &output)
            return output
        }
    }

    private static func encode(_ lines: [UInt8], _ encoder: WordPieceEncoder, _ formatter: LineFormatter) -> [UInt8] {
        var ids: [UInt32] = []
        ids.reserveCapacity(lines.count / 2)
        encoder.encodeLines(lines, 0..<lines.count, into: &ids)
        if lines.last != UInt8(ascii: "\n") { ids.append(WordPieceEncoder.lineEnd) }
        var output: [UInt8] = []
        output.reserveCapacity(lines.count * 3 / 2)
        formatter.append(ids, to: &output)
        return output
    }
}
