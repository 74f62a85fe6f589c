import Foundation
import Streaming

@testable import Tokenize

/// The files beside these tests, and those of a shared data folder where there is one.
enum TokenizeFixtures {
    /// The path of a file in `Fixtures/`.
    static func path(_ name: String) -> String {
        Bundle.module.resourceURL!.appendingPathComponent("Fixtures/" + name).path
    }

    /// `TESSERA_SHARED`, or `shared` beside the checkout; nil if it holds no such file.
    static func shared(_ name: String) -> String? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder =
            ProcessInfo.processInfo.environment["TESSERA_SHARED"]
            ?? root.deletingLastPathComponent().appendingPathComponent("shared").path
        return Files.exists(folder + "/" + name) ? folder + "/" + name : nil
    }

    /// The lines of a JSONL file.
    static func rows<Row: Decodable>(_ path: String, as type: Row.Type) throws -> [Row] {
        try Files.read(path).split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Row.self, from: Data($0))
        }
    }

    /// A tokeniser over the fixture vocabulary.
    static func tokenizer(cased: Bool, specials: Bool = false) throws -> WordPieceTokenizer {
        var options: TokenizerOptions = cased ? .cased : .uncased
        options.matchSpecialTokens = specials
        let name = cased ? "vocab-cased.txt" : "vocab-uncased.txt"
        return WordPieceTokenizer(vocabulary: try Vocabulary(contentsOf: path(name)), options: options)
    }
}

extension WordPieceEncoder {
    func ids(_ bytes: [UInt8]) -> [Int32] {
        var ids: [Int32] = []
        encode(bytes, 0..<bytes.count, into: &ids)
        return ids
    }

    func ids(_ text: String) -> [Int32] { ids(Array(text.utf8)) }
}
