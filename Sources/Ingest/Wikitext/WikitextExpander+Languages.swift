/// Rules on words of other languages.
extension WikitextExpander {
    /// `{{lang-ru|Москва|Moskva}}`: `Russian: Москва, romanized: Moskva`, the label unless it is switched off.
    mutating func language(_ parameter: [UInt8], _ span: Range<Int>) {
        let dash = name.firstIndex(of: UInt8(ascii: "-")).map { $0 + 1 } ?? 0
        let code = parameter.isEmpty ? name[dash...] : parameter[...]
        languageText(String(decoding: code, as: UTF8.self), first: 1, span)
    }

    /// A text with its label, its romanization and its translation.
    mutating func languageText(_ code: String, first: Int, _ span: Range<Int>) {
        guard let text = argument(.position(first), span) ?? argument(.named(Array("text".utf8)), span) else { return }
        let mark = out.count
        let labelled = string("label", span)
        if labelled.isEmpty {
            if let label = rules.language(code) { out.append(contentsOf: (label + ": ").utf8) }
        } else if labelled != "none" {
            out.append(contentsOf: (labelled + ": ").utf8)
        }
        guard writeValue(text) else { return out.removeLast(out.count - mark) }
        let romanized = oneOf(["translit", "tr"], first + 1, span)
        if !romanized.isEmpty { out.append(contentsOf: ", romanized: \(romanized)".utf8) }
        let meaning = oneOf(["lit", "translation"], first + 2, span)
        if !meaning.isEmpty { out.append(contentsOf: ", lit. '\(meaning)'".utf8) }
    }

    /// `{{#language:fr}}`: `français`; `{{#language:fr|en}}`: `French`.
    mutating func autonym(_ span: Range<Int>) -> String {
        let code = string(whole: 1, span).lowercased()
        let isEnglish = string(whole: 2, span).lowercased() == "en"
        return (isEnglish ? nil : rules.autonyms[code]) ?? rules.language(code) ?? code
    }

    /// A named argument, or else one by position.
    private mutating func oneOf(_ names: [String], _ position: Int, _ span: Range<Int>) -> String {
        for name in names {
            let text = string(name, span)
            if !text.isEmpty { return text }
        }
        return string(position, span)
    }

    /// `{{IPA|de|bɛʁˈliːn}}` and `{{IPA-de|bɛʁˈliːn}}`: `German: [bɛʁˈliːn]`; `{{IPA|[x]}}`: as it stands.
    mutating func ipa(_ span: Range<Int>) -> String {
        let (first, second) = (string(1, span), string(2, span))
        let dash = name.firstIndex(of: UInt8(ascii: "-"))
        var code = dash.map { String(decoding: name[($0 + 1)...], as: UTF8.self) } ?? ""
        var text = first
        if code.isEmpty {
            guard !second.isEmpty else { return first }
            (code, text) = (first, second)
        }
        guard !text.isEmpty else { return "" }
        let bracketed = text.hasPrefix("[") || text.hasPrefix("/") ? text : "[\(text)]"
        guard let label = rules.language(code), string("label", span).isEmpty else { return bracketed }
        let mode = (dash == nil ? string(3, span) : second).lowercased()
        guard isAsked(mode) else { return "\(label) pronunciation: \(bracketed)" }
        return mode == "lang" ? "\(label): \(bracketed)" : (Self.ipacWords[mode] ?? "") + bracketed
    }

    /// Whether an argument says what to write before a pronunciation: a word for it, not the name of a sound.
    private func isAsked(_ mode: String) -> Bool { ["lang", "pron", "local", "also", "no", "ipa"].contains(mode) }

    private static let ipacWords: [String: String] = [
        "lang": "English: ", "pron": "pronounced ", "us": "US: ", "uk": "UK: ", "also": "also ", "local": "locally ",
        "ipa": "IPA: ", "lang-also": "English also: ", "uklang": "UK English: ", "uslang": "US English: ",
    ]

    /// `{{IPAc-en|ˈ|b|ɜːr|l|ɪ|n}}`: `/ˈbɜːrlɪn/`.
    mutating func ipac(_ span: Range<Int>) -> String {
        var prefix = ""
        var text = ""
        for position in 1..<60 {
            guard argument(.position(position), span) != nil else { break }
            let part = string(position, span)
            if text.isEmpty, let word = Self.ipacWords[part.lowercased()] {
                prefix += word
            } else {
                text += part == "_" ? " " : part
            }
        }
        if text.isEmpty { return "" }
        let code = String(decoding: name.drop { $0 != UInt8(ascii: "-") }.dropFirst(), as: UTF8.self)
        if ["en", "us"].contains(code) { return "\(prefix)/\(text)/" }
        guard prefix.isEmpty, let label = rules.language(code) else { return "\(prefix)[\(text)]" }
        return "\(label) pronunciation: [\(text)]"
    }

    /// `{{nihongo|English|漢字|rōmaji|more}}`: `English (漢字, rōmaji)`.
    mutating func nihongo(_ span: Range<Int>) -> String {
        let (word, extra) = (string(1, span), oneOf(["extra"], 4, span))
        var inside = [oneOf(["kanji", "katakana", "hiragana"], 2, span), oneOf(["romaji", "rōmaji"], 3, span), extra]
        if ["y", "yes"].contains(string("lead", span)) {
            if !inside[0].isEmpty { inside[0] = "Japanese: " + inside[0] }
            if !inside[1].isEmpty { inside[1] = "Hepburn: " + inside[1] }
        }
        inside.removeAll { $0.isEmpty }
        if inside.isEmpty { return word }
        guard !word.isEmpty else {
            return inside.count == 1 ? inside[0] : "\(inside[0]) (\(inside.dropFirst().joined(separator: ", ")))"
        }
        return "\(word) (\(inside.joined(separator: ", ")))"
    }
}
