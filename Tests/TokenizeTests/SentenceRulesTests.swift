import Streaming
import Testing

@testable import Tokenize

@Suite struct SentenceRulesTests {
    @Test func `every rule file that comes with the program is read`() {
        for name in SentenceData.files.keys {
            let code = name.split(separator: "-")[0]
            #expect(
                !SentenceData.rules(String(code), SentencePack.all).options.contains(SentenceOptions(rawValue: 1 << 15))
            )
        }
        #expect(SentenceData.rules("en", SentencePack.all).words.count > 1500)
        #expect(
            SentenceData.rules("en", [.general]).words.count < SentenceData.rules("en", SentencePack.all).words.count)
    }

    @Test func `abbreviations of a file are known beside those that come with the program`() throws {
        let text = Array("The Xyzab. Kroner fell. Then it rose.".utf8)
        #expect(SentenceSplitter().sentences(in: text, 0..<text.count).count == 3)
        for file in ["Xyzab.\n", "# ours\nnever: Xyzab\n", "rarely: xyzab"] {
            let splitter = try SentenceSplitter(abbreviations: Array(file.utf8), place: "ours.txt")
            #expect(splitter.sentences(in: text, 0..<text.count).count == 2, "\(file)")
        }
        let pair = try SentenceSplitter(abbreviations: Array("rarely: xyzab\npair: xyzab.the".utf8), place: "ours.txt")
        let other = Array("The Xyzab. The end. We left.".utf8)
        #expect(pair.sentences(in: other, 0..<other.count).count == 2)
    }

    @Test func `a rule may name the ending of words`() throws {
        let splitter = try SentenceSplitter(abbreviations: Array("never: *tor".utf8), place: "ours.txt")
        let text = Array("The Stadttor. Wien. The tor. Wien.".utf8)
        #expect(splitter.sentences(in: text, 0..<text.count).count == 3)
    }

    @Test func `a kind that is none is a failure with its line`() {
        let error = #expect(throws: Failure.self) {
            try SentenceSplitter(abbreviations: Array("never: a\nsometimes: b".utf8), place: "ours.txt")
        }
        #expect(error?.code == .badData)
        #expect(error?.description.contains("ours.txt, line 2") == true)
    }

    @Test func `words are found in any casing, exact ones in theirs alone`() {
        var rules = SentenceRules()
        try? rules.add(Array("never: mr =ca т.е\nrarely: Wash\nstarter: élan".utf8), place: "")
        func kinds(_ word: String) -> WordKinds { rules.kinds(Array(word.utf8), 0..<word.utf8.count) }
        #expect(kinds("mr") == .never && kinds("Mr") == .never && kinds("MR") == .never)
        #expect(kinds("ca") == .never && kinds("CA") == [])
        #expect(kinds("Wash") == .rarely && kinds("wash") == [] && kinds("WASH") == [])
        #expect(kinds("Т. е") == .never && kinds("т\u{A0}.е") == .never)
        #expect(kinds("Élan") == .starter)
    }

    @Test func `lower case is that of Unicode`() {
        let ranges: [ClosedRange<UInt32>] = [
            0xC0...0x17F, 0x386...0x3AB, 0x400...0x481, 0x48A...0x4BF, 0x4D0...0x52F, 0x531...0x556,
        ]
        for scalar in ranges.joined() {
            guard let letter = Unicode.Scalar(scalar) else { continue }
            let lower = letter.properties.lowercaseMapping.unicodeScalars
            guard lower.count == 1, let value = lower.first?.value, value <= 0x7FF, value >= 0x80 else { continue }
            #expect(FoldedBytes.lowercased(scalar) == value, "U+\(String(scalar, radix: 16))")
        }
    }
}
