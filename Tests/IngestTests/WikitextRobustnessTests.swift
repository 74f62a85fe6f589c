import Foundation
import Ingest
import Storage
import Streaming
import Testing

@Suite struct WikitextRobustnessTests {
    /// A page with some of everything.
    static let sample = """
        {{Infobox x|a={{b|c}}|d=[[e|f]]}}
        '''Bold''' (''italics''; {{lang-el|λόγος}}) is{{snd}}a [[thing|''thing'']]s.<ref name="a">{{cite|b}}</ref> It's l'''été'' é.
        [[File:A.jpg|thumb|Caption [[b]] with {{c}}]] <!-- comment --> &nbsp;&amp;&#233; -{zh-hans:a; zh-hant:b}-
        == Heading ==
        * item {{convert|5|km|mi|abbr=on}}
        # [http://example.org text] <nowiki>''x''</nowiki> <math>\\alpha</math>
        {| class="x"
        ! a !! b
        |-
        | c || {{{d|e}}}
        |}
        {{quote|One.

        Two.}} 日本語 text <br> more <code>x</code> __TOC__ ~~~~
        == References ==
        {{reflist}} [[Category:X]]
        """

    @Test func `mutated pages end in bounded, tidy text`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the mutations: \(seed)")
        let pieces = [
            "{{", "}}", "[[", "]]", "{|", "|}", "\n", "|", "''", "'", "<ref>", "</ref>", "<!--", "-->", "=", "<", ">",
            "&", "\u{1}", "\u{5}",
        ]
        var cleaner = WikitextCleaner()
        var loss: [Loss: LossCount] = [:]
        for round in 0..<1500 {
            var random = Philox(seed: seed, purpose: Philox.purpose("mutate"), a: UInt64(round))
            var page = Array(Self.sample.utf8)
            for _ in 0..<(1 + random.below(12)) {
                let place = random.below(page.count)
                switch random.below(4) {
                case 0: page.insert(contentsOf: pieces[random.below(pieces.count)].utf8, at: place)
                case 1: page.removeSubrange(place..<min(page.count, place + random.below(6)))
                case 2: page[place] = UInt8(random.below(256))
                default:
                    page.insert(contentsOf: page[place..<min(page.count, place + 40)], at: random.below(page.count))
                }
                if page.isEmpty { page = [0x20] }
            }
            let text = cleaner.clean(page, loss: &loss)
            #expect(text.count <= page.count * 8, "seed \(seed), round \(round)")
            check(text, "seed \(seed), round \(round)")
        }
    }

    /// What the calling thread has used of the processor, so that other work on the machine does not count.
    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The form that every page of text has.
    private func check(_ text: [UInt8], _ name: String) {
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        if text.isEmpty { return }
        for line in lines {
            #expect(!line.isEmpty && line.first != 0x20 && line.last != 0x20, "\(name)")
            #expect(!line.contains { $0 < 0x20 || $0 == 0x7F }, "\(name)")
            #expect(!zip(line, line.dropFirst()).contains { $0 == 0x20 && $1 == 0x20 }, "\(name)")
        }
    }

    @Test func `valid UTF-8 stays valid wherever the page is cut by characters`() {
        let scalars = Array(Self.sample.unicodeScalars)
        for cut in stride(from: 0, to: scalars.count, by: 3) {
            var page = String.UnicodeScalarView()
            page.append(contentsOf: scalars[cut...])
            page.append(contentsOf: scalars[..<cut])
            var cleaner = WikitextCleaner()
            var loss: [Loss: LossCount] = [:]
            let text = cleaner.clean(Array(String(page).utf8), loss: &loss)
            #expect(String(validating: text, as: UTF8.self) != nil, "cut at \(cut)")
            for key in loss.keys { #expect(!key.name.unicodeScalars.contains("\u{FFFD}"), "cut at \(cut)") }
        }
    }

    @Test(arguments: [
        "{{", "{{{", "[[", "[", "[http://a ", "{|\n", "\n{|", "<ref>", "<ref name=a>", "<math>", "<!--", "<nowiki>",
        "<div>", "<code>",
        "<code>\n", "<table>", "-{", "''", "'''", "'", "\n=", "\n==a==", "&amp;", "&", "<", "</ref>", "{{a|",
        "{{nowrap|", "{{quote|", "[[a|",
        "[[File:a|", "{{convert|", "{{convert|1|{{convert|", "{{#if:a|", "{{#switch:a|a=", "{{{a|", "\n*", "\n|",
        "\n|}", "|", "(", "({{x}}",
        "__", "~", "http://", "\n ", " ", "\n", "<br>", "{{lang-el|", "-{a:", "<poem>", "[[a", "]", "]]", "}", "}}",
        "}-", "&#x", "<ref ",
    ])
    func `ten thousand of one opener end soon`(_ opener: String) {
        let count = 10_000
        for tail in [
            "end", String(repeating: "}}", count: count) + "end", String(repeating: "]]", count: count) + "end",
        ] {
            let page = Array((String(repeating: opener, count: count) + "text\n\n" + tail).utf8)
            var cleaner = WikitextCleaner()
            var loss: [Loss: LossCount] = [:]
            let start = processorSeconds()
            let text = cleaner.clean(page, loss: &loss)
            // Far above what linear time takes, far below what quadratic time does.
            #expect(processorSeconds() - start < 10, "\(opener)")
            #expect(text.count <= page.count * 8, "\(opener)")
            check(text, opener)
        }
    }

    @Test func `a cleaner gives the same text whatever it cleaned before`() {
        var used = WikitextCleaner()
        var loss: [Loss: LossCount] = [:]
        _ = used.clean(Array("{{a|[[b <poem> {| '''x ({{y}}".utf8), loss: &loss)
        let text = used.clean(Array(Self.sample.utf8), loss: &loss)
        #expect(String(decoding: text, as: UTF8.self) == cleaned(Self.sample))
        #expect(cleaned(Self.sample).hasPrefix("Bold (italics; Greek: λόγος) is – a things. It's l'été é."))
    }

    /// Pages whose size doubles with each level, so that a rule that asks for its arguments twice does twice the work.
    @Test(
        arguments: [
            { "{{#if:\($0)|\($0)}}" }, { "{{#switch:\($0)|\($0)=\($0)}}" }, { "{{hlist|\($0)|\($0)}}" },
            { "{{quote|\($0)|\($0)}}" }, { "{{\($0)\($0)}}" }, { "-{zh-cn:\($0);zh-tw:\($0)}-" },
        ] as [@Sendable (String) -> String])
    func `doubled nests end soon`(_ nest: @Sendable (String) -> String) {
        var page = "x"
        while page.utf8.count < 1_000_000 { page = nest(page) }
        var cleaner = WikitextCleaner()
        var loss: [Loss: LossCount] = [:]
        let start = processorSeconds()
        let text = cleaner.clean(Array(page.utf8), loss: &loss)
        #expect(processorSeconds() - start < 10)
        #expect(text.count <= page.utf8.count)
    }

    /// Pages made of one piece repeated, each a trap for a search that starts again and again.
    static let bombs: [(piece: String, tail: String)] = [
        ("{{", ""), ("{{", "}}"), ("{{{", "}}}"), ("{{a|", "}}"), ("{{nowrap|", "}}"), ("{{#if:a|", "}}"),
        ("{{#switch:a|a=", "}}"), ("{{lc:", "}}"), ("{{convert|1|", ""), ("{{#expr:(", "}}"), ("[[", ""), ("[[", "]]"),
        ("[[a|", "]]"), ("[[File:a|", "]]"), ("[[File:a|[[b]] ", ""), ("[[a|[http://b ", "]]"), ("[http://a ", "]"),
        ("[http://[[", ""), ("{|\n", ""), ("\n{|", "\n|}"), ("<table>", ""), ("<table>", "</table>"), ("<ref>", ""),
        ("<ref>", "</ref>"), ("<ref name=a>", ""), ("<ref ", ""), ("<math>", ""), ("<nowiki>", ""), ("<pre>", ""),
        ("<b ", ""), ("<!--", ""), ("<!-- -->", ""), ("\n<!-- -->", ""), ("-{", "}-"), ("-{zh:a;", ""), ("''", ""),
        (", ), (a ", ""), ("\n=", ""), ("\n=={{", ""), ("&amp;", ""), ("&", ""), ("&#", ""), ("__", ""),
        ("__A", ""), ("\n;a:", ""), ("({{x}}", ""), ("[[a/../", ""), ("%5B", ""), ("{{a|b=", "}}"), ("~~~~", ""),
        ("\n ", ""), ("<poem>", ""), ("{{hlist|", "}}"), ("\n " + String(repeating: "[[Category:a]] ", count: 8), ""),
        ("<table></table>", ""), (" [[Category:a]]", ""), (";:", ""), (";http://a:b ", ""),
        ("{{#switch:a|{{lc:a}}=", "}}"), ("|k=v", "{{s|"),
        ("{{#if:{{lc:", "}}}}"), ("<nowiki>&", "</nowiki>"), ("-{zh:a;b;", ""), ("{{label|a|", "}}"),
    ]

    @Test(arguments: bombs)
    func `four times the page takes about four times as long`(_ piece: String, _ tail: String) {
        func seconds(_ count: Int) -> Double {
            let page = Array(
                (String(repeating: piece, count: count) + "text" + String(repeating: tail, count: count)).utf8)
            var cleaner = WikitextCleaner()
            var loss: [Loss: LossCount] = [:]
            var best = Double.infinity
            for _ in 0..<3 {
                let start = processorSeconds()
                _ = cleaner.clean(page, loss: &loss)
                best = min(best, processorSeconds() - start)
            }
            return best
        }
        // Quadratic time would be sixteen times as much, and seconds.
        let (small, large) = (seconds(25_000), seconds(100_000))
        #expect(large < small * 11 + 0.4, "\(piece): \(small) s, then \(large) s")
    }
}
