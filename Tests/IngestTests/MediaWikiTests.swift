import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct MediaWikiTests {
    let directory = TemporaryDirectory()

    /// What a dump gives: pages that parse, and what became of the others.
    struct Content: Equatable {
        var pages: [MediaWikiPage] = []
        var damage: [Rejection] = []
        var rawBytes = 0
    }

    func read(_ source: any ByteSource, maxTextBytes: Int = 1 << 20, _ options: DumpOptions = DumpOptions()) throws
        -> Content
    {
        let reader = DumpReader(source, options)
        var parser = PageParser(maxTextBytes: maxTextBytes)
        var content = Content()
        while let item = try reader.next() {
            content.rawBytes += item.rawBytes
            switch item.content {
            case .page(let xml):
                do { content.pages.append(try parser.parse(xml)) } catch {
                    content.damage.append(Rejection(externalID: "", reason: "damaged", detail: error.description))
                }
            case .rejected(let rejection): content.damage.append(rejection)
            default: Issue.record("an item that is no page")
            }
        }
        return content
    }

    func pages(_ source: any ByteSource, maxTextBytes: Int = 1 << 20) throws -> [MediaWikiPage] {
        try read(source, maxTextBytes: maxTextBytes).pages
    }

    func pages(_ text: String) throws -> [MediaWikiPage] { try pages(PiecesSource([Array(text.utf8)])) }

    func read(_ text: String) throws -> Content { try read(PiecesSource([Array(text.utf8)])) }

    func failure(_ bytes: [UInt8], pieces: Int = 1000) -> Failure? {
        #expect(throws: Failure.self) { try pages(PiecesSource(bytes, size: pieces)) }
    }

    @Test func `a dump gives its pages with all that is known of them`() throws {
        let reader = DumpReader(PiecesSource([SmallDump.bytes]), DumpOptions())
        let first = try #require(try reader.next())
        guard case .page(let xml) = first.content else { return }
        var parser = PageParser(maxTextBytes: 1 << 20)
        let page = try parser.parse(xml)
        #expect(page.id == "1")
        #expect(page.title == "Käse & Brot")
        #expect(page.namespace == .number(0))
        #expect(page.revision?.id == "1001")
        #expect(page.revision?.model == "wikitext")
        #expect(
            String(decoding: page.revision?.text ?? [], as: UTF8.self)
                == "Käse ist <b>gut</b>.  \n\nBrot   auch: 面包 🥖.")
        #expect(reader.site.language == "de")
        #expect(reader.site.databaseName == "dewiki")
        #expect(reader.site.namespaces == [0: "", 1: "Diskussion", 10: "Vorlage"])
        #expect(reader.site.url(ofTitle: page.title) == "https://de.example.org/wiki/K%C3%A4se_%26_Brot")
    }

    @Test func `any cut of the bytes gives the same pages`() throws {
        var damaged = SmallDump.bytes
        // A byte of 面 gone: the repair must not depend on the cut either.
        damaged.remove(at: try #require(damaged.firstIndex(of: 0xE9)) + 1)
        for bytes in [SmallDump.bytes, damaged] {
            let whole = try pages(PiecesSource([bytes]))
            #expect(whole.count == SmallDump.pageCount)
            for size in [1, 2, 3, 5, 64, 255] {
                #expect(try pages(PiecesSource(bytes, size: size)) == whole, "\(size)")
            }
            for cut in 1..<bytes.count {
                let found = try pages(PiecesSource([Array(bytes[..<cut]), Array(bytes[cut...])]))
                #expect(found == whole, "cut at \(cut)")
                if found != whole { return }
            }
        }
    }

    @Test func `sizes of pages add up to the dump`() throws {
        let total = try read(PiecesSource([SmallDump.bytes])).rawBytes
        #expect(total == SmallDump.bytes.count - "\n</mediawiki>\n".utf8.count)
    }

    @Test func `white space between entities is kept`() throws {
        let text = "&lt;ref&gt; &lt;/ref&gt;\n \n&amp; &quot;x&quot;  "
        let page = try pages("<mediawiki>" + SmallDump.page("A", id: 1, text: text) + "</mediawiki>").first
        #expect(String(decoding: page?.revision?.text ?? [], as: UTF8.self) == "<ref> </ref>\n \n& \"x\"  ")
    }

    @Test func `pages without a root are read, one or several`() throws {
        let one = SmallDump.page("A", id: 1, text: "eins")
        #expect(try pages(one).map(\.title) == ["A"])
        #expect(try pages("\u{FEFF}\n" + one + SmallDump.page("B", id: 2, text: "zwei")).map(\.title) == ["A", "B"])
        #expect(try pages("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + one).map(\.title) == ["A"])
    }

    @Test func `the latest of several revisions counts, in any order`() throws {
        func revision(_ id: Int, _ year: Int) -> String {
            "<revision><id>\(id)</id><timestamp>\(year)-01-01T00:00:00Z</timestamp><text>\(year)</text></revision>"
        }
        for order in [[2001, 2005, 2003], [2005, 2001, 2003], [2001, 2003, 2005]] {
            let revisions = order.map { revision($0, $0) }.joined()
            let page = try pages("<mediawiki><page><title>A</title>\(revisions)</page></mediawiki>").first
            #expect(page?.revision?.id == "2005")
            #expect(page?.revision?.text == Array("2005".utf8))
        }
    }

    @Test func `a page with invalid bytes is kept, marked and counted`() throws {
        let before = SmallDump.page("A", id: 1, text: "gut")
        let xml =
            Array("<mediawiki>\(before)<page><title>B</title><revision><text>x".utf8) + [0xFF, 0xC3, 0x28, 0x01]
            + Array("y</text></revision></page></mediawiki>".utf8)
        let found = try pages(PiecesSource(xml, size: 3))
        #expect(found.count == 2)
        #expect(found[0].repairs.isEmpty)
        #expect(found[1].revision?.text == Array("x\u{FFFD}\u{FFFD}( y".utf8))
        #expect(found[1].repairs[Loss(kind: "encoding", name: "invalid-utf8")]?.count == 2)
        #expect(found[1].repairs[Loss(kind: "encoding", name: "control-character")]?.count == 1)
    }

    @Test func `texts above the limit are dropped but measured`() throws {
        let long = String(repeating: "x", count: 5000)
        let xml =
            "<mediawiki>" + SmallDump.page("A", id: 1, text: long) + SmallDump.page("B", id: 2, text: "kurz")
            + "</mediawiki>"
        let found = try pages(PiecesSource(Array(xml.utf8), size: 100), maxTextBytes: 4999)
        #expect(found[0].revision?.textBytes == 5000)
        #expect(found[0].revision?.text.isEmpty == true)
        #expect(found[1].revision?.text == Array("kurz".utf8))
    }

    @Test func `a text of twenty megabytes is read`() throws {
        let long = String(repeating: "words and &amp; more of them 面包\n", count: 700_000)
        let xml = "<mediawiki>" + SmallDump.page("A", id: 1, text: long) + "</mediawiki>"
        let found = try pages(PiecesSource(Array(xml.utf8), size: ByteSourceSize.piece), maxTextBytes: 64 << 20)
        #expect(found.first?.revision?.text.count == long.utf8.count - 4 * 700_000)
    }

    @Test func `entity bombs and outside entities are refused`() throws {
        let bomb = """
            <!DOCTYPE mediawiki [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
            <mediawiki><page><title>A</title><revision><text>&b;</text></revision></page></mediawiki>
            """
        let outside = """
            <!DOCTYPE mediawiki [<!ENTITY x SYSTEM "file:///etc/hostname">]>
            <mediawiki><page><title>&x;</title></page></mediawiki>
            """
        for text in [bomb, outside, "<!DOCTYPE html><html></html>"] {
            for size in [1, 17, 10_000] {
                let failure = failure(Array(text.utf8), pieces: size)
                #expect(failure?.code == .badData)
                #expect(
                    failure?.message.contains("document type declaration") == true, "\(String(describing: failure))")
            }
        }
    }

    @Test func `ill-formed XML costs its page alone`() throws {
        let bad = [
            "<page><title>&nbsp;</title></page>", "<page><title>X</title><revision></title></revision></page>",
            "<page><title>Y</title><text a=b></text></page>", "<page><title>Z &amp Z</title></page>",
        ]
        for page in bad {
            let text =
                "<mediawiki>" + SmallDump.page("A", id: 1, text: "eins") + page
                + SmallDump.page("B", id: 2, text: "zwei") + "</mediawiki>"
            let found = try read(text)
            #expect(found.pages.map(\.title) == ["A", "B"], "\(page)")
            #expect(found.damage.count == 1)
            #expect(found.damage.first?.detail.contains("not well-formed") == true)
        }
    }

    @Test func `endless nesting costs its pages`() throws {
        let nested = String(repeating: "<page>", count: 100_000) + "</page>"
        let found = try read(PiecesSource(Array(("<mediawiki>" + nested + "</mediawiki>").utf8), size: 5000))
        #expect(found.damage.count == 100_000 - 1)
        let deep = "<page>" + String(repeating: "<x>", count: 100_000) + "</page>"
        let other = try read("<mediawiki>" + deep + SmallDump.page("A", id: 1, text: "x") + "</mediawiki>")
        #expect(other.pages.map(\.title) == ["A"])
        #expect(other.damage.first?.detail.contains("nested deeper") == true)
    }

    @Test func `another root is named`() {
        #expect(failure(Array("<html><page/></html>".utf8))?.message.contains("<html>") == true)
    }

    @Test func `what is not XML in UTF-8 is told`() {
        #expect(failure(Array("hello".utf8))?.message.contains("does not begin with '<'") == true)
        #expect(failure([0xFF, 0xFE, 0x3C, 0x00])?.message.contains("UTF-16") == true)
        let latin = "<?xml version='1.0' encoding='ISO-8859-1'?><mediawiki></mediawiki>"
        #expect(failure(Array(latin.utf8))?.message.contains("ISO-8859-1") == true)
        #expect(failure([])?.message == "is empty")
    }

    @Test func `every truncation is told, and the pages before it are there`() throws {
        let whole = try pages(PiecesSource([SmallDump.bytes]))
        let end = SmallDump.bytes.count - 1 - "</mediawiki>".utf8.count
        let head = try #require(SmallDump.bytes.firstRange(of: Array("<page>".utf8))).lowerBound
        for cut in stride(from: head + 6, through: end + 10, by: 13) {
            let found = try read(PiecesSource(Array(SmallDump.bytes[..<cut]), size: 50))
            #expect(found.pages == Array(whole[..<found.pages.count]))
            #expect(found.damage.count == 1, "cut at \(cut)")
        }
        for cut in 1..<head {
            #expect(failure(Array(SmallDump.bytes[..<cut]))?.code == .badData, "cut at \(cut)")
        }
    }

    @Test func `of a page with a hole the others are kept`() throws {
        let text = "<mediawiki>" + (1...5).map { SmallDump.page("P\($0)", id: $0, text: "Text \($0)") }.joined()
        let bytes = Array((text + "</mediawiki>").utf8)
        // The end of P2 and the beginning of P3 are gone.
        let begin = try #require(bytes.firstRange(of: Array("Text 2".utf8))).lowerBound
        let end = try #require(bytes.firstRange(of: Array("Text 3".utf8))).lowerBound
        let source = HoledSource([Array(bytes[..<begin]), nil, Array(bytes[end...])])
        let found = try read(source)
        #expect(found.pages.map(\.title) == ["P1", "P4", "P5"])
        #expect(found.damage.map(\.title) == ["P2"])
        #expect(found.damage.first?.detail.contains("a hole") == true)
    }

    @Test func `a page whose first tag is damaged is told of, wherever the dump is cut`() throws {
        let text = "<mediawiki>" + (1...4).map { SmallDump.page("P\($0)", id: $0, text: "Text \($0)") }.joined()
        let whole = Array((text + "</mediawiki>").utf8)
        let third = try #require(text.ranges(of: "<page>").dropFirst(2).first?.lowerBound.utf16Offset(in: text))
        for place in third..<third + 6 {
            for replacement in Array("x<> ".utf8) + [0xFF] where whole[place] != replacement {
                var bytes = whole
                bytes[place] = replacement
                for size in [1, 7, 10_000] {
                    let found = try read(PiecesSource(bytes, size: size))
                    #expect(found.damage.count == 1, "\(place) \(replacement)")
                    #expect(found.damage.first?.reason == RawItem.damaged)
                    #expect(found.pages.map(\.title) == ["P1", "P2", "P4"])
                }
            }
        }
        // Both of its tags are damaged: the next page begins where it has not ended.
        let lost = text.replacing("<page>\n    <title>P3", with: "<paqe>\n    <title>P3")
            .replacing("Text 3</text>\n    </revision>\n  </page>", with: "Text 3</text>\n    </revision>\n  </paqe>")
        let found = try read(PiecesSource(Array((lost + "</mediawiki>").utf8), size: 50))
        #expect(found.damage.count == 1)
        #expect(found.pages.map(\.title) == ["P1", "P2", "P4"])
    }

    @Test func `no change of a byte makes a page vanish without a row`() throws {
        let whole = Array(
            (SmallDump.header + (1...3).map { SmallDump.page("P\($0)", id: $0, text: "Text &lt; \($0)") }.joined()
                + "</mediawiki>").utf8)
        for place in whole.indices {
            for replacement in Array("<x /".utf8) where whole[place] != replacement {
                var bytes = whole
                bytes[place] = replacement
                do {
                    let found = try read(PiecesSource(bytes, size: 300))
                    #expect(found.pages.count + found.damage.count >= 3, "byte \(place) \(replacement)")
                } catch { #expect((error as? Failure)?.code == .badData) }
            }
        }
    }

    @Test func `an ill-formed head costs what it says, not the pages`() throws {
        let pages = SmallDump.page("A", id: 1, text: "a") + SmallDump.page("B", id: 2, text: "b") + "</mediawiki>"
        let heads = [
            SmallDump.header.replacing("</namespaces>", with: "</namespace>"),
            SmallDump.header.replacing("<dbname>", with: "<dbname"), SmallDump.header + "<a></b>",
            SmallDump.header.replacing("Probe", with: "&Probe;"),
        ]
        for head in heads {
            for size in [1, 50, 10_000] {
                let found = try read(PiecesSource(Array((head + pages).utf8), size: size))
                #expect(found.pages.map(\.title) == ["A", "B"], "\(head)")
                #expect(found.damage.map(\.reason) == [RawItem.damaged])
            }
            #expect(failure(Array(head.utf8))?.code == .badData)
            let output = TemporaryDirectory()
            let path = try output.write(Array((head + pages).utf8), to: "head.xml")
            #expect(throws: Failure.self) { try ingest([path], into: output.file("corpus")) }
            let result = try ingest([path], into: output.file("corpus"), keepGoing: true)
            #expect(result.texts == ["a", "b"])
            // What an element says that had ended before the damage is known.
            #expect(result.documents.map(\.language) == ["de", "de"])
            let isKnown = head.hasSuffix("<a></b>")
            #expect(result.documents.map { !$0.url.isEmpty } == [isKnown, isKnown])
        }
        for other in ["<rss><page></rss>", "<!DOCTYPE x><mediawiki><page></page></mediawiki>"] {
            #expect(failure(Array((other + pages).utf8))?.code == .badData)
        }
    }

    @Test func `segments of a damaged dump together are the dump`() throws {
        var text = SmallDump.header
        for id in 1...200 {
            let page = SmallDump.page("P\(id)", id: id, text: String(repeating: "Wort \(id) ", count: id % 9))
            text += id % 7 == 3 ? page.replacing("<page>", with: "<pagé>") : page
        }
        let path = try directory.write(Array((text + "</mediawiki>").utf8), to: "damaged.xml")
        let crew = ThreadCrew(threads: 2)
        func names(_ reader: DumpReader) throws -> [String] {
            var names: [String] = []
            while let item = try reader.next() {
                switch item.content {
                case .page(let page): names.append(PageName(page.xml).title)
                case .rejected(let rejection): names.append(rejection.detail)
                default: Issue.record("an item that is no page")
                }
            }
            return names
        }
        for chunkBytes in [700, 1500, 4000] {
            var configuration = IngestConfiguration()
            configuration.chunkBytes = chunkBytes
            let file = try DumpFile(path, configuration)
            let whole = try names(file.open(.rest(SourceProgress()), crew))
            #expect(whole.count == 200)
            var parts = try names(file.open(.restOfSegment(SourceProgress()), crew))
            for segment in try 1..<file.segments(crew) { parts += try names(file.open(.segment(segment), crew)) }
            #expect(parts.count == 200)
            #expect(parts == whole)
        }
    }

    @Test func `a text that the wiki has hidden is no empty page`() throws {
        let page = SmallDump.page("A", id: 1, text: "a").replacing(
            "<text xml:space=\"preserve\">a</text>", with: "<text deleted=\"deleted\" />")
        let path = try directory.write(Array((SmallDump.header + page + "</mediawiki>").utf8), to: "hidden.xml")
        #expect(try ingest([path], into: directory.file("hidden")).rejections == ["deleted": 1])
    }

    @Test func `all revisions are documents on demand`() throws {
        let revisions = (1...4).map {
            "<revision><id>\($0)</id><timestamp>200\(9 - $0)-01-01T00:00:00Z</timestamp><text>T\($0)</text></revision>"
        }
        let text = "<mediawiki><page><title>A</title><id>7</id>\(revisions.joined(separator: "\n"))</page></mediawiki>"
        var options = DumpOptions()
        options.revisions = .all
        for size in [1, 7, 10_000] {
            let all = try read(PiecesSource(Array(text.utf8), size: size), options)
            #expect(all.pages.map { $0.revision?.id } == ["1", "2", "3", "4"])
            #expect(all.pages.allSatisfy { $0.title == "A" && $0.id == "7" })
            #expect(try pages(PiecesSource(Array(text.utf8), size: size)).map { $0.revision?.id } == ["1"])
        }
    }

    @Test func `a history of any length needs the memory of one revision`() throws {
        var options = DumpOptions()
        options.maxPageBytes = 3000
        let long = String(repeating: "x", count: 1000)
        let revisions = (1000...1500).map { year in
            "<revision><timestamp>\(year)</timestamp><text>\(long)</text></revision>"
        }
        let text = "<mediawiki><page><title>A</title>\(revisions.joined())</page></mediawiki>"
        let found = try read(PiecesSource(Array(text.utf8), size: 100), options)
        #expect(found.pages.map { $0.revision?.timestamp } == ["1500"])
        options.maxPageBytes = 900
        let large = try read(PiecesSource(Array(text.utf8), size: 100), options)
        #expect(large.damage.map(\.reason) == ["too-large"])
    }

    @Test func `tags in comments and CDATA sections are none`() throws {
        let text =
            "<mediawiki><!-- <page> </page> -->" + SmallDump.page("A", id: 1, text: "<![CDATA[</page><page>]]>")
            + SmallDump.page("B", id: 2, text: "<!-- </page> -->zwei") + "</mediawiki>"
        for size in [1, 2, 3, 5, 1000] {
            let found = try read(PiecesSource(Array(text.utf8), size: size))
            let texts = found.pages.map { String(decoding: $0.revision?.text ?? [], as: UTF8.self) }
            #expect(texts == ["</page><page>", "zwei"])
            #expect(found.damage.isEmpty)
        }
    }

    @Test func `a title's prefix stands for its namespace`() {
        var site = SiteInformation()
        #expect(site.namespace(ofTitle: "Talk:X") == 1)
        #expect(site.namespace(ofTitle: "user_talk:X") == 3)
        #expect(site.namespace(ofTitle: "2001: A Space Odyssey") == 0)
        #expect(site.namespace(ofTitle: ":X") == 0)
        site.namespaces = [0: "", 10: "Vorlage"]
        #expect(site.namespace(ofTitle: "Vorlage:X") == 10)
        #expect(site.namespace(ofTitle: "Template:X") == 10)
    }

    @Test(arguments: [
        ("#REDIRECT [[A]]", "A"), ("\n #redirect[[A b|c]]", "A b"), ("#Weiterleitung: [[Ä]]", "Ä"),
        ("#重定向 [[甲]]", "甲"), ("#ĐỔI HƯỚNG [[B]]", "B"),
    ])
    func `redirects are known by their words`(text: String, target: String) {
        #expect(RedirectText.target(of: Array(text.utf8)) == target)
    }

    @Test(arguments: ["", "#", "# one [[link]]", "#REDIRECT without a link", "text #REDIRECT [[A]]", "[[A]] #REDIRECT"])
    func `other texts are no redirects`(text: String) {
        #expect(RedirectText.target(of: Array(text.utf8)) == nil)
    }
}
