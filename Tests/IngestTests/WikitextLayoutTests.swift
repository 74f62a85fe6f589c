import Ingest
import Storage
import Testing

@Suite struct WikitextLayoutTests {
    @Test func `single line breaks join and blank lines part paragraphs`() {
        #expect(cleaned("a\nb\n\n\nc\n \nd  e\n") == "a b\nc\nd e")
        #expect(cleaned("") == "")
        #expect(cleaned("\n\n  \n") == "")
        #expect(cleaned("a\r\nb\r\n\r\nc") == "a b\nc")
    }

    @Test func `list items and indented lines are lines of their own`() {
        #expect(
            cleaned("Text:\n* a\n** b\n# c\n:d\n;term : meaning\n: e\n more\nend")
                == "Text:\na\nb\nc\nd\nterm\nmeaning\ne\nmore\nend")
    }

    @Test func `lists can be dropped and are counted`() {
        let (text, loss) = cleanedWithLoss("Text:\n* a\n# b\n: c", WikitextOptions(lists: .drop))
        #expect(text == "Text:\nc")
        #expect(loss[Loss(kind: "list", name: "item")]?.count == 2)
    }

    @Test func `headings stand alone, and not over what was dropped`() {
        let page =
            "Lead.\n== A ==\n=== B ===\nText b.\n== C ==\n{{navbox}}\n== ''D'' <!-- x --> ==  <!-- y -->\nText d.\n== E =="
        #expect(cleaned(page) == "Lead.\nA\nB\nText b.\nD\nText d.\nE")
        #expect(cleaned(page, WikitextOptions(headings: .drop)) == "Lead.\nText b.\nText d.")
        #expect(cleaned("= a = b\n1 = 2") == "= a = b 1 = 2")
    }

    @Test func `sections of apparatus go with what is below them`() {
        let page = "Lead.\n==References==\nx\n===Books===\ny\n== Life ==\nz\n=== See Also ===\n* q\n=== Death ===\nw"
        let (text, loss) = cleanedWithLoss(page)
        #expect(text == "Lead.\nLife\nz\nDeath\nw")
        #expect(loss[Loss(kind: "section", name: "References")]?.count == 1)
        #expect(cleaned(page, WikitextOptions(droppedSections: [])).contains("Books\ny"))
    }

    static let table = """
        Before.
        {| class="wikitable"
        |+ Caption
        ! scope="col" | Name !! Year
        |-
        | style="x" | [[Ann|Anna]] || 1900
        |-
        | Bob
        |
        {|
        | inner || cell
        |}
        |}
        After.
        """

    @Test func `tables go with the tables in them`() {
        let (text, loss) = cleanedWithLoss(Self.table)
        #expect(text == "Before.\nAfter.")
        #expect(loss[Loss(kind: "table", name: "table")]?.count == 1)
    }

    @Test func `a table as text has a line for each row`() {
        let text = cleaned(Self.table, WikitextOptions(tables: .text))
        #expect(text == "Before.\nCaption\nName Year\nAnna 1900\nBob inner cell\nAfter.")
        let html = "<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>d"
        #expect(cleaned(html, WikitextOptions(tables: .text)) == "a b\nc\nd")
        #expect(cleaned(html) == "d")
    }

    @Test func `an unclosed table loses its rows but not the text after it`() {
        let (text, loss) = cleanedWithLoss("a\n{| class=x\n| b || c\n|-\n| d\n\nText after.\n== H ==\nMore.")
        #expect(text.hasSuffix("Text after.\nH\nMore."))
        #expect(!text.contains("|"))
        #expect(loss[Loss(kind: "table", name: "stray row")]?.count == 4)
    }

    @Test func `a rule across the page parts paragraphs`() {
        #expect(cleaned("a\n----\nb\n-----c") == "a\nb\nc")
    }
}
