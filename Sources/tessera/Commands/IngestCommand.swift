public import ArgumentParser
public import Ingest
import Streaming
import Training

extension SourceFormat: ExpressibleByArgument {}
extension TextDocumentUnit: ExpressibleByArgument {}
extension RevisionChoice: ExpressibleByArgument {}

struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Turns dumps and document collections into a corpus of clean text.",
        discussion: """
            Sources are MediaWiki dumps, PubMed and JATS files (.xml, .nxml), .jsonl, .csv, .tsv and .txt files, plain or \
            .bz2, .gz, .zst, folders of them, and patterns in quotes. \
            A run that was interrupted is resumed by the same command; new sources are added to a corpus.

              tessera ingest enwiki-latest-pages-articles.xml.bz2 --output corpus/
              tessera ingest notes.jsonl.zst --output corpus/ --language en
              tessera ingest 'reports/**/*.txt' more/ --output corpus/ --jobs 8 --json
              tessera ingest cases.csv --text-field opinion --id-field docket \\
                  --output corpus/
              mpirun -n 16 tessera ingest enwiki-latest-pages-articles.xml.bz2 \\
                  --output corpus/
            """)

    @Argument(help: ArgumentHelp("Files, folders or patterns.", valueName: "source"))
    var sources: [String]

    @Option(help: ArgumentHelp("The corpus folder to make or to add to.", valueName: "folder"))
    var output: String

    @Option(help: "What the sources are; 'auto' goes by name and content.")
    var format: SourceFormat = .auto

    @Option(help: "A document of plain text: a whole file, or a passage between blank lines.")
    var textDocuments: TextDocumentUnit = .file

    @Option(help: ArgumentHelp("Language of the text (BCP 47), where the source does not say.", valueName: "tag"))
    var language = ""

    @Option(help: ArgumentHelp("A document shorter than this is set aside.", valueName: "n"))
    var minimumBytes = 0

    @Option(help: ArgumentHelp("A page longer than this is set aside.", valueName: "n"))
    var maxPageBytes = 16 << 20

    @Option(
        help: ArgumentHelp("Raw bytes of source in a chunk, the unit of commit and of sharing.", valueName: "n"))
    var chunkBytes = 32 << 20

    @Option(
        help: ArgumentHelp(
            "Namespaces of a wiki to take, as in '0,14' or 'main,category'. May be repeated.", valueName: "list"))
    var namespace = ["0"]

    @Option(help: "Which revisions of a wiki's pages become documents.")
    var revisions: RevisionChoice = .last

    @Flag(help: "Accept damage in the sources: it is recorded, and the exit code is 0.")
    var keepGoing = false

    @Flag(help: "Set aside documents whose text was seen before.")
    var deduplicate = false

    @OptionGroup var source: SourceArguments
    @OptionGroup var wikitext: WikitextArguments
    @OptionGroup(title: "Selection") var selection: SelectionArguments
    @OptionGroup var threads: JobOptions
    @OptionGroup var printing: OutputOptions

    func run() throws {
        var configuration = IngestConfiguration()
        configuration.format = format
        configuration.textDocuments = textDocuments
        configuration.language = language
        configuration.minimumBytes = minimumBytes
        configuration.maxPageBytes = maxPageBytes
        configuration.chunkBytes = chunkBytes
        configuration.namespaces = try NamespaceChoice.numbers(in: namespace)
        configuration.revisions = revisions
        configuration.deduplicate = deduplicate
        configuration.wikitext = try wikitext.options
        configuration.selection = try selection.configuration()
        if MessagePassing.isLaunched { Cancellation.handleRankSignals() }
        source.apply(to: &configuration)
        let summary = try IngestRun(
            sources: sources, output: output, configuration: configuration, jobs: threads.jobs,
            progress: printing.progress, keepGoing: keepGoing, toolVersion: ProgramVersion.current
        ).run()
        guard MessagePassing.launchedRank == 0 else { return }
        if printing.json { return try StandardOutput.json(summary) }
        try StandardOutput.line(
            "\(summary.documents) documents, \(summary.rejected) set aside, \(summary.textBytes) bytes of text in \(output)"
        )
    }
}
