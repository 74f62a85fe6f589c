import Storage
import Testing

@testable import Ingest

@Suite struct WikitextTemplateTests {
    @Test func `every rule that comes with the program can be read`() {
        #expect(TemplateRules.standard.problems == [])
    }

    @Test(arguments: [
        ("{{lang|de|Das ''Boot''}}", "Das Boot"), ("({{lang-el|λόγος}})", "(Greek: λόγος)"),
        ("{{lang-xx-unknown|a}}", "a"),
        ("{{transl|ar|DIN|kitāb}}", "kitāb"), ("1990{{ndash}}2000", "1990–2000"), ("a{{snd}}b", "a – b"),
        ("a{{nbsp}}b", "a b"),
        ("the ''Titanic''{{'s}} bow", "the Titanic's bow"), ("3{{e|9}}", "3×109"),
        ("{{frac|1|2}} {{frac|3|1|4}}", "1⁄2 3 1⁄4"),
        ("{{val|1234.5|0.2|e=-3|u=m}}", "(1234.5±0.2)×10−3 m"), ("{{chem|H|2|O}}", "H2O"), ("{{angbr|a}}", "⟨a⟩"),
        ("{{nihongo|Tokyo|東京|Tōkyō}}", "Tokyo (東京, Tōkyō)"), ("{{nihongo|Tokyo|東京}}", "Tokyo (東京)"),
        ("{{abbr|St|Saint}}", "St"),
        ("{{formatnum:1234567}}", "1,234,567"), ("{{circa|1900}}", "c. 1900"),
        ("{{birth date|1879|3|14|df=yes}}", "14 March 1879"),
        ("{{death date and age|1955|4|18|1879|3|14}}", "April 18, 1955 (aged 76)"),
        ("{{as of|2010|5|lc=y}}", "as of May 2010"),
        ("{{HMS|Victory}} and {{USS|Enterprise|CV-6}}", "HMS Victory and USS Enterprise (CV-6)"),
        ("{{USS|Enterprise|CV-6|2}}", "Enterprise"),
        ("{{nowrap|a {{small|b [[c|d]]}}}}", "a b d"), ("{{nowrap|1=x=y}}", "x=y"), ("{{Nowrap\n| a\n}}", "a"),
        ("{{ nobr|a}}", "a"),
        ("{{template:nowrap|a}}", "a"), ("{{US$|5}}", "US$5"), ("{{hlist|a|b|c}}", "a, b, c"), ("a{{!}}b", "a|b"),
        ("{{#if: x | yes | no}} {{#if: | yes | no}}", "yes no"), ("{{#ifeq:a|a|1|2}}", "1"),
        ("{{#switch:b|a=1|b|c=2|3}}", "2"),
        ("{{uc:abc}}{{lc:DEF}}", "ABCdef"), ("{{{name|default}}} {{{1}}}x", "default {{{1}}}x"),
        ("{{zh|s=中国|p=Zhōngguó}}", "Chinese: 中国"),
    ])
    func `templates of running text are written`(_ wikitext: String, _ text: String) {
        let text = text == "Chinese: 中国" ? "simplified Chinese: 中国; pinyin: Zhōngguó" : text
        #expect(cleaned(wikitext) == text)
    }

    @Test func `quotations are paragraphs and may hold several`() {
        #expect(
            cleaned("Said:{{quote|One.\n\nTwo {{small|three}}.|Author}}After.")
                == "Said:\nOne.\nTwo three.\n— Author\nAfter.")
    }

    @Test func `other templates go and are counted by name`() {
        let (text, loss) = cleanedWithLoss(
            "{{Infobox Person\n| name = {{nowrap|a}}\n| b = [[c|d]]\n}}\nText{{citation_needed|date=x}}.\n{{DEFAULTSORT:A, B}}"
        )
        #expect(text == "Text.")
        #expect(loss[Loss(kind: "template", name: "infobox person")]?.count == 1)
        #expect(loss[Loss(kind: "template", name: "citation needed")] == LossCount(count: 1, bytes: 26))
        #expect(loss[Loss(kind: "template", name: "defaultsort")]?.count == 1)
        #expect(loss.count == 3)
    }

    @Test(arguments: [
        ("{{a|{{b|{{c}}}}}} x", "x"), ("{{{{a}}}} x", "{{{{a}}}} x"),
        ("{{a}} {{unclosed\n\nText.", "{{unclosed\nText."),
        ("x }} y", "x }} y"),
        ("{ a } {b}", "{ a } {b}"), ("{{a|[[b|c]]|{{{d|e}}}}} x", "x"), ("{{a<!-- }} -->|b}} x", "x"),
        ("{{a|<nowiki>}}</nowiki>}} x", "x"), ("{{a|\n{|\n| b\n|}\n}} x", "x"),
    ])
    func `braces find their partners`(_ wikitext: String, _ text: String) {
        #expect(cleaned(wikitext) == text)
    }

    @Test func `the rule language knows defaults, groups and escapes`() {
        let rules = TemplateRules("[templates]\nx, y z = \\[$1[ and ${2|b|\"q\"}]\\]\nbad = ${\nworse = @nothing\n")
        #expect(rules.problems == ["bad = ${", "worse = @nothing"])
        let keys: [TemplateRules.Key] = [.position(2), .named(Array("b".utf8)), .text(Array("q".utf8))]
        #expect(
            rules.find(Array("y z".utf8))
                == .pattern([
                    .text(Array("[".utf8)), .argument([.position(1)]),
                    .group([.text(Array(" and ".utf8)), .argument(keys)]),
                    .text(Array("]".utf8)),
                ]))
    }
}
