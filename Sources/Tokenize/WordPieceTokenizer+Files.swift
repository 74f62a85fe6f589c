internal import Foundation
public import Streaming

extension WordPieceTokenizer {
    /// Reads a tokeniser.
    ///
    /// Casing and the other options come from the `tokenizer_config.json` beside the vocabulary. Without one, a
    /// vocabulary with an ASCII capital in any piece that is not in brackets is a cased one.
    /// - Parameters:
    ///   - path: a `vocab.txt`, or a folder that holds one.
    ///   - cased: whether letters stay as they are; nil goes by the files.
    public static func load(_ path: String, cased: Bool? = nil) throws(Failure) -> WordPieceTokenizer {
        let vocabulary = try Vocabulary(contentsOf: path)
        if let cased { return WordPieceTokenizer(vocabulary: vocabulary, options: cased ? .cased : .uncased) }
        let folder = Files.isDirectory(path) ? path : Files.parent(of: path)
        let file = (folder.isEmpty ? "." : folder) + "/tokenizer_config.json"
        let options =
            Files.exists(file)
            ? try TokenizerConfiguration(contentsOf: file).options : vocabulary.hasCapitals ? .cased : .uncased
        return WordPieceTokenizer(vocabulary: vocabulary, options: options)
    }

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
    /// Whether a piece that is not in brackets holds an ASCII capital.
    var hasCapitals: Bool {
        (0..<Int32(count)).contains { id in
            let piece = pieceBytes(id)
            return piece.first != UInt8(ascii: "[") && piece.contains { (65...90).contains($0) }
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

    var options: TokenizerOptions {
        TokenizerOptions(
            lowercase: lowercase ?? true, stripAccents: stripAccents, splitChinese: splitChinese ?? true)
    }
}
