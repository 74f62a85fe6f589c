import Testing

@testable import Ingest

@Suite struct NumberWordsTests {
    @Test(arguments: [
        ("0", "zero"), ("13", "thirteen"), ("21", "twenty-one"), ("100", "one hundred"), ("1,000", "one thousand"),
        ("101", "one hundred and one"), ("1005", "one thousand and five"),
        ("1234567", "one million two hundred and thirty-four thousand five hundred and sixty-seven"),
        ("-3", "minus three"), ("−40", "minus forty"),
        ("2.05", "two point zero five"), ("1/2", "one-half"), ("2/3", "two-thirds"), ("1+1/2", "one and a half"),
        ("2+3//4", "two and three-quarters"),
        ("900000000000001", "nine hundred trillion and one"),
    ])
    func `numbers are written in words`(_ text: String, _ words: String) {
        #expect(NumberWords.words(text, isAmerican: false) == words)
    }

    @Test(arguments: [
        "", "-", "a", "1e5", ".5", "1.", "1.2.3", "1000000000000000", "1/0", "1/7", "1/2/3", "+1/2", "99/2",
    ])
    func `what is none is left to be written in digits`(_ text: String) {
        #expect(NumberWords.words(text, isAmerican: false) == nil)
    }

    @Test func `no and is written where Americans write none`() {
        #expect(NumberWords.words("1105", isAmerican: true) == "one thousand one hundred five")
        #expect(NumberWords.words("1005", isAmerican: true) == "one thousand five")
    }
}
