import ArgumentParser
import Pipeline
import Storage
import Streaming

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Takes documents out of a corpus, with a record of it.",
        discussion: """
            The text is overwritten on disk, title and address leave the index, and the table 'removed' says what was
            taken out, when and why. Other documents keep their ids, and only the blocks concerned are written again.
            Shards built before still hold the text: build them again from the corpus.

              tessera remove corpus/ --document 17 --document 23 --reason 'withdrawn by the patient'
              tessera remove corpus/ --external-id PMC1234567
            """)

    @Argument(help: ArgumentHelp("The corpus.", valueName: "folder"))
    var path: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Documents by their ids in the corpus.", valueName: "id"))
    var document: [Int64] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Documents by their names in the source: page id, PMID, file name.", valueName: "name"))
    var externalId: [String] = []

    @Option(help: ArgumentHelp("Recorded with the removal.", valueName: "text"))
    var reason = ""

    @OptionGroup var printing: OutputOptions

    func validate() throws {
        guard !document.isEmpty || !externalId.isEmpty else {
            throw ValidationError("name documents with --document or --external-id")
        }
    }

    func run() throws {
        guard try ArtifactKind(at: path) == .corpus else {
            throw Failure(
                .usage, "is no corpus", at: path,
                remedy: "remove the documents from the corpus, then build the shards again from it")
        }
        let removal = try CorpusRemoval(path)
        let ids = try document + removal.documents(named: externalId)
        let count = try removal.remove(ids, reason: reason, toolVersion: ProgramVersion.current)
        let summary = RemovalSummary(removed: count, version: ProgramVersion.current, output: path)
        if printing.json { return try StandardOutput.json(summary) }
        try StandardOutput.line("\(count) documents taken out of \(path)")
    }
}

/// What a removal did.
struct RemovalSummary: Encodable {
    /// Documents taken out now.
    var removed: Int
    var version: String
    var output: String
}
