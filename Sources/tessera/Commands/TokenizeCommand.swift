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
              # read by numpy.fromfile("ids.bin", "<u2")
              tessera tokenize --vocab vocab/ --output-format u16 text.txt > ids.bin
            """)

    /// What ids are written as.
    enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
        case text, u16, u32

        /// The bits of an id; nil for text.
        var width: IDWidth? {
            switch self {
            case .text: nil
            case .u16: .u16
            case .u32: .u32
            }
        }
    }

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

    @Option(
        help: """
            text: decimal numbers; u16, u32: little-endian numbers of 16 or 32 bits, the greatest of which (65535, \
            4294967295) ends a line.
            """)
    var outputFormat = OutputFormat.text

    func validate() throws {
        guard offsets || !characters else { throw ValidationError("--characters goes with --offsets") }
        guard outputFormat == .text || !offsets && !tokens else {
            throw ValidationError("--output-format \(outputFormat.rawValue) is for ids, without --offsets and --tokens")
        }
    }

    func run() throws {
        let tokenizer = try WordPieceTokenizer.load(vocab, cased: cased ? true : nil).matchingSpecialTokens(true)
        let style: LineFormatter.Style = tokens ? .pieces : .ids
        guard !offsets else { return try align(tokenizer, style) }
        if let width = outputFormat.width { return try pack(tokenizer, width) }
        let formatter = LineFormatter(tokenizer.vocabulary, style: style)
        let pool = EncoderPool(tokenizer)
        try filter.runBlocks { block in
            var output: [UInt8] = []
            output.reserveCapacity(block.count * 3 / 2)
            formatter.append(pool.withEncoder { TokenizeCommand.encode(block, $0) }, to: &output)
            return output
        }
    }

    private func pack(_ tokenizer: WordPieceTokenizer, _ width: IDWidth) throws {
        guard tokenizer.vocabulary.count <= width.maximumPieces else {
            throw Failure(
                .usage, "the vocabulary has \(tokenizer.vocabulary.count) pieces, too many for ids of 16 bits",
                at: vocab,
                remedy: "give --output-format u32")
        }
        let pool = EncoderPool(tokenizer)
        try filter.runBlocks { block in
            var output: [UInt8] = []
            width.append(pool.withEncoder { TokenizeCommand.encode(block, $0) }, to: &output)
            return output
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

    private static func encode(_ lines: [UInt8], _ encoder: WordPieceEncoder) -> [UInt32] {
        var ids: [UInt32] = []
        ids.reserveCapacity(lines.count / 2)
        encoder.encodeLines(lines, 0..<lines.count, into: &ids)
        if lines.last != UInt8(ascii: "\n") { ids.append(WordPieceEncoder.lineEnd) }
        return ids
    }
}
