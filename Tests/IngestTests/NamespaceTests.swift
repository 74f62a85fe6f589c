import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

/// What pages and users say of namespaces, and what becomes of what is no number.
@Suite struct NamespaceTests {
    let directory = TemporaryDirectory()

    private func page(_ namespace: String) -> [UInt8] {
        let text = PlainPageScannerTests.page.replacing("<ns>0</ns>", with: namespace)
        return Array(text.utf8)
    }

    @Test func `a namespace that is no number sets its page aside and is not guessed from the title`() throws {
        let damaged = ["zz", "", "0x", "1e1", "99999999999999999999", "1 4", "1<b/>4", "<i>0</i>", "&#65;", "-"]
        var dump = SmallDump.header
        for (number, text) in damaged.enumerated() {
            dump += SmallDump.page(
                "Käse \(number)", id: number, namespace: nil, extra: "<ns>\(text)</ns>", text: "Käse")
        }
        dump += SmallDump.page("Ohne", id: 50, namespace: nil, text: "ohne Nummer")
        dump += SmallDump.page("Vorlage:Ohne", id: 51, namespace: nil, text: "ohne Nummer")
        dump += SmallDump.page("Mit", id: 52, namespace: nil, extra: "<ns>\n 0 </ns>", text: "mit Nummer")
        let path = try directory.write(Array((dump + "</mediawiki>").utf8), to: "a.xml")
        let result = try ingest([path], into: directory.file("corpus"))
        #expect(result.documents.map(\.title) == ["Ohne", "Mit"])
        #expect(result.rejections == ["bad-namespace": damaged.count, "namespace": 1])
    }

    @Test func `whatever stands for the namespace, the scan and libxml2 agree`() throws {
        var random = Philox(seed: 11, purpose: Philox.purpose("namespaces"))
        let parts = ["0", "14", "-", "+", " ", "\n", "z", "<b/>", "<ns>", "</ns>", "&amp;", "é", "9999999999", "<ns/>"]
        var (plain, damaged, stated) = (0, 0, 0)
        for _ in 0..<4_000 {
            var inner = ""
            for _ in 0..<random.below(4) { inner += parts[random.below(parts.count)] }
            let xml = page("<ns>\(inner)</ns>")
            guard let scanned = PlainPageScanner.page(xml, maxTextBytes: 1 << 20) else { continue }
            var parser = PageParser(maxTextBytes: 1 << 20)
            #expect(try parser.parseWithLibrary(xml) == scanned, "\(inner)")
            plain += 1
            switch scanned.namespace {
            case .none: break
            case .damaged: damaged += 1
            case .number: stated += 1
            }
        }
        #expect(plain > 2_000 && damaged > 500 && stated > 200, "\(plain) \(damaged) \(stated)")
    }

    @Test(arguments: [
        (["0"], [0]), (["0,14"], [0, 14]), (["14", "0"], [0, 14]), (["0,14", "14"], [0, 14]), (["828"], [828]),
        (["main,Category"], [0, 14]), (["user_talk", " File "], [3, 6]), (["Articles"], [0]), (["0, 14"], [0, 14]),
    ])
    func `namespaces are numbers or names, in lists or repeated`(texts: [String], numbers: [Int]) throws {
        #expect(try NamespaceChoice.numbers(in: texts) == numbers)
    }

    @Test(arguments: ["", "0,", "zz", "-1", "Special", "0;14", "0.5", "99999999999", "Vorlage"])
    func `what is no namespace is wrong usage that is named`(text: String) {
        let failure = #expect(throws: Failure.self) { try NamespaceChoice.numbers(in: [text]) }
        #expect(failure?.code == .usage)
        let wrong = text.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
        #expect(failure?.message.contains("'\(wrong)'") == true)
    }
}
