/// The tokeniser files of Hugging Face, written by hand so that their bytes are ours to promise.
enum TokenizerJSON {
    /// `special_tokens_map.json`.
    static let specialTokens = """
        {
          "cls_token": "[CLS]",
          "mask_token": "[MASK]",
          "pad_token": "[PAD]",
          "sep_token": "[SEP]",
          "unk_token": "[UNK]"
        }

        """

    /// `tokenizer_config.json`.
    static func configuration(_ options: TokenizerOptions) -> String {
        """
        {
          "tokenizer_class": "BertTokenizer",
          "do_lower_case": \(options.lowercase),
          "strip_accents": \(null(options.stripAccents)),
          "tokenize_chinese_chars": \(options.splitChinese),
          "clean_up_tokenization_spaces": false,
          "model_max_length": 512,
          "cls_token": "[CLS]",
          "mask_token": "[MASK]",
          "pad_token": "[PAD]",
          "sep_token": "[SEP]",
          "unk_token": "[UNK]"
        }

        """
    }

    /// `tokenizer.json`, the whole tokeniser in one file.
    static func tokenizer(_ tokenizer: WordPieceTokenizer) -> [UInt8] {
        var text = Array(head(tokenizer).utf8)
        var first = true
        for id in 0..<Int32(tokenizer.vocabulary.count) where tokenizer.vocabulary.isMatched(id) {
            text += first ? "\n      ".utf8 : ",\n      ".utf8
            first = false
            appendQuoted(tokenizer.vocabulary.pieceBytes(id), to: &text)
            text += ": \(id)".utf8
        }
        text += "\n    }\n  }\n}\n".utf8
        return text
    }

    private static func head(_ tokenizer: WordPieceTokenizer) -> String {
        let (vocabulary, options) = (tokenizer.vocabulary, tokenizer.options)
        let added = tokenizer.addedTokens.sorted { $0.id < $1.id }.map { token in
            """
                {"id": \(token.id), "content": \(quoted(token.content)), "single_word": \(token.isSingleWord), \
            "lstrip": false, "rstrip": false, "normalized": \(token.isNormalized), "special": \(token.isSpecial)}
            """
        }
        return """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
            \(added.joined(separator: ",\n"))
              ],
              "normalizer": {
                "type": "BertNormalizer",
                "clean_text": true,
                "handle_chinese_chars": \(options.splitChinese),
                "strip_accents": \(null(options.stripAccents)),
                "lowercase": \(options.lowercase)
              },
              "pre_tokenizer": {"type": "BertPreTokenizer"},
              "post_processor": {
                "type": "TemplateProcessing",
                "single": [\(token("[CLS]", 0)), \(sequence("A", 0)), \(token("[SEP]", 0))],
                "pair": [
                  \(token("[CLS]", 0)), \(sequence("A", 0)), \(token("[SEP]", 0)),
                  \(sequence("B", 1)), \(token("[SEP]", 1))
                ],
                "special_tokens": {
                  "[CLS]": {"id": "[CLS]", "ids": [\(vocabulary.classificationID)], "tokens": ["[CLS]"]},
                  "[SEP]": {"id": "[SEP]", "ids": [\(vocabulary.separatorID)], "tokens": ["[SEP]"]}
                }
              },
              "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
              "model": {
                "type": "WordPiece",
                "unk_token": "[UNK]",
                "continuing_subword_prefix": "##",
                "max_input_chars_per_word": \(options.wordLimit),
                "vocab": {
            """
    }

    private static func null(_ value: Bool?) -> String { value.map(String.init) ?? "null" }

    private static func token(_ piece: String, _ segment: Int) -> String {
        #"{"SpecialToken": {"id": "\#(piece)", "type_id": \#(segment)}}"#
    }

    private static func sequence(_ name: String, _ segment: Int) -> String {
        #"{"Sequence": {"id": "\#(name)", "type_id": \#(segment)}}"#
    }

    private static func quoted(_ piece: [UInt8]) -> String {
        var text: [UInt8] = []
        appendQuoted(piece[...], to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static func appendQuoted(_ piece: ArraySlice<UInt8>, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in piece {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case ..<0x20:
                let hex = String(byte, radix: 16)
                text += "\\u\(String(repeating: "0", count: 4 - hex.count))\(hex)".utf8
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
