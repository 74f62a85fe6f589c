import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

/// The scan of pages beside libxml2: whatever it gives is what libxml2 gives.
@Suite struct PlainPageScannerTests {
    static let page = """
        <page><title>A &amp; &quot;B&quot;</title><ns>0</ns><id>7</id><redirect title="C &lt; D" /><revision><id>8</id>
        <timestamp>2020-01-01T00:00:00Z</timestamp><contributor><username>x</username></contributor><minor />
        <model>wikitext</model><text bytes="30" xml:space="preserve">''a'' &lt;b&gt; &amp;amp; &#039;x&apos; 面 \n\n </text>
        <sha1/></revision></page>
        """

    /// Compares the two on `xml`; whether the scan gave a page.
    @discardableResult
    func compare(_ xml: [UInt8]) -> Bool {
        var repairs: [Loss: LossCount] = [:]
        let valid = Utf8Repair.repaired(xml, loss: &repairs)
        guard let plain = PlainPageScanner.page(valid, maxTextBytes: 1 << 20) else { return false }
        var parser = PageParser(maxTextBytes: 1 << 20)
        do { #expect(try parser.parseWithLibrary(valid) == plain, "\(String(decoding: valid, as: UTF8.self))") } catch {
            Issue.record("libxml2 does not take \(String(decoding: valid, as: UTF8.self)): \(error)")
        }
        return true
    }

    @Test func `a page as MediaWiki writes it is scanned`() throws {
        #expect(compare(Array(Self.page.utf8)))
        let page = try #require(PlainPageScanner.page(Array(Self.page.utf8), maxTextBytes: 1 << 20))
        #expect(page.title == "A & \"B\"")
        #expect(page.redirect == "C < D")
        #expect(String(decoding: page.revision?.text ?? [], as: UTF8.self) == "''a'' <b> &amp; 'x' 面 \n\n ")
    }

    @Test(arguments: [
        "<!-- c -->", "<![CDATA[x]]>", "<?p?>", "&#65;", "&nbsp;", "&", "<b/>", "]]>", "<x:y/>", "\r", "<a b='c'/>",
        "<a b=\"1\" b=\"2\"/>", "<a b=\"<\"/>", "<a xmlns=\"u\"/>", "</text>", "<a b=\"x\ty\"/>", "<1/>", "< a/>",
        "<a/ >",
        "<-/>",
    ])
    func `what is unusual is left to libxml2`(part: String) throws {
        for place in ["''a''", "<minor />", "</page>"] {
            compare(Array(Self.page.replacing(place, with: part + place).utf8))
        }
    }

    @Test func `any change of a few bytes is taken alike or not at all`() throws {
        var random = Philox(seed: 5, purpose: Philox.purpose("pages"))
        let alphabet = Array("<>&;/=\"' a1-]![\n?xt".utf8)
        let page = Array(Self.page.utf8)
        var scanned = 0
        for _ in 0..<20_000 {
            var changed = page
            for _ in 0...random.below(2) {
                let at = random.below(changed.count)
                switch random.below(3) {
                case 0: changed[at] = alphabet[random.below(alphabet.count)]
                case 1: changed.remove(at: at)
                default: changed.insert(alphabet[random.below(alphabet.count)], at: at)
                }
            }
            if compare(changed) { scanned += 1 }
        }
        #expect(scanned > 1000)
    }

    @Test(
        .enabled(if: SharedData.isThere),
        arguments: ["ltgwiki-latest-pages-articles.xml", "minidumps", "template-only", "pywikibot"])
    func `pages of real dumps are scanned and are the same`(name: String) throws {
        var options = DumpOptions()
        options.revisions = .all
        var (scanned, total) = (0, 0)
        let path = SharedData.path("mediawiki/" + name)
        let files = Files.isDirectory(path) ? try FolderWalk(path, leavingOut: "").files.map(\.path) : [path]
        for file in files where file.contains(".xml") {
            let reader = DumpReader(try Compression.open(file), options)
            while let item = try reader.next() {
                guard case .page(let page) = item.content else { continue }
                total += 1
                if compare(page.xml) { scanned += 1 }
            }
        }
        #expect(total > 0 && scanned * 10 >= total * 9, "\(scanned) of \(total)")
    }
}
