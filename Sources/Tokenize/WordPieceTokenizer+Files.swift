internal import Foundation
public import Streaming

extension WordPieceTokenizer {
    /// Reads a tokeniser.
    ///
    /// A `tokenizer.json` says all; in its absence, casing and the other options come from the `tokenizer_config.json`
    /// beside the vocabulary, and without one, a vocabulary with an ASCII capital in any piece that is not in brackets
    /// is a cased one. What `tokenizer_config.json` says goes before `tokenizer.json`, as in `transformers`.
    /// - Parameters:
    ///   - path: a `vocab.txt`, a `tokenizer.json`, or a folder that holds one of them.
    ///   - cased: whether letters stay as they are; nil goes by the files.
    public static func load(_ path: String, cased: Bool? = nil) throws(Failure) -> WordPieceTokenizer {
        let isFolder = Files.isDirectory(path)
        let folder = isFolder ? path : Files.parent(of: path)
        let file = isFolder ? path + "/tokenizer.json" : path
        let isWhole = file.hasSuffix(".json") && Files.exists(file)
        var tokenizer: WordPieceTokenizer
        if isWhole {
            tokenizer = try TokenizerFile.load(file)
        } else {
            let vocabulary = try Vocabulary(contentsOf: path)
            tokenizer = WordPieceTokenizer(
                vocabulary: vocabulary, options: vocabulary.hasCapitals ? .cased : .uncased)
        }
        var options = tokenizer.options
        let configuration = (folder.isEmpty ? "." : folder) + "/tokenizer_config.json"
        if let cased {
            (options.lowercase, options.stripAccents, options.splitChinese) = (!cased, nil, true)
        } else if Files.exists(configuration) {
            let stated = try TokenizerConfiguration(contentsOf: configuration)
            options = isWhole ? stated.applied(to: options) : stated.options
        }
        return WordPieceTokenizer(
            vocabulary: tokenizer.vocabulary, options: options, addedTokens: tokenizer.addedTokens)
    }

    /// The files that `save` writes.
    package static let fileNames = ["vocab.txt", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json"]

    /// Writes `vocab.txt`, `tokenizer_config.json`, `special_tokens_map.json` and `tokenizer.json`, from which
    /// `transformers.AutoTokenizer.from_pretrained(directory)` makes a tokeniser that gives the same ids.
    public func save(to directory: String) throws(Failure) {
        try Files.createDirectory(directory)
        try Files.write(vocabulary.fileBytes, to: directory + "/vocab.txt")
        try Files.write(Array(TokenizerJSON.specialTokens.utf8), to: directory + "/special_tokens_map.json")
        try Files.write(Array(TokenizerJSON.configuration(options).utf8), to: directory + "/tokenizer_config.json")
        try Files.write(TokenizerJSON.tokenizer(self), to: directory + "/tokenizer.json")
    }
}

extension Vocabulary {
    /// Whether a piece that is not in brackets, square or angled, holds an ASCII capital.
    var hasCapitals: Bool {
        (0..<Int32(count)).contains { id in
            let piece = pieceBytes(id)
            return piece.first != UInt8(ascii: "[") && piece.first != UInt8(ascii: "<")
                && piece.contains { (65...90).contains($0) }
        }
    }
}

/// What we read of a `tokenizer_config.json`.
struct TokenizerConfiguration: Decodable {
    // Absent ones have the defaults of Hugging Face's BertTokenizer.
    var lowercase: Bool?
    var stripAccents: Bool?
    var splitChinese: Bool?

    enum CodingKeys: String, CodingKey {
        case lowercase = "do_lower_case"
        case stripAccents = "strip_accents"
        case splitChinese = "tokenize_chinese_chars"
    }

    init(contentsOf path: String) throws(Failure) {
        let bytes = try Files.read(path)
        do {
            self = try JSONDecoder().decode(TokenizerConfiguration.self, from: Data(bytes))
        } catch {
            throw Failure(
                .badData, "is no tokeniser configuration in JSON", at: path,
                remedy: "restore the file, or remove it and give --cased where needed")
        }
    }

    /// The options of a tokeniser, changed where something is stated here.
    func applied(to options: TokenizerOptions) -> TokenizerOptions {
        var options = options
        options.lowercase = lowercase ?? options.lowercase
        options.stripAccents = stripAccents ?? options.stripAccents
        options.splitChinese = splitChinese ?? options.splitChinese
        return options
    }

    var options: TokenizerOptions {
        TokenizerOptions(
            lowercase: lowercase ?? true, stripAccents: stripAccents, splitChinese: splitChinese ?? true)
    }
}
