import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct JATSTests {
    let directory = TemporaryDirectory()

    static func article(
        _ body: String, front: String = "", back: String = "", abstract: String = "",
        doctype: String = """
        <!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.2 20190208//EN"
          "JATS-archivearticle1.dtd">
        """
    ) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        \(doctype)
        <article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML"
            article-type="research-article" xml:lang="en">
        <front><journal-meta><journal-title-group><journal-title>J Gulls</journal-title></journal-title-group></journal-meta>
        <article-meta>
          <article-id pub-id-type="doi">10.1/gull</article-id>
          \(front)
          <title-group><article-title>Gulls &#38; <italic>boats</italic><xref ref-type="fn">*</xref></article-title>
            <subtitle>a study</subtitle></title-group>
          <contrib-group><contrib><name><surname>Lund</surname></name></contrib></contrib-group>
          <pub-date pub-type="collection"><year>2019</year></pub-date>
          <pub-date pub-type="epub"><day>3</day><month>4</month><year>2019</year></pub-date>
          <permissions><copyright-statement>© Lund</copyright-statement>
            <license xlink:href="https://creativecommons.org/licenses/by-nc/4.0/"><license-p>Free.</license-p></license>
          </permissions>
          \(abstract)
        </article-meta></front>
        <body>\(body)</body>
        <back>\(back)</back>
        </article>
        """
    }

    func outcomes(_ text: String, _ change: (inout IngestConfiguration) -> Void = { _ in }) throws -> RecordOutcomes {
        let path = try directory.write(text, to: "a.nxml")
        var configuration = IngestConfiguration()
        change(&configuration)
        let reader = XMLRecordReader([SourceFile(path: path, name: "a.nxml")], .article, maxBytes: 1 << 24)
        return try recordOutcomes(reader, configuration)
    }

    /// The paragraphs of a body, without the title.
    func paragraphs(_ body: String, _ change: (inout IngestConfiguration) -> Void = { _ in }) throws -> [String] {
        let result = try outcomes(JATSTests.article(body), change)
        #expect(result.rejections.isEmpty)
        return result.texts[0].split(separator: "\n").dropFirst().map(String.init)
    }

    @Test func `an article is its title, abstract, sections and paragraphs, and what it says of itself`() throws {
        let text = JATSTests.article(
            """
            <sec><label>1</label><title>Introduction</title><p>First
              <bold>words</bold>.</p><p>Second.</p>
              <sec><title>Inner</title><p>Third.</p></sec></sec>
            <sec><title>Empty</title></sec>
            """,
            front: """
                <article-id pub-id-type="pmid">123</article-id><article-id pub-id-type="pmc">456</article-id>
                """,
            back: """
                <ack><p>Thanks.</p></ack><app-group><app><title>Appendix</title><p>More.</p></app></app-group>
                <ref-list><title>References</title><ref><mixed-citation>A</mixed-citation></ref><ref/></ref-list>
                """,
            abstract: """
                <abstract><sec><title>Background</title><p>Why.</p></sec></abstract>
                <abstract abstract-type="graphical"><p>Picture.</p></abstract>
                <trans-abstract xml:lang="fr"><p>Pourquoi.</p></trans-abstract>
                """)
        let result = try outcomes(text)
        let title = "Gulls & boats: a study"
        #expect(
            result.texts == [
                [
                    title, "Background", "Why.", "Introduction", "First words.", "Second.", "Inner", "Third.",
                    "Appendix", "More.",
                ]
                .joined(separator: "\n")
            ])
        let document = try #require(result.documents.first)
        #expect(document.externalID == "123")
        #expect(document.title == title)
        #expect(document.url == "https://pmc.ncbi.nlm.nih.gov/articles/PMC456/")
        #expect(document.language == "en")
        #expect(document.licence == "CC BY-NC 4.0")
        #expect(document.journal == "J Gulls")
        #expect(document.revision == "2019-04-03")
        #expect(result.loss[Loss(kind: "tag", name: "ref")]?.count == 2)
        #expect(result.loss[Loss(kind: "tag", name: "ack")]?.count == 1)
        #expect(result.loss[Loss(kind: "tag", name: "trans-abstract")]?.count == 1)
        let headless = try outcomes(text) { $0.wikitext.headings = .drop }
        #expect(headless.texts[0].contains("Introduction") == false)
    }

    @Test(arguments: [
        ("a [<xref ref-type=\"bibr\">1</xref>].", "a."),
        (
            "a [<xref ref-type=\"bibr\">1</xref>, <xref ref-type=\"bibr\">3</xref>–<xref ref-type=\"bibr\">5</xref>] b",
            "a b"
        ),
        ("a<sup><xref ref-type=\"bibr\">1</xref>,<xref ref-type=\"bibr\">2</xref></sup>, b", "a, b"),
        ("a<xref ref-type=\"bibr\"><sup>12</sup></xref> b", "a b"),
        ("a <xref ref-type=\"bibr\">[12]</xref> b", "a b"),
        ("a (<xref ref-type=\"bibr\">Lund, 2010</xref>; <xref ref-type=\"bibr\">Ek et al., 2011</xref>).", "a."),
        ("<xref ref-type=\"bibr\">Lund (2010)</xref> saw it.", "Lund (2010) saw it."),
        ("Lund (<xref ref-type=\"bibr\">2010</xref>) saw it.", "Lund (2010) saw it."),
        (
            "Lund et al. [<xref ref-type=\"bibr\">2010a</xref>, <xref ref-type=\"bibr\">11</xref>]",
            "Lund et al. [2010a, 11]"
        ),
        ("Øster’s <xref ref-type=\"bibr\">(1998)</xref> gulls", "Øster’s (1998) gulls"),
        ("by Ek and colleagues (<xref ref-type=\"bibr\">2010</xref>)", "by Ek and colleagues (2010)"),
        (
            "Lund [<xref ref-type=\"bibr\">12</xref>] and a study (<xref ref-type=\"bibr\">2010</xref>).",
            "Lund and a study."
        ),
        ("a [<xref ref-type=\"bibr\">3</xref>] and (<xref ref-type=\"bibr\">Lund, 2010</xref>).", "a."),
        ("a [3] and (<xref ref-type=\"bibr\">Lund, 2010</xref>).", "a [3]."),
        ("a [<xref ref-type=\"bibr\">3</xref>] or (<xref ref-type=\"bibr\">Ek, 2010</xref>) b", "a b"),
        ("a and [<xref ref-type=\"bibr\">3</xref>] b", "a and b"),
        ("sand [<xref ref-type=\"bibr\">3</xref>].", "sand."),
        ("(see <xref ref-type=\"bibr\">Lund 2010</xref>)", "(see Lund 2010)"),
        ("as in ref. <xref ref-type=\"bibr\">4</xref> here", "as in ref. 4 here"),
        ("(<xref ref-type=\"fig\">Fig. 1</xref>) and x<xref ref-type=\"fn\"><sup>a</sup></xref>", "(Fig. 1) and x"),
        ("10<sup>3</sup> m", "103 m"),
        ("<xref ref-type=\"bibr\">1</xref>", "1"),
        ("a <xref ref-type=\"bibr\"/> b", "a b"),
    ])
    func `marks of citations go where they are no part of a sentence`(body: String, text: String) throws {
        #expect(try paragraphs("<p>\(body)</p>") == [text])
    }

    @Test func `citations can stay`() throws {
        let body = "<p>a [<xref ref-type=\"bibr\">1</xref>].</p>"
        #expect(try paragraphs(body) { $0.articles.citations = .keep } == ["a [1]."])
        // The title has a mark of a note, too.
        let loss = try outcomes(JATSTests.article(body)).loss
        #expect(loss[Loss(kind: "tag", name: "xref")] == LossCount(count: 2, bytes: 5))
    }

    static let figure = """
        <fig id="f"><label>Figure 1</label><caption><title>A gull.</title><p>It flies [<xref ref-type="bibr">2</xref>].</p>
        </caption><graphic xlink:href="f.jpg"/></fig>
        """

    @Test func `a figure follows the paragraph it stands in, with its label`() throws {
        let body = "<p>Before \(JATSTests.figure)after.</p><p>Next.</p>"
        #expect(try paragraphs(body) == ["Before after.", "Figure 1. A gull.", "It flies.", "Next."])
        #expect(try paragraphs(body) { $0.articles.captions = .drop } == ["Before after.", "Next."])
        #expect(try paragraphs("\(JATSTests.figure)<p>Next.</p>") == ["Figure 1. A gull.", "It flies.", "Next."])
    }

    @Test func `tables give captions, and rows by option`() throws {
        let body = """
            <table-wrap><label>Table 1.</label><caption><p>Counts.</p></caption>
            <table><thead><tr><th>Place</th><th><p>Gulls</p></th></tr></thead>
            <tbody><tr><td>Bay</td><td>12</td></tr></tbody></table><table-wrap-foot><fn><p>n</p></fn></table-wrap-foot>
            </table-wrap>
            """
        #expect(try paragraphs(body) == ["Table 1. Counts."])
        #expect(try paragraphs(body) { $0.wikitext.tables = .text } == ["Table 1. Counts.", "Place Gulls", "Bay 12"])
        #expect(try outcomes(JATSTests.article(body)).loss[Loss(kind: "tag", name: "table")]?.count == 1)
    }

    @Test func `formulas in a line give their characters, displayed ones and TeX go`() throws {
        let formula = """
            <inline-formula><alternatives><tex-math>\\documentclass{x}$a=2$</tex-math>
            <mml:math><mml:mi>a</mml:mi><mml:mo>=</mml:mo><mml:mn>2</mml:mn></mml:math></alternatives></inline-formula>
            """
        let result = try outcomes(
            JATSTests.article("<p>where \(formula), so <disp-formula><label>(1)</label>b=3</disp-formula> holds</p>"))
        #expect(result.texts[0].split(separator: "\n").last == "where a=2, so holds")
        #expect(result.loss[Loss(kind: "tag", name: "disp-formula")]?.count == 1)
        #expect(result.loss[Loss(kind: "tag", name: "tex-math")]?.count == 1)
    }

    @Test func `lists, definitions, quotes and breaks are paragraphs of their own`() throws {
        let body = """
            <p>Here:<list><list-item><label>1.</label><p>one</p></list-item><list-item><p>two</p></list-item></list>done</p>
            <def-list><def-item><term>gull</term><def><p>a bird</p></def></def-item></def-list>
            <disp-quote><p>Said.</p><attrib>Lund</attrib></disp-quote><p>a<break/>b</p>
            <boxed-text><label>Box 1</label><caption><title>Nests</title></caption><p>In it.</p></boxed-text>
            """
        #expect(
            try paragraphs(body) == [
                "Here:", "one", "two", "done", "gull: a bird", "Said.", "Lund", "a b", "Box 1. Nests", "In it.",
            ])
    }

    @Test func `several articles in a wrapper are several documents`() throws {
        let one = JATSTests.article("<p>One.</p>", doctype: "").split(separator: "\n").dropFirst().joined(
            separator: "\n")
        let two = one.replacing("One.", with: "Two.").replacing("10.1/gull", with: "10.1/boat")
        let bad = one.replacing("</p>", with: "")
        let path = try directory.write(
            "<?xml version='1.0'?><pmc-articleset>\(one)\(bad)\(two)</pmc-articleset>", to: "b.xml")
        let result = try ingest([path], into: directory.file("corpus"), keepGoing: true)
        #expect(result.documents.map(\.externalID) == ["10.1/gull", "10.1/boat"])
        #expect(result.rejections == ["damaged": 1])
    }

    @Test func `the articles of a folder are one source, a damaged one is a row`() throws {
        let good = Array(JATSTests.article("<p>Good.</p>").utf8)
        try directory.write(good, to: "in/a.nxml")
        try directory.write(Array(good.prefix(good.count / 2)), to: "in/b.nxml")
        try directory.write(Compressors.gzip(good).dropLast(20).map { $0 }, to: "in/c.nxml.gz")
        try directory.write(Array("<html/>".utf8), to: "in/d.nxml")
        try directory.write(Compressors.zstandard(good), to: "in/e.xml.zst")
        let failure = #expect(throws: Failure.self) {
            try ingest([directory.file("in")], into: directory.file("corpus"))
        }
        #expect(failure?.code == .badData)
        let result = try ingest([directory.file("in")], into: directory.file("corpus"), keepGoing: true)
        #expect(result.documents.count == 2)
        #expect(result.rejections == ["damaged": 2, "unknown-format": 1])
        #expect(try CorpusReader(directory.file("corpus")).statistics.sources == 1)
    }

    @Test func `depth and odd ends are no danger`() throws {
        let deep = String(repeating: "<sec>", count: 100_000)
        let result = try outcomes(JATSTests.article(deep))
        #expect(result.rejections.map(\.reason) == ["damaged"])
        let marks = "<p>" + String(repeating: "[<xref ref-type=\"bibr\">1</xref>", count: 20_000) + "</p>"
        #expect(try outcomes(JATSTests.article(marks)).documents.count == 1)
    }
}
