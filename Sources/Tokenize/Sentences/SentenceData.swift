/// The rule files that come with the program.
enum SentenceData {
    /// The language of a tag: `en` of `en-GB`.
    static func code(_ tag: String) -> String {
        String(tag.prefix { $0 != "-" && $0 != "_" }).lowercased()
    }

    /// The rules of a language with some packs; those of all languages alone for one that has no file.
    static func rules(_ language: String, _ packs: Set<SentencePack>) -> SentenceRules {
        var rules = SentenceRules()
        var names = ["any", language]
        for pack in SentencePack.allCases where pack != .general && packs.contains(pack) {
            names.append("\(language)-\(pack.rawValue)")
        }
        for name in names {
            guard let file = files[name] else { continue }
            do {
                try rules.add(file(), place: "rules of \(name)")
            } catch {
                preconditionFailure("a rule file of the program is wrong: \(error)")
            }
        }
        return rules
    }
}
