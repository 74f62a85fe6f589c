import Examples
import Foundation
import Model
import Pretrain
import Streaming
import Tokenize

// Pretrains a BERT with GeGLU layers, replaced-token detection beside masked language modelling, Lion, and a schedule of
// its own:
//
//   swift run -c release example-pretraining shards/ runs/geglu 1000
let arguments = CommandLine.arguments
guard arguments.count == 4, let steps = Int(arguments[3]) else {
    print("usage: example-pretraining SHARDS OUTPUT STEPS")
    exit(64)
}

do throws(Failure) {
    let maskID = try WordPieceTokenizer.load(arguments[1]).vocabulary.maskID
    var architecture = Architecture.geglu
    architecture.objectives = [
        ObjectiveDesign("rtd", weight: 10) { scope in ReplacedTokens(maskID: maskID, &scope) }
    ]
    var configuration = PretrainConfiguration()
    configuration.model = "tiny"
    configuration.steps = steps
    var run = PretrainRun(
        shards: arguments[1], output: arguments[2], configuration: configuration, progress: .automatic,
        onNote: { print($0) })
    run.extensions = PretrainExtensions(
        "geglu, rtd, lion", architecture: architecture, optimizer: { Lion($0) },
        schedule: InverseSquareRoot(peak: 1e-4, warmupSteps: 100))
    let summary = try run.run()
    print("loss \(summary.loss), model in \(summary.model)")
} catch {
    print(error)
    exit(error.code.rawValue)
}
