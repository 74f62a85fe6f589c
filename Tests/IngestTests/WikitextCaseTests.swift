import Foundation
import Ingest
import Testing

/// Cases of `Fixtures/wikitext-cases.txt` and its like: written by hand from MediaWiki's documentation.
@Suite struct WikitextCaseTests {
    struct Case: CustomTestStringConvertible {
        var construct: String
        var wikitext: String
        var text: String

        var testDescription: String { "\(construct): \(wikitext)" }
    }

    @Test(arguments: [
        "wikitext-cases", "quote-link-cases", "line-cases", "literal-cases", "tag-cases", "brace-cases",
        "function-cases", "template-cases", "convert-cases", "article-template-cases", "sentence-cases",
    ])
    func `every construct shows what MediaWiki shows`(_ file: String) throws {
        let cases = try Self.cases(file)
        #expect(cases.count > 50)
        for one in cases {
            #expect(cleaned(one.wikitext) == one.text, "\(one.construct): \(one.wikitext)")
        }
    }

    @Test func `tables as text show what their cells hold`() throws {
        for one in try Self.cases("table-cases") {
            #expect(
                cleaned(one.wikitext, WikitextOptions(tables: .text)) == one.text, "\(one.construct): \(one.wikitext)")
        }
    }

    /// Reads `wikitext => text` a line.
    private static func cases(_ file: String) throws -> [Case] {
        let url = try #require(Bundle.module.url(forResource: file, withExtension: "txt", subdirectory: "Fixtures"))
        var cases: [Case] = []
        var construct = ""
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            if line == "#" || line.hasPrefix("# ") { continue }
            if line.hasPrefix("@ ") {
                construct = String(line.dropFirst(2))
                continue
            }
            let arrow = try #require(line.range(of: " => ", options: .backwards), "\(line)")
            let text = unescaped(line[arrow.upperBound...]).trimmingCharacters(in: .whitespaces)
            cases.append(Case(construct: construct, wikitext: unescaped(line[..<arrow.lowerBound]), text: text))
        }
        return cases
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch next {
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "t": result.append("\t")
            case "s": result.append(" ")
            default: result.append(next)
            }
        }
        return result
    }
}
