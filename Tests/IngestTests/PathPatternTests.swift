import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct PathPatternTests {
    let directory = TemporaryDirectory()

    @Test(arguments: [
        ("*.txt", "a.txt", true), ("*.txt", "b/c/a.txt", true), ("*.txt", "a.txt.gz", false), ("a?c", "abc", true),
        ("a?c", "ac", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true),
        ("[]]", "]", true), ("[a", "[a", true), ("a/*.txt", "a/b.txt", true), ("a/*.txt", "a/b/c.txt", false),
        ("a/**/*.txt", "a/c.txt", true), ("a/**/*.txt", "a/b/c/d.txt", true), ("**/x", "x", true),
        ("**/x/**", "a/x/b", true), ("a/**", "a/b/c", true), ("a/**", "b/c", false), ("*é*", "caféx", true),
        ("\\*", "*", true), ("\\*", "a", false), ("a**b", "axyb", true), ("./a", "b/a", false), ("./a", "a", true),
    ])
    func `patterns match as in shells`(pattern: String, path: String, matches: Bool) {
        #expect(PathPattern(pattern).matches(path) == matches)
    }

    @Test func `wildcards without end take no time`() {
        let name = String(repeating: "a", count: 5000)
        #expect(!PathPattern(String(repeating: "*a", count: 300) + "b").matches(name))
        let deep = String(repeating: "a/", count: 2000)
        #expect(!PathPattern(String(repeating: "**/a/", count: 200) + "b").matches(deep))
    }

    @Test func `a pattern is a source, and options narrow a folder`() throws {
        for name in ["a/1.txt", "a/b/2.txt", "a/b/3.md", "a/draft/4.txt", "c/5.txt"] {
            try directory.write(Array("text of \(name)".utf8), to: "in/\(name)")
        }
        func names(_ source: String, into corpus: String, _ change: (inout IngestConfiguration) -> Void = { _ in })
            throws
            -> [String]
        {
            var configuration = IngestConfiguration()
            change(&configuration)
            return try ingest([directory.file(source)], into: directory.file(corpus), configuration).documents.map(
                \.externalID)
        }
        #expect(try names("in/**/*.txt", into: "one") == ["a/1.txt", "a/b/2.txt", "a/draft/4.txt", "c/5.txt"])
        #expect(try names("in/a/*/*.txt", into: "two") == ["b/2.txt", "draft/4.txt"])
        #expect(
            try names("in", into: "three") { $0.files.exclude = ["draft", "c/**"] } == ["a/1.txt", "a/b/2.txt"])
        #expect(
            try names("in", into: "four") {
                $0.files.include = ["*.md"]
                $0.format = .text
            } == ["a/b/3.md"])
        let nothing = #expect(throws: Failure.self) { try names("in/*.pdf", into: "five") }
        #expect(nothing?.code == .noInput)
        let nowhere = #expect(throws: Failure.self) { try names("out/*.txt", into: "six") }
        #expect(nowhere?.code == .noInput)
        // A file of just that name is itself.
        try directory.write(Array("odd".utf8), to: "in/[x].txt")
        #expect(try names("in/[x].txt", into: "seven") == ["[x].txt"])
    }
}
