public import ArgumentParser
public import Shard
import Streaming
import Training

extension ShardObjective: ExpressibleByArgument {}
extension ShardPacking: ExpressibleByArgument {}
extension ShardMasking: ExpressibleByArgument {}
extension ShardTruncation: ExpressibleByArgument {}

struct ShardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shard",
        abstract: "Cuts corpora into training instances, masked-LM and next-sentence, in compressed shards.",
        discussion: """
            The procedure is BERT's: pairs of segments, half of them with a random next one, ten per cent shorter. \
            The same options give the same bytes for any --jobs and any number of ranks, and an interrupted run resumes. \
            Run again after new documents were ingested, it adds them and leaves what is there as it is.

              tessera shard corpus/ --vocab vocab/ --output shards/
              tessera shard corpus/ --vocab vocab/ --output shards/ \\
                  --sequence-length 128,512 --duplicate-factor 5
              tessera shard corpus/ --vocab vocab/ --output shards-mlm/ --objective mlm \\
                  --packing full --spans
              tessera shard wiki/ medical/ --weight medical=3 --vocab vocab/ \\
                  --output shards/
              mpirun -n 16 tessera shard corpus/ --vocab vocab/ --output shards/
            """)

    @Argument(help: ArgumentHelp("The corpus folders.", valueName: "corpus"))
    var corpora: [String]

    @Option(
        help: ArgumentHelp("How often documents of a corpus are taken, beside the others.", valueName: "corpus=n"))
    var weight: [CorpusWeight] = []

    @Option(help: ArgumentHelp("vocab.txt, or a folder that holds it.", valueName: "path"))
    var vocab: String

    @Option(help: ArgumentHelp("The folder of shards to make.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Tokens of an instance at most; several as 128,512.", valueName: "n"))
    var sequenceLength: SequenceLengths = SequenceLengths(values: [128])

    @Option(help: "The second task: next sentence, sentence order, or masked words alone.")
    var objective: ShardObjective = .nsp

    @Option(help: "With --objective mlm: sentences of one document, or on into the next documents.")
    var packing: ShardPacking = .document

    @Option(help: "What does not fit into an instance opens the next one, or is dropped as published.")
    var truncate: ShardTruncation = .carry

    @Option(help: "Masks drawn anew in every epoch, or once and stored.")
    var masking: ShardMasking = .dynamic

    @Flag(help: "Mask all pieces of a word together.")
    var wholeWord = false

    @Flag(help: "Mask spans of words together, 3.8 in the mean.")
    var spans = false

    @Option(help: ArgumentHelp("Share of the tokens to predict.", valueName: "share"))
    var maskProbability = 0.15

    @Option(help: ArgumentHelp("Predictions of an instance at most; 20 for length 128.", valueName: "n"))
    var maxPredictions: Int?

    @Option(help: ArgumentHelp("Share of shorter instances.", valueName: "share"))
    var shortSequenceProbability = 0.1

    @Option(
        help: ArgumentHelp("Share of pairs with a random next segment; with sop, of swapped ones.", valueName: "share"))
    var randomNextProbability = 0.5

    @Option(help: ArgumentHelp("How often each document is cut, each time with other draws.", valueName: "n"))
    var duplicateFactor = 1

    @Option(help: ArgumentHelp("Share of the documents kept for validation.", valueName: "share"))
    var validationFraction = 0.01

    @Option(help: ArgumentHelp("The seed of every draw.", valueName: "n"))
    var seed: UInt64 = 12345

    @Option(help: ArgumentHelp("Size of a partition in memory.", valueName: "n"))
    var partitionBytes = 64 << 20

    @Flag(help: "Keep case and accents; the default is what stands beside the vocabulary.")
    var cased = false

    @Option(help: ArgumentHelp("Language of the sentence splitter (BCP 47).", valueName: "tag"))
    var language = "en"

    @OptionGroup var threads: JobOptions
    @OptionGroup var printing: OutputOptions

    func run() throws {
        var configuration = ShardConfiguration()
        configuration.sequenceLengths = sequenceLength.values
        configuration.objective = objective
        configuration.packing = packing
        configuration.truncation = truncate
        configuration.masking = masking
        configuration.wholeWord = wholeWord
        configuration.spans = spans
        configuration.maskProbability = maskProbability
        configuration.maxPredictions = maxPredictions
        configuration.shortSequenceProbability = shortSequenceProbability
        configuration.randomNextProbability = randomNextProbability
        configuration.duplicateFactor = duplicateFactor
        configuration.weights = try CorpusWeight.weights(weight, of: corpora)
        configuration.validationFraction = validationFraction
        configuration.seed = seed
        configuration.partitionBytes = partitionBytes
        configuration.cased = cased ? true : nil
        configuration.language = language
        if MessagePassing.isLaunched { Cancellation.handleRankSignals() }
        let summary = try ShardRun(
            corpora: corpora, vocabulary: vocab, output: output, configuration: configuration, jobs: threads.jobs,
            progress: printing.progress, toolVersion: ProgramVersion.current
        ).run()
        guard MessagePassing.launchedRank == 0 else { return }
        if printing.json { return try StandardOutput.json(summary) }
        try StandardOutput.line(
            "\(summary.instances) instances, \(summary.tokens) tokens, \(summary.bytes) bytes in \(output)")
    }
}
