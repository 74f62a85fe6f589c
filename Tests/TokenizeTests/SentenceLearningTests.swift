import Streaming
import Testing

@testable import Tokenize

@Suite struct SentenceLearningTests {
    /// A text in which `Zul.` is an abbreviation and `Meanwhile` begins sentences.
    private func text(_ seed: UInt64) -> [UInt8] {
        var random = Philox(seed: seed, purpose: Philox.purpose("punkt"))
        let nouns = ["garden", "river", "house", "road", "letter", "window", "market", "field", "engine", "island"]
        let names = ["Arno", "Bela", "Cato", "Dora", "Edda"]
        func noun() -> String { nouns[random.below(nouns.count)] }
        func name() -> String { names[random.below(names.count)] }
        var text = ""
        for _ in 0..<3_000 {
            switch random.below(4) {
            case 0: text += "Zul. \(name()) saw the \(noun()) near the \(noun()). "
            case 1: text += "Meanwhile the \(noun()) was by the \(noun()). "
            case 2: text += "They went to Zul. \(name()) about a \(noun()). "
            default: text += "A \(noun()) has no \(noun()) and no \(noun()). "
            }
            if random.below(5) == 0 { text += "\n" }
        }
        return Array(text.utf8)
    }

    private func learn(_ blocks: [[UInt8]], cap: Int = 100_000) -> String {
        var learner = PunktLearner(cap: cap)
        for block in blocks { learner.add(PunktCounts(block)) }
        return String(decoding: learner.rules(), as: UTF8.self)
    }

    @Test func `an abbreviation and a sentence starter are learnt from plain text`() throws {
        let rules = learn([text(1)])
        let words = rules.split(separator: "\n").reduce(into: [String: Set<Substring>]()) { result, line in
            let parts = line.split(separator: " ")
            result[String(parts[0]), default: []].formUnion(parts.dropFirst())
        }
        #expect(words["rarely:"] == ["zul"])
        #expect(words["starter:"]?.contains("meanwhile") == true)
        #expect(words["starter:"]?.contains("garden") != true)

        let sample = Array("We asked Zul. Arno. He left.".utf8)
        #expect(SentenceSplitter().sentences(in: sample, 0..<sample.count).count == 3)
        let splitter = try SentenceSplitter(abbreviations: Array(rules.utf8), place: "learnt")
        #expect(splitter.sentences(in: sample, 0..<sample.count).count == 2)
    }

    @Test func `what is learnt does not depend on how whole lines are cut into blocks`() {
        let lines = text(2).split(separator: 10).map { Array($0) + [10] }
        let whole = learn([lines.flatMap { $0 }])
        for size in [1, 7, 100] {
            let blocks = stride(from: 0, to: lines.count, by: size).map {
                Array(lines[$0..<min($0 + size, lines.count)].joined())
            }
            #expect(learn(blocks) == whole)
        }
    }

    @Test func `tables stay within their cap and keep what is frequent`() {
        var table = CountTable(cap: 1_000)
        let often = Array("often".utf8)
        for number in 0..<20_000 {
            let word = Array("w\(number)".utf8)
            table.add(word, 0..<word.count, 1, 0)
            table.add(often, 0..<often.count, 0, 1)
            #expect(table.count <= 1_001)
        }
        #expect(table.counts(often).second > 19_000)
        #expect(table.floor > 0)
    }

    @Test func `damaged and odd text is counted without a fault`() {
        for odd in ["", "\n", "....", ". . .", "\u{FF}", "a. \u{201D}. b", "…", "''''"] {
            _ = learn([Array(odd.utf8), [0xE2, 0x80], [0x2E, 0xE2, 0x80, 0x2E]])
        }
    }
}
