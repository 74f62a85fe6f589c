public import ArgumentParser
import Foundation
public import Model
import Pretrain
import Streaming
import Training

extension Precision: ExpressibleByArgument {}
extension ProductLibrary: ExpressibleByArgument {}

struct PretrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Pretrains BERT on shards, in one process or many.",
        discussion: """
            Writes metrics.jsonl, TensorBoard events and checkpoints that load in transformers. The same command goes on \
            from the last checkpoint of an interrupted run.

              tessera pretrain shards/ --model mini --steps 20000 --output runs/mini
              tessera pretrain shards/ --model base --global-batch 256 --micro-batch 16 \\
                  --processes 2 --output runs/base
              mpirun -n 8 tessera pretrain shards/ --model large --output runs/large
              tessera pretrain shards/ --init bert-base-uncased/ --steps 5000 \\
                  --output runs/adapted
              tessera pretrain shards/ --schedule budget --time-budget 24h \\
                  --steps 1000000 --output runs/day

            Shards of several lengths are trained on one after the other; with --schedule-offset the learning rate goes \
            on where the first phase left it:

              tessera pretrain shards/ --sequence-length 128 --steps 90000 \\
                  --schedule-steps 100000 --output runs/short
              tessera pretrain shards/ --sequence-length 512 --steps 10000 \\
                  --schedule-offset 90000 --init runs/short --output runs/long

            A step whose loss or gradient is no number, or far above what is usual, is skipped and counted; after \
            --max-bad-steps in a row the run goes back to its last checkpoint and goes on with later data.
            """)

    @Argument(help: ArgumentHelp("The folder of shards.", valueName: "shards"))
    var shards: String

    @Option(help: ArgumentHelp("The run's folder; an unfinished run in it is resumed.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("tiny, mini, small, medium, base, large, or a config.json.", valueName: "model"))
    var model = "mini"

    @Option(
        name: .customLong("init"), help: ArgumentHelp("A Hugging Face BERT folder to begin with.", valueName: "folder"))
    var initial: String?

    @Option(help: ArgumentHelp("Optimiser steps.", valueName: "n"))
    var steps = 10_000

    @Option(help: ArgumentHelp("Which length to train on, where the shards hold several.", valueName: "n"))
    var sequenceLength: Int?

    @Option(help: ArgumentHelp("Sequences of a step, over all processes.", valueName: "n"))
    var globalBatch = 32

    @Option(help: ArgumentHelp("Sequences at once in a process; 0 decides by memory.", valueName: "n"))
    var microBatch = 0

    @OptionGroup(title: "Optimisation") var optimization: OptimizationArguments

    @Option(help: ArgumentHelp("Dropout of all kinds; the default is the model's.", valueName: "share"))
    var dropout: Double?

    @Option(help: ArgumentHelp("The seed of weights, order, masks and dropout.", valueName: "n"))
    var seed: UInt64 = 12345

    @Option(help: ArgumentHelp("Steps between checkpoints.", valueName: "n"))
    var checkpointEvery = 1_000

    @Option(help: ArgumentHelp("Checkpoints to keep.", valueName: "n"))
    var keepCheckpoints = 2

    @Option(help: ArgumentHelp("Steps between validations; 0 for the first and last alone.", valueName: "n"))
    var validateEvery = 1_000

    @Option(help: ArgumentHelp("Validation instances at most.", valueName: "n"))
    var validationInstances = 1_000

    @Option(help: "The numbers: fp32, bf16 (weights stay fp32), or bf16 where the processor has it.")
    var precision: Precision = .fp32

    @Option(help: "What computes matrix products; auto goes by the processor.")
    var blas: ProductLibrary = .auto

    @Flag(help: "Compute layers again in backward instead of keeping activations: less memory, a third more work.")
    var recompute = false

    @Option(help: ArgumentHelp("Processes on this machine, started through mpirun.", valueName: "n"))
    var processes = 1

    @Option(help: ArgumentHelp("Threads of a process; 0 for its share of the cores.", valueName: "n"))
    var threads = 0

    @Flag(help: "Only go on with a run that exists; without it a missing run is begun.")
    var resume = false

    @OptionGroup var printing: OutputOptions

    func validate() throws {
        guard (1...4096).contains(processes) else { throw ValidationError("--processes is a number from 1 to 4096") }
    }

    func run() throws {
        if resume, !FileManager.default.fileExists(atPath: output + "/config.yaml") {
            throw Failure(.noInput, "holds no run to resume", at: output, remedy: "leave --resume out to begin one")
        }
        if ProcessLauncher.isNeeded(processes: processes) {
            let status = try ProcessLauncher(processes: processes).run { Notes.print($0) }
            if status != 0 { Foundation.exit(status) }
            return
        }
        if MessagePassing.isLaunched { Cancellation.handleRankSignals() }
        let summary = try PretrainRun(
            shards: shards, output: output, configuration: configuration, progress: printing.progress,
            toolVersion: ProgramVersion.current, onNote: { Notes.print($0) }
        ).run()
        guard MessagePassing.launchedRank == 0 else { return }
        if printing.json { return try StandardOutput.json(summary) }
        try StandardOutput.line(PretrainCommand.text(summary))
    }

    private var configuration: PretrainConfiguration {
        var configuration = PretrainConfiguration()
        configuration.model = model
        configuration.initial = initial
        configuration.steps = steps
        configuration.sequenceLength = sequenceLength
        configuration.globalBatch = globalBatch
        configuration.microBatch = microBatch
        optimization.fill(&configuration)
        configuration.dropout = dropout
        configuration.seed = seed
        configuration.checkpointEvery = checkpointEvery
        configuration.keepCheckpoints = keepCheckpoints
        configuration.validateEvery = validateEvery
        configuration.validationInstances = validationInstances
        configuration.precision = precision
        configuration.blas = blas
        configuration.recompute = recompute
        configuration.threads = threads
        return configuration
    }

    private static func text(_ summary: PretrainSummary) -> String {
        var line = String(format: "%d steps, loss %.4f", summary.steps, summary.loss)
        if let before = summary.initialValidationLoss, let after = summary.validationLoss {
            line += String(format: ", validation loss %.4f -> %.4f", before, after)
        }
        return line + String(format: ", %.0f tokens/s; model in %@", summary.tokensPerSecond, summary.model)
    }
}

/// Remarks of a library that the user should see.
enum Notes {
    static func print(_ text: String) { StandardError.write("tessera: note: \(text)\n") }
}
