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
            """)

    @OptionGroup var filter: FilterOptions

    @Option(help: ArgumentHelp("vocab.txt, or a folder that holds it.", valueName: "path"))
    var vocab: String

    @Flag(help: "Keep case and accents; the default is what stands beside the vocabulary, else uncased.")
    var cased = false

    @Flag(help: "Write pieces instead of ids.")
    var tokens = false

    func run() throws {
        let tokenizer = try WordPieceTokenizer.load(vocab, cased: cased ? true : nil).matchingSpecialTokens(true)
        let formatter = LineFormatter(tokenizer.vocabulary, style: tokens ? .pieces : .ids)
        let pool = EncoderPool(tokenizer)
        try filter.runBlocks { block in
            pool.withEncoder { TokenizeCommand.encode(block, $0, formatter) }
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
