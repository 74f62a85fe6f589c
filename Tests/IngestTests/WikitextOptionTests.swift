import Storage
import TestSupport
import Testing

@testable import Ingest

@Suite struct WikitextOptionTests {
    @Test(arguments: [
        ("{{disambig}}", "Mercury"), ("text {{Disambiguation|geo}}", "Mercury"), ("{{hndis|Smith}}", "Smith"),
        ("{{Begriffsklärung}}", "Bank"), ("{{неоднозначность}}", "Ключ"), ("{{Неоднозначность}}", "Ключ"),
        ("{{aimai}}", "橋"), ("a __DISAMBIG__", "A"), ("nothing", "Mercury (disambiguation)"),
        ("{{\n Human_name disambiguation }}", "A"),
    ])
    func `pages say that they disambiguate`(_ wikitext: String, _ title: String) {
        #expect(DisambiguationPage.matches(Array(wikitext.utf8), title: title))
    }

    @Test(arguments: [
        "", "{{", "{{disambiguation needed}}", "disambig", "{{Infobox|disambig}}", "{{for|x|X (disambiguation)}}",
        "__NOTOC__", "{{{disambig}}",
    ])
    func `other pages do not`(_ wikitext: String) {
        #expect(!DisambiguationPage.matches(Array(wikitext.utf8), title: "Mercury"))
    }

    @Test func `sections of apparatus are known in many languages, and others can be named`() {
        let page = "a\n== Einzelnachweise ==\nb\n== 脚注 ==\nc\n== Life ==\nd"
        #expect(cleaned(page) == "a\nLife\nd")
        #expect(cleaned(page, WikitextOptions(droppedSections: ["life"])) == "a\nEinzelnachweise\nb\n脚注\nc")
        #expect(cleaned(page, WikitextOptions(droppedSections: [])).hasSuffix("Life\nd"))
    }

    @Test func `a section in a template's argument does not end at the page's next one`() {
        #expect(cleaned("{{nowrap|x\n== References ==\ny}}\nz").contains("y"))
    }

    @Test func `a user's rules go before those of the program`() {
        let rules = """
            [templates]
            mine, my other = «$1»[ in $place]
            nowrap = no: $1
            [units]
            blorp = bl | blorp | blorps | 2 | m
            """
        let options = WikitextOptions(templateRules: rules)
        #expect(cleaned("{{mine|a}} {{My other|b|place=c}}", options) == "«a» «b» in c")
        #expect(cleaned("{{nowrap|a}} {{small|b}}", options) == "no: a b")
        #expect(cleaned("{{convert|3|blorp|m}}", options) == "3 blorps (6.0 m)")
        #expect(cleaned("{{nowrap|a}}") == "a")
    }

    @Test func `a page's title stands for its variables`() {
        var cleaner = WikitextCleaner()
        var loss: [Loss: LossCount] = [:]
        let text = cleaner.clean(
            Array("{{PAGENAME}}, {{FULLPAGENAME}}, {{NAMESPACE}}, {{SUBPAGENAME}}".utf8), title: "Help:Links/de",
            loss: &loss)
        #expect(String(decoding: text, as: UTF8.self) == "Links/de, Help:Links/de, Help, de")
    }

    @Test func `disambiguations are set aside with their reason`() throws {
        let directory = TemporaryDirectory()
        let dump = try directory.write(
            """
            <mediawiki><page><title>A</title><ns>0</ns><id>1</id><revision><text>Text {{nowrap|a}}.</text></revision></page>
            <page><title>B</title><ns>0</ns><id>2</id><revision><text>* [[c]] {{disambig}}</text></revision></page></mediawiki>
            """, to: "dump.xml")
        var configuration = IngestConfiguration()
        configuration.wikitext.disambiguation = .drop
        let result = try ingest([dump], into: directory.file("corpus"), configuration)
        #expect(result.texts == ["Text a."])
        #expect(result.rejections == ["disambiguation": 1])
    }
}
