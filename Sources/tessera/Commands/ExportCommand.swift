public import ArgumentParser
public import Shard
import Streaming

extension ExportFormat: ExpressibleByArgument {}
extension ExportOrder: ExpressibleByArgument {}
extension ExportSplit: ExpressibleByArgument {}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes shards in a form that other trainers read.",
        discussion: """
            tfrecord: Google's run_pretraining.py. hdf5: NVIDIA's BERT for PyTorch. jsonl: anything else. Masks are drawn \
            once for each epoch asked for, as our own engine draws them in that epoch; shards made with static masking \
            give theirs. The same options give the same bytes for any --jobs, and an interrupted run resumes. \
            Parquet, and reading the shards themselves from PyTorch: see python/README.md.

              tessera export shards/ --format tfrecord --output tfrecord/
              tessera export shards/ --format hdf5 --output hdf5/ --duplicate 5 \\
                  --instances-per-file 65536
              tessera export shards/ --format jsonl --output jsonl/ --pieces \\
                  --split validation
            """)

    @Argument(help: ArgumentHelp("The folder of shards.", valueName: "shards"))
    var shards: String

    @Option(help: "The form of the files.")
    var format: ExportFormat

    @Option(help: ArgumentHelp("The folder to make.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Which length of a set that holds several (default: the first).", valueName: "n"))
    var sequenceLength: Int?

    @Option(help: "Which instances.")
    var split: ExportSplit = .all

    @Option(help: "As they stand in the shards, or as an epoch of ours visits them.")
    var order: ExportOrder = .stored

    @Option(help: ArgumentHelp("The epoch whose masks are drawn, from 0.", valueName: "n"))
    var epoch = 0

    @Option(help: ArgumentHelp("Epochs to write, one after the other, each with masks of its own.", valueName: "n"))
    var duplicate = 1

    @Option(help: ArgumentHelp("The seed of masks and order (default: that of the shards).", valueName: "n"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Instances of a file at most.", valueName: "n"))
    var instancesPerFile: Int?

    @Option(help: ArgumentHelp("Files of each split, in place of --instances-per-file.", valueName: "n"))
    var files: Int?

    @Flag(help: "With jsonl: the pieces beside the ids.")
    var pieces = false

    @Option(help: ArgumentHelp("With jsonl: the pieces, read from this vocabulary.", valueName: "path"))
    var vocab: String?

    @OptionGroup var threads: JobOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        if files != nil, instancesPerFile != nil {
            throw ValidationError("give --files or --instances-per-file, not both")
        }
        if pieces || vocab != nil, format != .jsonl {
            throw ValidationError("--pieces and --vocab are for --format jsonl")
        }
    }

    func run() throws {
        var configuration = ExportConfiguration()
        configuration.format = format
        configuration.sequenceLength = sequenceLength
        configuration.split = split
        configuration.order = order
        configuration.seed = seed
        configuration.epoch = epoch
        configuration.duplicate = duplicate
        configuration.instancesPerFile = instancesPerFile ?? configuration.instancesPerFile
        configuration.files = files
        configuration.pieces = pieces || vocab != nil
        let summary = try ShardExport(
            shards: shards, output: output, configuration: configuration, vocabulary: vocab, jobs: threads.jobs,
            progress: printing.progress, toolVersion: ProgramVersion.current
        ).run()
        if printing.json { return try StandardOutput.json(summary) }
        try StandardOutput.line(
            "\(summary.instances) instances in \(summary.files) files, \(summary.bytes) bytes in \(output); "
                + "sequence length \(summary.sequenceLength), at most \(summary.maxPredictions) predictions")
    }
}
