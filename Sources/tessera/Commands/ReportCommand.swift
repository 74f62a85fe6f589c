import ArgumentParser
import Pipeline

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes one self-contained HTML page with a run's curves and settings.",
        discussion: """
              tessera report runs/mini                 # makes runs/mini/report.html
            """)

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
    var path: String

    func run() throws {
        try StandardOutput.line(RunReport(path).write())
    }
}
