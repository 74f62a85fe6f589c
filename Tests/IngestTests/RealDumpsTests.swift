import Storage
import TestSupport
import Testing

@testable import Ingest

/// Real dumps, when they are there: every page is a document or is told of.
@Suite(.enabled(if: SharedData.isThere)) struct RealDumpsTests {
    let directory = TemporaryDirectory()

    @Test(arguments: [
        ("enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2", 206),
        ("enwiki-table-markup.xml.bz2", 5), ("enwiki-20150112-pages-articles1.xml.bz2", 3),
        ("enwiki-pages-articles-sample.xml.bz2", 3), ("enwiki-articles-partial.xml", 11),
        ("itwiki-small-dump.xml.gz", 747), ("wikipedia-small-test.xml.bz2", 3),
        ("enwiktionary-20150224-pages-articles-multistream.xml.bz2", 300), ("enwiktionary-20080613.xml", 2),
        ("aawiki-20260101-pages-meta-current.xml.bz2", 507), ("zhwiki-test-pages.xml", 33),
        ("zhwiki-broken-1.xml", 3), ("zhwiki-broken-2.xml", 3), ("mwtest_current_pages.xml", 4), ("pywikibot", 6),
        ("minidumps", 119), ("single-pages", 18), ("template-only", 4027),
    ])
    func `every page is accounted for`(name: String, pages: Int) throws {
        let result = try ingest([SharedData.path("mediawiki/" + name)], into: directory.file("corpus"))
        #expect(result.summary.documents + result.summary.rejected == pages)
        for text in result.texts { #expect(!text.isEmpty && !text.contains("\n\n")) }
    }

    @Test func `the English dump holds a hundred redirects`() throws {
        let name = "mediawiki/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
        let result = try ingest([SharedData.path(name)], into: directory.file("corpus"))
        // One of the hundred is in another namespace, which is found first.
        #expect(result.rejections["redirect", default: 0] + result.rejections["namespace", default: 0] == 100)
        #expect(
            result.documents.allSatisfy { $0.language == "en" && $0.url.hasPrefix("https://en.wikipedia.org/wiki/") })
    }

    @Test func `a multistream dump gives the same corpus as the plain one`() throws {
        let plain = try ingest(
            [SharedData.path("mediawiki/ltgwiki-latest-pages-articles.xml")], into: directory.file("plain"))
        let multistream = try ingest(
            [SharedData.path("mediawiki/ltgwiki-pages-articles-multistream.xml.bz2")], into: directory.file("multi"))
        #expect(plain.digest == multistream.digest)
        #expect(plain.summary.documents + plain.summary.rejected == 2004)
    }

    @Test func `domain collections are read whole`() throws {
        let medical = try ingest([SharedData.path("medical")], into: directory.file("medical"))
        #expect(medical.summary.documents == 2999 + 500 + 49)
        let legal = try ingest([SharedData.path("legal")], into: directory.file("legal"))
        #expect(legal.summary.documents == 550 + 225 + 8563)
    }
}
