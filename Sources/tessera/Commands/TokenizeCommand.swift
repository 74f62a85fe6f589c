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
        var tokenizer = try WordPieceTokenizer.load(vocab, cased: cased ? true : nil)
        var options = tokenizer.options
        options.matchSpecialTokens = true
        tokenizer = WordPieceTokenizer(vocabulary: tokenizer.vocabulary, options: options)
        let (model, asPieces) = (tokenizer, tokens)
        try filter.run { lines in TokenizeCommand.encode(lines, model, asPieces: asPieces) }
    }

    private static func encode(_ lines: [[UInt8]], _ tokenizer: WordPieceTokenizer, asPieces: Bool) -> [UInt8] {
        let encoder = tokenizer.makeEncoder()
        var output: [UInt8] = []
        var ids: [Int32] = []
        for line in lines {
            ids.removeAll(keepingCapacity: true)
            encoder.encode(line, 0..<line.count, into: &ids)
            for (index, id) in ids.enumerated() {
                if index > 0 { output.append(32) }
                output.append(contentsOf: asPieces ? Array(tokenizer.vocabulary.piece(id).utf8) : decimal(id))
            }
            output.append(10)
        }
        return output
    }

    private static func decimal(_ value: Int32) -> [UInt8] { Array(String(value).utf8) }
}
