internal import Streaming

/// What a `tokenizer.json` of a BERT says.
struct TokenizerFile {
    private let root: JSONValue
    private let place: String

    /// Reads a `tokenizer.json`.
    static func load(_ path: String) throws(Failure) -> WordPieceTokenizer {
        let file = TokenizerFile(root: try JSONParser.parse(try Files.read(path), place: path), place: path)
        let (vocabulary, added) = try file.vocabulary()
        return WordPieceTokenizer(vocabulary: vocabulary, options: try file.options(), addedTokens: added)
    }

    private func failure(_ what: String) -> Failure {
        Failure(
            .badData, what, at: place, remedy: "give the tokenizer.json of a BERT: WordPiece with BertNormalizer")
    }

    /// The only member of a sequence, or what is no sequence.
    private func single(_ value: JSONValue?, _ members: String) -> JSONValue? {
        guard value?["type"]?.string == "Sequence" else { return value }
        guard let steps = value?[members]?.array, steps.count == 1 else { return nil }
        return steps[0]
    }

    private func options() throws(Failure) -> TokenizerOptions {
        guard let normalizer = single(root["normalizer"], "normalizers"),
            normalizer["type"]?.string == "BertNormalizer", normalizer["clean_text"]?.bool != false
        else { throw failure("has another normalizer than BERT's") }
        guard single(root["pre_tokenizer"], "pretokenizers")?["type"]?.string == "BertPreTokenizer" else {
            throw failure("has another pre_tokenizer than BERT's")
        }
        return TokenizerOptions(
            lowercase: normalizer["lowercase"]?.bool ?? true, stripAccents: normalizer["strip_accents"]?.bool,
            splitChinese: normalizer["handle_chinese_chars"]?.bool ?? true, longestWord: try longestWord())
    }

    private func longestWord() throws(Failure) -> Int? {
        guard let longest = root["model"]?["max_input_chars_per_word"]?.integer, longest != 100 else { return nil }
        guard (1...WordPieceTokenizer.longestWordLimit).contains(longest) else {
            throw failure("has words of \(longest) characters, more than \(WordPieceTokenizer.longestWordLimit)")
        }
        return longest
    }

    private func vocabulary() throws(Failure) -> (Vocabulary, [AddedToken]) {
        guard let model = root["model"], ["WordPiece", nil].contains(model["type"]?.string),
            case .object(let members)? = model["vocab"]
        else { throw failure("has no model of the type WordPiece") }
        guard ["##", nil].contains(model["continuing_subword_prefix"]?.string) else {
            throw failure("marks pieces that go on with a word otherwise than with ##")
        }
        var pieces: [(id: Int, bytes: [UInt8])] = []
        var ids: [[UInt8]: Int] = [:]
        for (piece, value) in members {
            guard let id = value.integer else { throw failure("has a piece without an id") }
            pieces.append((id, piece))
            ids[piece] = id
        }
        let matched = pieces.count
        let added = try addedTokens(ids)
        for token in added where ids[token.content] == nil { pieces.append((Int(token.id), token.content)) }
        return (try ordered(pieces, unmatched: pieces[matched...].map(\.id)), added)
    }

    private func ordered(_ pieces: [(id: Int, bytes: [UInt8])], unmatched: [Int]) throws(Failure) -> Vocabulary {
        var ordered = [[UInt8]?](repeating: nil, count: pieces.count)
        for piece in pieces {
            guard ordered.indices.contains(piece.id), ordered[piece.id] == nil else {
                throw failure("gives the id \(piece.id) twice, or leaves out one below it")
            }
            ordered[piece.id] = piece.bytes
        }
        return try Vocabulary(
            pieces: ordered.compactMap { $0 }, unmatched: Set(unmatched.map { Int32($0) }), place: place)
    }

    private func addedTokens(_ ids: [[UInt8]: Int]) throws(Failure) -> [AddedToken] {
        var tokens: [AddedToken] = []
        for token in root["added_tokens"]?.array ?? [] {
            guard case .string(let content)? = token["content"], !content.isEmpty, let id = token["id"]?.integer,
                let id = Int32(exactly: ids[content] ?? id)
            else { throw failure("has an added token without content or id") }
            let special = token["special"]?.bool ?? false
            tokens.append(
                AddedToken(
                    content: content, id: id, isSpecial: special, isSingleWord: token["single_word"]?.bool ?? false,
                    isNormalized: token["normalized"]?.bool ?? !special))
        }
        return tokens
    }
}
