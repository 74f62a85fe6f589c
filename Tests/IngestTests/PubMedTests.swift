import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct PubMedTests {
    let directory = TemporaryDirectory()

    static let header = """
        <?xml version="1.0" encoding="utf-8"?>
        <!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2024//EN" "https://dtd.nlm.nih.gov/x.dtd">
        <PubmedArticleSet>

        """

    /// Written by hand after the National Library of Medicine's description of the elements.
    static func citation(_ pmid: Int, abstract: String, title: String = "On gulls.", more: String = "") -> String {
        """
        <PubmedArticle>
          <MedlineCitation Status="MEDLINE" Owner="NLM">
            <PMID Version="1">\(pmid)</PMID>
            <DateRevised><Year>2021</Year><Month>01</Month><Day>02</Day></DateRevised>
            <Article PubModel="Print">
              <Journal><ISSN IssnType="Print">0000-0000</ISSN>
                <JournalIssue CitedMedium="Print"><PubDate><Year>1999</Year><Month>Mar</Month></PubDate></JournalIssue>
                <Title>Journal of Gulls</Title>
              </Journal>
              <ArticleTitle>\(title)</ArticleTitle>
              \(abstract)
              <AuthorList><Author><LastName>Lund</LastName></Author></AuthorList>
              <Language>eng</Language>
              <VernacularTitle>Om maaker.</VernacularTitle>
              <ArticleDate DateType="Electronic"><Year>1999</Year><Month>03</Month><Day>07</Day></ArticleDate>
            </Article>
            <CommentsCorrectionsList><CommentsCorrections><PMID>999</PMID></CommentsCorrections></CommentsCorrectionsList>
            \(more)
          </MedlineCitation>
          <PubmedData><ReferenceList>
            <Reference><Citation>A. B. 1990</Citation><ArticleIdList><ArticleId IdType="pubmed">77</ArticleId></ArticleIdList>
            </Reference><Reference><Citation>C</Citation></Reference></ReferenceList>
            <ArticleIdList><ArticleId IdType="pubmed">\(pmid)</ArticleId></ArticleIdList></PubmedData>
        </PubmedArticle>

        """
    }

    static let sample =
        header
        + citation(
            11,
            abstract: """
                <Abstract><AbstractText Label="AIMS" NlmCategory="OBJECTIVE">We count
                  H<sub>2</sub>O &amp; <i>Larus</i>.</AbstractText>
                <AbstractText Label="UNLABELLED">p &lt; 0.05.</AbstractText><AbstractText/>
                <CopyrightInformation>© 1999 The Gull Society.</CopyrightInformation></Abstract>
                """)
        + "<!-- <PubmedArticle> in a comment -->\n"
        + citation(12, abstract: "", title: "[Gulls of the north].")
        + citation(
            13, abstract: "<Abstract><AbstractText>Plain.</AbstractText></Abstract>",
            more: """
                <OtherAbstract Language="spa" Type="Publisher"><AbstractText>Gaviotas.</AbstractText></OtherAbstract>
                """)
        + "<DeleteCitation><PMID Version=\"1\">5</PMID>\n<PMID>6</PMID></DeleteCitation>\n</PubmedArticleSet>\n"

    func outcomes(_ text: String, limit: Int = 1 << 20, _ change: (inout IngestConfiguration) -> Void = { _ in }) throws
        -> RecordOutcomes
    {
        let path = try directory.write(text, to: "pubmed.xml")
        var configuration = IngestConfiguration()
        change(&configuration)
        let reader = XMLRecordReader([SourceFile(path: path, name: "pubmed.xml")], .citation, maxBytes: limit)
        return try recordOutcomes(reader, configuration)
    }

    @Test func `a citation becomes title and labelled sections with what is known of it`() throws {
        let result = try outcomes(PubMedTests.sample)
        #expect(
            result.texts == [
                "On gulls.\nAIMS: We count H2O & Larus.\np < 0.05.", "Gulls of the north.", "On gulls.\nPlain.",
            ])
        let first = try #require(result.documents.first)
        #expect(first.externalID == "11")
        #expect(first.title == "On gulls.")
        #expect(first.url == "https://pubmed.ncbi.nlm.nih.gov/11/")
        #expect(first.language == "en")
        #expect(first.licence == "© 1999 The Gull Society.")
        #expect(first.journal == "Journal of Gulls")
        #expect(first.revision == "1999-03-07")
        #expect(
            result.rejections == [Rejection(externalID: "5", reason: "deleted", detail: "citations to delete: 5 6")])
        #expect(result.loss[Loss(kind: "tag", name: "Reference")]?.count == 6)
        #expect(result.loss[Loss(kind: "tag", name: "OtherAbstract")] == LossCount(count: 1, bytes: 9))
    }

    @Test func `labels go with the headings`() throws {
        let result = try outcomes(PubMedTests.sample) { $0.wikitext.headings = .drop }
        #expect(result.texts.first == "On gulls.\nWe count H2O & Larus.\np < 0.05.")
    }

    @Test func `the file is told by its root, compressed or not, and gives the same corpus however it is read`() throws
    {
        let plain = try directory.write(PubMedTests.sample, to: "pubmed24n0001.xml")
        let packed = try directory.write(Compressors.gzip(Array(PubMedTests.sample.utf8)), to: "pubmed24n0002.xml.gz")
        let result = try ingest([plain, packed], into: directory.file("corpus"), jobs: 1)
        #expect(result.documents.map(\.externalID) == ["11", "12", "13", "11", "12", "13"])
        #expect(result.rejections == ["deleted": 2])
        #expect(try ingest([plain, packed], into: directory.file("again"), jobs: 3).digest == result.digest)
    }

    @Test func `names of characters are known, others are told of, and nothing is fetched`() throws {
        let text =
            PubMedTests.header
            + PubMedTests.citation(
                1, abstract: "<Abstract><AbstractText>&alpha;&#946; &nosuch; &lt;</AbstractText></Abstract>")
            + "</PubmedArticleSet>"
        let result = try outcomes(text)
        #expect(result.texts == ["On gulls.\nαβ <"])
        #expect(result.loss[Loss(kind: "entity", name: "nosuch")]?.count == 1)
    }

    @Test func `a damaged citation is a row, the others stay`() throws {
        let good = PubMedTests.citation(1, abstract: "")
        let bad = PubMedTests.citation(2, abstract: "<Abstract><AbstractText>a & b</AbstractText></Abstract>")
        let open = PubMedTests.citation(3, abstract: "").replacing("</PubmedArticle>", with: "")
        let text =
            PubMedTests.header + good + bad + open + PubMedTests.citation(4, abstract: "") + "</PubmedArticleSet>"
        let result = try outcomes(text)
        #expect(result.documents.map(\.externalID) == ["1", "4"])
        #expect(result.rejections.map(\.reason) == ["damaged", "damaged"])
        #expect(result.rejections[0].detail.contains("PubmedArticle 2 at byte"))
        let large = try outcomes(text, limit: 300)
        #expect(large.documents.isEmpty)
        #expect(large.rejections.map(\.reason) == Array(repeating: "too-large", count: 4))
    }

    @Test func `no change of a byte makes a citation vanish without a row`() throws {
        let text = PubMedTests.header + (1...3).map { PubMedTests.citation($0, abstract: "") }.joined()
        let whole = Array((text + "</PubmedArticleSet>").utf8)
        let (begin, end) = (PubMedTests.header.utf8.count, whole.count - "</PubmedArticleSet>".utf8.count)
        for place in begin..<end {
            for replacement in Array("<x".utf8) where whole[place] != replacement {
                var bytes = whole
                bytes[place] = replacement
                var cutter = XMLRecordCutter(
                    PiecesSource(bytes, size: 500), names: ["PubmedArticle"], root: "PubmedArticleSet", from: begin,
                    limit: 1 << 20)
                var found = 0
                while try cutter.next() != nil { found += 1 }
                #expect(found >= 3, "byte \(place)")
            }
        }
        let damaged = text.replacing("<PubmedArticle>", with: "<PubmedArticlx>", maxReplacements: 2)
            .replacing("<PubmedArticlx>", with: "<PubmedArticle>", maxReplacements: 1)
        let result = try outcomes(damaged + "</PubmedArticleSet>")
        #expect(result.documents.map(\.externalID) == ["1", "3"])
        #expect(result.rejections.map(\.reason) == ["damaged"])
        #expect(result.rejections.first?.detail.contains("no start tag") == true)
    }

    @Test func `a file that ends early gives what it has and then fails with the place`() throws {
        for cut in [PubMedTests.sample.utf8.count - 30, PubMedTests.sample.utf8.count / 2] {
            let path = try directory.write(Array(PubMedTests.sample.utf8.prefix(cut)), to: "cut.xml")
            let reader = XMLRecordReader([SourceFile(path: path, name: "cut.xml")], .citation, maxBytes: 1 << 20)
            var items = 0
            let failure = #expect(throws: Failure.self) { while try reader.next() != nil { items += 1 } }
            #expect(items >= 1)
            #expect(failure?.code == .badData)
            #expect(failure?.description.contains("byte") == true)
        }
    }

    @Test func `what declares entities of its own is refused`() throws {
        let bomb = "<!DOCTYPE PubmedArticleSet [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><PubmedArticleSet/>"
        let failure = #expect(throws: Failure.self) { try outcomes(bomb) }
        #expect(failure?.code == .badData)
        // It is told by the name it gives its root, since the root itself is not looked at.
        #expect(SourceFormat(content: Array(bomb.utf8)) == .pubmed)
        let empty = "<!DOCTYPE PubmedArticleSet PUBLIC 'x' 'y' [ \n]><PubmedArticleSet></PubmedArticleSet>"
        #expect(try outcomes(empty).documents.isEmpty)
        let foreign = #expect(throws: Failure.self) { try outcomes("<html><body/></html>") }
        #expect(foreign?.message.contains("<html>") == true)
    }

    @Test func `records are the same wherever the bytes are cut`() throws {
        let bytes = Array(PubMedTests.sample.utf8)
        let start = XMLProlog(bytes).rootStart
        func records(_ size: Int) throws -> [[UInt8]] {
            var cutter = XMLRecordCutter(
                PiecesSource(bytes, size: size), names: ["PubmedArticle", "DeleteCitation"], root: "PubmedArticleSet",
                from: start, limit: 1 << 20)
            var found: [[UInt8]] = []
            while let record = try cutter.next() { found.append(record.bytes) }
            #expect(cutter.rootEnded)
            return found
        }
        let whole = try records(bytes.count)
        #expect(whole.count == 4)
        for size in [1, 2, 3, 5, 7, 64, 65, 1000, 4096] where size >= 1 {
            // The prolog is read from the first piece by another; here all of it must have come.
            #expect(try records(size) == whole)
        }
    }
}
