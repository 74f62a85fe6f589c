import Foundation
import Storage
import Streaming
import TestSupport

@testable import Ingest

/// A byte source cut wherever a test wants.
final class PiecesSource: ByteSource {
    let path = "pieces"
    private(set) var consumed = 0
    private var pieces: ArraySlice<[UInt8]>

    init(_ pieces: [[UInt8]]) { self.pieces = pieces[...] }

    /// The bytes in pieces of `size`.
    convenience init(_ bytes: [UInt8], size: Int) {
        self.init(stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) })
    }

    func next() throws(Failure) -> [UInt8]? {
        let piece = pieces.popFirst()
        consumed += piece?.count ?? 0
        return piece
    }
}

/// Pieces with holes between them, where bytes were lost.
final class HoledSource: ByteSource {
    let path = "holes"
    let consumed = 0
    private var pieces: ArraySlice<[UInt8]?>

    init(_ pieces: [[UInt8]?]) { self.pieces = pieces[...] }

    func recover() -> Bool { true }

    func next() throws(Failure) -> [UInt8]? {
        guard let piece = pieces.popFirst() else { return nil }
        guard let piece else { throw Failure(.badData, "there is a hole", at: path) }
        return piece
    }
}

/// The shared data of the development machines, beside the checkout; absent elsewhere.
enum SharedData {
    static let root: String? = {
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared").path
        let candidates = [ProcessInfo.processInfo.environment["TESSERA_SHARED"], beside].compactMap { $0 }
        return candidates.map { $0 + "/data" }.first { Files.isDirectory($0) }
    }()

    static var isThere: Bool { root != nil }

    static func path(_ name: String) -> String { (root ?? "") + "/" + name }
}

extension TemporaryDirectory {
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Files.createDirectory((file(name) as NSString).deletingLastPathComponent)
        try Files.write(bytes, to: file(name))
        return file(name)
    }
}

/// What came out of an ingest, read back from the corpus.
struct IngestResult {
    var summary: IngestSummary
    var digest: String
    var rejections: [String: Int]
    var losses: [Loss: LossCount]
    var documents: [CorpusDocument]

    var texts: [String] { documents.map { String(decoding: $0.text, as: UTF8.self) } }
}

func ingest(
    _ sources: [String], into output: String, _ configuration: IngestConfiguration = IngestConfiguration(),
    jobs: Int = 2, keepGoing: Bool = false
) throws -> IngestResult {
    let summary = try IngestRun(
        sources: sources, output: output, configuration: configuration, jobs: jobs, progress: .quiet,
        keepGoing: keepGoing, toolVersion: "test"
    ).run()
    return try read(output, summary)
}

func read(_ output: String, _ summary: IngestSummary) throws -> IngestResult {
    let reader = try CorpusReader(output)
    var documents: [CorpusDocument] = []
    for block in reader.blocks {
        let known = try reader.documents(block.firstDocument...(block.firstDocument + Int64(block.count) - 1))
        for (text, var document) in zip(try reader.texts(of: block), known.map(\.document)) {
            document.text = text
            documents.append(document)
        }
    }
    return IngestResult(
        summary: summary, digest: try reader.digest(),
        rejections: Dictionary(uniqueKeysWithValues: try reader.rejectionCounts().map { ($0.reason, $0.count) }),
        losses: Dictionary(uniqueKeysWithValues: try reader.losses(limit: 10_000).map { ($0.loss, $0.count) }),
        documents: documents)
}

/// A hand-written dump with a page of every kind that matters.
enum SmallDump {
    static let header = """
        <mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" version="0.10" xml:lang="de">
          <siteinfo>
            <sitename>Probe</sitename><dbname>dewiki</dbname><base>https://de.example.org/wiki/Hauptseite</base>
            <namespaces>
              <namespace key="0" case="first-letter" /><namespace key="1" case="first-letter">Diskussion</namespace>
              <namespace key="10" case="first-letter">Vorlage</namespace>
            </namespaces>
          </siteinfo>

        """

    static func page(
        _ title: String, id: Int, namespace: Int? = 0, model: String? = "wikitext", extra: String = "", text: String
    ) -> String {
        """
          <page>
            <title>\(title)</title>
            \(namespace.map { "<ns>\($0)</ns>" } ?? "")
            <id>\(id)</id>\(extra)
            <revision>
              <id>\(1000 + id)</id><timestamp>2020-01-01T00:00:00Z</timestamp>
              <contributor><username>Jemand</username><id>7</id></contributor>
              \(model.map { "<model>\($0)</model>" } ?? "")
              <text xml:space="preserve">\(text)</text>
            </revision>
          </page>

        """
    }

    static let text =
        header + page("Käse &amp; Brot", id: 1, text: "Käse ist &lt;b&gt;gut&lt;/b&gt;.  \n\nBrot   auch: 面包 🥖.")
        + page("Umleitung", id: 2, extra: "<redirect title=\"Käse\" />", text: "#WEITERLEITUNG [[Käse]]")
        + page("Alte Umleitung", id: 3, text: "#Weiterleitung: [[Brot|x]]")
        + page("Vorlage:X", id: 4, namespace: 10, text: "vorlage")
        + page("Vorlage:Y", id: 5, namespace: nil, text: "vorlage ohne Nummer")
        + page("Leer", id: 6, text: "")
        + page("Daten", id: 7, model: "json", text: "{}")
        + "  <page><ns>0</ns><id>8</id><revision><id>9</id><text>ohne Titel</text></revision></page>\n"
        + page("Zwei: Worte", id: 9, namespace: nil, text: "<![CDATA[in <CDATA> & so]]> und danach")
        + "</mediawiki>\n"

    static var bytes: [UInt8] { Array(text.utf8) }
    static let pageCount = 9
}
