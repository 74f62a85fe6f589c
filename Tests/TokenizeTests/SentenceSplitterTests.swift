import Foundation
import Streaming
import Testing

@testable import Tokenize

@Suite struct SentenceSplitterTests {
    /// Splits the text without its bars and puts them back where sentences end.
    static func split(_ marked: String, language: String = "en") -> String {
        let text = Array(marked.replacingOccurrences(of: " | ", with: " ").replacingOccurrences(of: "|", with: "").utf8)
        let ranges = SentenceSplitter(language: language).sentences(in: text, 0..<text.count)
        return ranges.map { String(decoding: text[$0], as: UTF8.self) }.joined(separator: " | ")
    }

    @Test(arguments: [
        "The ferry left at noon. | Nobody waved.",
        "Did it rain? | It poured! | We stayed in…",
        "Dr. Vane met Mrs. Oduya and Prof. Lind at St. Anne's. | They talked.",
        "J. K. Marlow and A. B. Chen wrote it. | It sold well.",
        "It weighs 3.5 kg. | The other weighs 4.25 kg.",
        "As shown by Okafor et al. (2012), it works. | We repeat it in Fig. 3 and Sec. 4.2.",
        "In Marsh v. Field the court said no. | It was 1904.",
        "She moved to the U.S. in May. | He stayed in the U.S. | They wrote letters.",
        "“It is late.” | “Then go.” | He went.",
        "\"Is it?\" she asked. | \"It is.\" | He nodded.",
        "He paused... and went on. | Then he stopped... | The end came.",
        "(It was cold. | The wind blew.) | We left.",
        "See https://example.org/a.b?c=d.e for more. | It is long.",
        "Use e.g. a hammer, i.e. a tool. | It helps.",
        "The levels of mRNA fell. | mRNA was then measured. | β-actin was not.",
        "It was proved long ago. [12] | Others doubted it.[3, 4] | We do not.",
        "The train leaves at 5 p.m. | Passengers must hurry.",
        "Acme Inc. makes tiles. | So does Tiles Ltd. | They compete.",
        "1. The first item.",
        "i was tired. | then i slept. | did you?",
        "What fun! | we swam a lot. | Yes! (loudly)",
        "He said »Go.« | He went.",
        "Wait . . . | What was that?",
    ])
    func `English is cut where a reader would`(text: String) { #expect(Self.split(text) == text) }

    @Test(arguments: [
        ("zh", "小屋在河边。 | 门口有灯吗？ | 有！"), ("ja", "「はい。」 | 彼は言った。 | 川へ行く。"),
        ("hi", "घर छोटा है। | नदी बड़ी है।"), ("ar", "هل وصل القطار؟ | نعم وصل."), ("ur", "گھر چھوٹا ہے۔ | دریا بڑا ہے۔"),
        ("hy", "Տունը փոքր է։ | Գետը մեծ է։"), ("de", "Am 3. Oktober regnete es. | Wir blieben im Haus."),
        ("fr", "« Il pleut. » | Nous restons."), ("ru", "Дом мал. | Река велика. | А. П. Петров молчал."),
        ("my", "အိမ်ငယ်သည်။ | မြစ်ကြီးသည်။"),
    ])
    func `other scripts are cut at their own stops`(language: String, text: String) {
        let joined = text.replacingOccurrences(of: " | ", with: ["zh", "ja"].contains(language) ? "" : " ")
        let bytes = Array(joined.utf8)
        let parts = SentenceSplitter(language: language).sentences(in: bytes, 0..<bytes.count)
        #expect(parts.map { String(decoding: bytes[$0], as: UTF8.self) }.joined(separator: " | ") == text)
    }

    @Test func `a language tag goes by its first part`() {
        #expect(Self.split("Dr. Vane left.", language: "en-GB") == "Dr. Vane left.")
        #expect(Self.split("Dr. Vane left.", language: "EN_us") == "Dr. Vane left.")
    }

    @Test func `an empty or blank paragraph has no sentence`() {
        for text in ["", " ", "\t \u{A0}\u{3000}"] {
            #expect(SentenceSplitter().sentences(in: Array(text.utf8), 0..<text.utf8.count).isEmpty)
        }
        #expect(Self.split(" . ") == ".")
        #expect(Self.split("...") == "...")
    }

    @Test func `only the range that was asked for is read`() {
        let text = Array("First one. Second one. Third one.".utf8)
        let splitter = SentenceSplitter()
        for start in 0..<text.count {
            for end in start...text.count {
                let part = Array(text[start..<end])
                let expected = splitter.sentences(in: part, 0..<part.count).map {
                    $0.lowerBound + start..<$0.upperBound + start
                }
                #expect(splitter.sentences(in: text, start..<end) == expected)
            }
        }
    }

    @Test(arguments: ["en", "de", "ja"])
    func `whatever the bytes, sentences are in order, trimmed, and lose nothing but white space`(language: String) {
        let seed: UInt64 = 2_718
        var random = Philox(seed: seed, purpose: Philox.purpose("sentences"))
        let parts =
            [
                ".", "!", "?", "…", "。", "\"", "'", "”", "(", ")", "[1]", "[", "]", " ", "  ", "\u{A0}", "A", "b", "Dr",
                "U.S",
                "etc", "I", "12", "The", "é", "Σ", "「", "」", ",", ":)", "-", "。", "؟", "\u{FFFD}", ". . .",
            ].map { Array($0.utf8) } + [[0xFF], [0xE2, 0x80], [0xC3]]
        let splitter = SentenceSplitter(language: language)
        for _ in 0..<4_000 {
            let text = (0..<random.below(30)).flatMap { _ in parts[random.below(parts.count)] }
            let sentences = splitter.sentences(in: text, 0..<text.count)
            var kept: [UInt8] = []
            var last = 0
            for sentence in sentences {
                #expect(!sentence.isEmpty && sentence.lowerBound >= last)
                last = sentence.upperBound
                kept += text[sentence]
            }
            #expect(Self.solid(kept) == Self.solid(text), "seed \(seed): \(text)")
        }
    }

    static func solid(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let (scalar, next) = UTF8Decoding.next(bytes.span, at: position, end: bytes.count)
            if !SentenceCharacters.isSpace(scalar) { result += bytes[position..<next] }
            position = next
        }
        return result
    }

    @Test(arguments: [".", "! ", ". ", "\"", ".\"", ".) ", "[1] ", ". [", "(", "a.", "A. ", ".[1", " ", "。」", ". . "])
    func `a megabyte of one thing takes no more than linear time`(unit: String) {
        let text = Array(String(repeating: unit, count: (1 << 20) / unit.utf8.count).utf8)
        // Some 0.1 s; quadratic time would be many minutes, so a busy machine does not matter.
        let time = ContinuousClock().measure { _ = SentenceSplitter().sentences(in: text, 0..<text.count) }
        #expect(time < .seconds(20))
    }
}
