import TestSupport
import Testing

@testable import Ingest

/// Real dumps, when they are there: no markup is left in what they give.
@Suite(.enabled(if: SharedData.isThere)) struct WikitextLeftoverTests {
    static let markup = [
        "{{", "}}", "[[", "]]", "'''", "''", "<ref", "</ref", "{|", "|}", "&nbsp;", "thumb|", "__TOC__", "__NOTOC__",
        "<br", "<div", "<!--", "{{{",
    ]

    /// What stays, as MediaWiki shows it: `{{|t|kea|...}}`, which no template can be named, a link whose second bracket
    /// is missing, and a page that shows its `'''''`.
    static let shown: [String: [String: Int]] = [
        "enwiktionary-20150224-pages-articles-multistream.xml.bz2": ["{{": 1, "}}": 1, "{|": 1],
        "ltgwiki-latest-pages-articles.xml": ["]]": 1],
    ]

    @Test(arguments: [
        "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2", "enwiki-table-markup.xml.bz2",
        "enwiki-20150112-pages-articles1.xml.bz2", "enwiki-pages-articles-sample.xml.bz2",
        "enwiki-articles-partial.xml",
        "itwiki-small-dump.xml.gz", "wikipedia-small-test.xml.bz2", "ltgwiki-latest-pages-articles.xml",
        "enwiktionary-20150224-pages-articles-multistream.xml.bz2", "aawiki-20260101-pages-meta-current.xml.bz2",
        "zhwiki-test-pages.xml", "minidumps", "single-pages",
    ])
    func `no markup is left`(_ name: String) throws {
        let directory = TemporaryDirectory()
        let result = try ingest([SharedData.path("mediawiki/" + name)], into: directory.file("corpus"))
        for piece in Self.markup {
            var places: [String] = []
            for text in result.texts where text.contains(piece) {
                var rest = text[...]
                while let found = rest.firstRange(of: piece) {
                    places.append(String(rest[..<found.upperBound].suffix(60)))
                    rest = rest[found.upperBound...]
                }
            }
            #expect(places.count <= Self.shown[name]?[piece] ?? 0, "\(name): \(piece) in \(places)")
        }
    }
}
