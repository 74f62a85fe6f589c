import ArgumentParser
import Streaming
import Tokenize

/// How text is split into sentences.
struct SentenceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Language of the text (BCP 47).", valueName: "tag"))
    var language = "en"

    @Option(
        name: [.customLong("pack")],
        help: ArgumentHelp(
            "Fields whose abbreviations count, with commas: general, legal, biomedical; all when not given.",
            valueName: "names"))
    var packs: [String] = []

    @Option(help: ArgumentHelp("Rules and abbreviations of yours, see docs/sentences.md.", valueName: "file"))
    var abbreviations: String?

    func validate() throws { _ = try chosenPacks() }

    /// A splitter for a language.
    func splitter(_ language: String) throws -> SentenceSplitter {
        let packs = try chosenPacks()
        guard let abbreviations else { return SentenceSplitter(language: language, packs: packs) }
        return try SentenceSplitter(
            language: language, packs: packs, abbreviations: Files.read(abbreviations), place: abbreviations)
    }

    private func chosenPacks() throws -> Set<SentencePack> {
        if packs.isEmpty { return SentencePack.all }
        let names = packs.flatMap { $0.split(separator: ",") }
        return try Set(
            names.map { name in
                guard let pack = SentencePack(rawValue: String(name)) else {
                    throw ValidationError("--pack is general, legal or biomedical, not '\(name)'")
                }
                return pack
            })
    }
}
