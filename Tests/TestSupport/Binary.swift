public import Foundation

/// The real `tessera` binary, built beside the tests.
public enum Binary {
    /// What a run of the binary left behind.
    public struct Outcome: Sendable {
        /// The exit code, or the signal.
        public let status: Int32
        /// Whether a signal ended it.
        public let wasKilled: Bool
        /// Standard output.
        public let output: String
        /// Standard error.
        public let errors: String
    }

    /// Its path: the test bundle and the program lie in one folder.
    public static var path: String {
        let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().appending(path: "tessera").path
    }

    /// The package's root folder, for the files it ships.
    public static var package: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .path
    }

    /// Runs it to its end.
    /// - Parameters:
    ///   - arguments: the command line.
    ///   - input: bytes for standard input.
    ///   - directory: where it runs.
    ///   - fileSizeLimit: the largest file it may write, in KiB (as a full disk would stop it).
    ///   - launcher: a command put before it, as `mpirun -n 2`.
    public static func run(
        _ arguments: [String], input: Data = Data(), in directory: String? = nil, fileSizeLimit: Int? = nil,
        environment: [String: String] = [:], launcher: [String] = []
    ) throws -> Outcome {
        let process = try start(
            arguments, input: input, in: directory, fileSizeLimit: fileSizeLimit, environment: environment,
            launcher: launcher)
        return process.wait()
    }

    /// Starts it and lets it run.
    public static func start(
        _ arguments: [String], input: Data = Data(), in directory: String? = nil, fileSizeLimit: Int? = nil,
        environment: [String: String] = [:], launcher: [String] = []
    ) throws -> Running {
        try Running(
            arguments, input: input, in: directory, fileSizeLimit: fileSizeLimit, environment: environment,
            launcher: launcher)
    }

    /// A run under way.
    public final class Running {
        private let process = Process()
        private let files = TemporaryDirectory()

        init(
            _ arguments: [String], input: Data, in directory: String?, fileSizeLimit: Int?,
            environment: [String: String], launcher: [String]
        ) throws {
            if let fileSizeLimit {
                process.executableURL = URL(filePath: "/bin/bash")
                process.arguments =
                    ["-c", "trap '' XFSZ; ulimit -f \(fileSizeLimit); exec \"$@\"", "bash", Binary.path] + arguments
            } else if !launcher.isEmpty {
                process.executableURL = URL(filePath: "/usr/bin/env")
                process.arguments = launcher + [Binary.path] + arguments
            } else {
                process.executableURL = URL(filePath: Binary.path)
                process.arguments = arguments
            }
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            if let directory { process.currentDirectoryURL = URL(filePath: directory) }
            // Files, not pipes: a chatty child can never block on us.
            try input.write(to: URL(filePath: files.file("in")))
            for name in ["out", "err"] { try Data().write(to: URL(filePath: files.file(name))) }
            process.standardInput = FileHandle(forReadingAtPath: files.file("in"))
            process.standardOutput = FileHandle(forWritingAtPath: files.file("out"))
            process.standardError = FileHandle(forWritingAtPath: files.file("err"))
            try process.run()
        }

        /// Whether it still runs.
        public var isRunning: Bool { process.isRunning }

        /// SIGKILL: nothing can be cleaned up.
        public func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

        /// Sends a signal.
        public func send(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

        /// Waits for its end.
        public func wait() -> Outcome {
            process.waitUntilExit()
            func text(_ name: String) -> String {
                String(decoding: (try? Data(contentsOf: URL(filePath: files.file(name)))) ?? Data(), as: UTF8.self)
            }
            return Outcome(
                status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
                output: text("out"), errors: text("err"))
        }
    }
}
