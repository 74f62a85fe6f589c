import ArgumentParser
import Foundation
import Streaming

/// The root of the command line; `main` maps every failure to one line on stderr and a sysexits code.
@main
struct Tessera: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tessera",
        abstract: "Turns raw text into a BERT of your own.",
        discussion: """
            The whole recipe in one go:
              tessera run pipelines/quickstart.yaml

            Or stage by stage:
              tessera ingest dump.xml.bz2 --output corpus/
              tessera vocab corpus/ --size 30522 --output vocab/
              tessera shard corpus/ --vocab vocab/ --output shards/
              tessera pretrain shards/ --model mini --output runs/mini
              tessera finetune --task rte --data glue/RTE --model runs/mini --output out/

            Progress goes to stderr, results to stdout. Exit codes follow sysexits.h: 64 usage, 65 bad data, 66 no \
            input, 73 cannot create, 74 input/output, 75 try again, 130 interrupted.
            """,
        version: ProgramVersion.current,
        subcommands: [
            RunCommand.self, DownloadCommand.self, IngestCommand.self, VocabCommand.self, ShardCommand.self,
            PretrainCommand.self,
            FinetuneCommand.self, GlueCommand.self, InspectCommand.self, VerifyCommand.self, ReportCommand.self,
            FillMaskCommand.self, ExportCommand.self, RemoveCommand.self,
            CleanCommand.self, SentencesCommand.self, TokenizeCommand.self,
        ])

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        Cancellation.handleSignals()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            end(failure)
        } catch let closed as ClosedPipe {
            _ = closed
            Foundation.exit(0)
        } catch {
            exit(withError: error)
        }
    }

    private static func end(_ failure: Failure) -> Never {
        let line = failure.description.split(separator: "\n").joined(separator: " ")
        StandardError.write("tessera: \(line)\n")
        Foundation.exit(failure.code.rawValue)
    }
}
