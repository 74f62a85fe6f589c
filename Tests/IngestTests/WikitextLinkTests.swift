import Ingest
import Storage
import Testing

@Suite struct WikitextLinkTests {
    @Test(arguments: [
        ("a [[Berlin]] b", "a Berlin b"),
        ("[[Berlin|the city]]", "the city"),
        ("[[bus]]es and [[ant]]s", "buses and ants"),
        ("[[Talk:Pipe (music)|]]", "Pipe"),
        ("[[Boston, Massachusetts|]]", "Boston"),
        ("[[:Category:Birds]]", "Category:Birds"),
        ("[[:File:X.jpg|the file]]", "the file"),
        ("[[wikt:word|word]]", "word"),
        ("[[a|b|c]]", "b|c"),
        ("[[Star Trek: Voyager]]", "Star Trek: Voyager"),
        ("see [[Birds#Wings|wings]].", "see wings."),
        ("[[a|''b'' {{nowrap|c}}]]", "b c"),
    ])
    func `a link shows its text`(_ wikitext: String, _ text: String) {
        #expect(cleaned(wikitext) == text)
    }

    @Test func `a picture goes with its caption and the links in it`() {
        let (text, loss) = cleanedWithLoss(
            "Before. [[File:A.jpg|thumb|200px|A [[big]] ''one'' [http://x.org y]]] After.")
        #expect(text == "Before. After.")
        #expect(loss[Loss(kind: "file", name: "file")]?.count == 1)
    }

    @Test func `a picture's caption may hold paragraphs and templates`() {
        #expect(cleaned("[[Image:A.jpg|thumb|One\n\ntwo {{cite|a=b}} [[c|d]]\nthree]]\nText.") == "Text.")
    }

    @Test func `a file namespace goes by the wiki's own name, by any alias, or by the suffix`() {
        let german = WikiNamespaces(names: [6: "Datei", 14: "Kategorie"])
        #expect(cleaned("[[Datei:A.jpg|mini|Text]]x[[Kategorie:B]]", namespaces: german) == "x")
        #expect(cleaned("[[Image:A.jpg|mini|Text]]x[[category:B]]", namespaces: german) == "x")
        #expect(cleaned("[[Immagine:A b.JPG|thumb|Testo]]x") == "x")
    }

    @Test func `categories and links to other languages go`() {
        let (text, loss) = cleanedWithLoss(
            "Text.\n\n[[Category:Birds|Key]]\n[[de:Vögel]]\n[[zh-min-nan:Chiáu]]")
        #expect(text == "Text.")
        #expect(loss[Loss(kind: "link", name: "category")]?.count == 1)
        #expect(loss[Loss(kind: "link", name: "language")]?.count == 2)
    }

    @Test(arguments: [
        ("a [http://x.org the site] b", "a the site b"),
        ("a [http://x.org] b", "a b"),
        ("a [//x.org/y z] b", "a z b"),
        ("Go to http://x.org/a_b?c=d&e.", "Go to http://x.org/a_b?c=d&e."),
        ("(see https://x.org/a) then", "(see https://x.org/a) then"),
        ("[mailto:a@b.c Mail]", "Mail"),
        ("ratio 3://4", "ratio 3://4"),
        ("[not a link]", "[not a link]"),
        ("a[b[0]] = 1", "a[b[0]] = 1"),
    ])
    func `addresses in brackets go and their texts stay`(_ wikitext: String, _ text: String) {
        #expect(cleaned(wikitext) == text)
    }

    @Test(arguments: [
        ("-{zh-hans:计算机; zh-hant:電腦}-", "计算机"),
        ("a -{b}- c", "a b c"),
        ("-{A|zh-cn:x; zh-tw:y}-z", "xz"),
        ("5-{{convert|1|km}}", "5-1 kilometre (0.62 mi)"),
    ])
    func `language variants show the first of them`(_ wikitext: String, _ text: String) {
        #expect(cleaned(wikitext) == text)
    }

    @Test func `brackets without a partner are text in a short piece and slips in a page of links`() {
        #expect(cleaned("[[unclosed link\nnext") == "[[unclosed link next")
        #expect(cleaned("{{a|[[b}} text") == "{{a|[[b}} text")
        let links = String(repeating: "[[a]] ", count: 100)
        #expect(cleaned(links + "[[unclosed\nclosed]] }}").hasSuffix("a unclosed closed"))
    }
}
