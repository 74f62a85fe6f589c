import ArgumentParser
import Pipeline
import Shard
import Storage
import Streaming

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Takes documents out of a corpus or of shards, with a record of it.",
        discussion: """
            The text is overwritten on disk, title and address leave the index, and the table 'removed' says what was \
            taken out, when and why. Other documents keep their ids, and only the blocks concerned are written again. \
            Shards built before still hold the text: take the documents out of them as well. There, the partitions \
            concerned are written again without any text of the documents; the corpus is not needed.

              tessera remove corpus/ --document 17 --document 23 \\
                  --reason 'withdrawn by the patient'
              tessera remove corpus/ --external-id PMC1234567
              tessera remove shards/ --document 17 --document 23
            """)

    @Argument(help: ArgumentHelp("The corpus, or the shards.", valueName: "folder"))
    var path: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Documents by their ids, as inspect shows them.", valueName: "id"))
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
        let count: Int
        switch try ArtifactKind(at: path) {
        case .corpus:
            let removal = try CorpusRemoval(path)
            let ids = try document + removal.documents(named: externalId)
            count = try removal.remove(ids, reason: reason, toolVersion: ProgramVersion.current)
        case .shards:
            let removal = try ShardRemoval(path)
            let keys = try document + removal.documents(named: externalId)
            count = try removal.remove(keys, reason: reason, toolVersion: ProgramVersion.current)
        default:
            throw Failure(.usage, "is neither a corpus nor shards", at: path, remedy: "name one of these")
        }
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
