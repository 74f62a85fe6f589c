import Foundation
import Streaming
import TestSupport
import Testing

@testable import Pipeline

@Suite struct OptionTreeTests {
    @Test func `assignments reach into the tree and make what is missing`() throws {
        var tree = try OptionTree.parse("a:\n  b: 1\nlist: [x, y]\n", at: "test")
        try tree.set("a.b=2")
        try tree.set("c.d.e=[p, q]")
        try tree.set("name=x=y")
        #expect(
            tree
                == .map([
                    "a": .map(["b": .scalar("2")]), "list": .list([.scalar("x"), .scalar("y")]),
                    "c": .map(["d": .map(["e": .list([.scalar("p"), .scalar("q")])])]), "name": .scalar("x=y"),
                ]))
    }

    @Test func `the canonical line does not depend on the order of keys`() throws {
        let left = try OptionTree.parse("a: 1\nb: {d: 2, c: 3}\n", at: "test")
        let right = try OptionTree.parse("b:\n  c: 3\n  d: 2\na: 1\n", at: "test")
        #expect(left.canonical == right.canonical)
    }

    @Test func `broken YAML and a setting without a name are failures with a place`() throws {
        let broken = #expect(throws: Failure.self) { try OptionTree.parse("a: [1, 2", at: "x.yaml") }
        #expect(broken?.code == .badData)
        #expect(broken?.place == "x.yaml")
        var tree = OptionTree.map([:])
        #expect(throws: Failure.self) { try tree.set("=3") }
    }
}

@Suite struct StageOptionsTests {
    private func options(_ yaml: String) throws -> StageOptions {
        try StageOptions(OptionTree.parse(yaml, at: "x.yaml"), stage: "shard", place: "x.yaml")
    }

    @Test func `values are read with their type and defaults stay`() throws {
        var options = try options("sequence_length: 64\nwhole-word: true\n")
        var (length, whole, factor) = (128, false, 5)
        try options.read("sequence-length", into: &length)
        try options.read("whole-word", into: &whole)
        try options.read("duplicate-factor", into: &factor)
        try options.finish()
        #expect((length, whole, factor) == (64, true, 5))
    }

    @Test func `a misspelt option and a value of another type are refused with the names there are`() throws {
        var misspelt = try options("sequence-lenght: 64\n")
        var length = 128
        try misspelt.read("sequence-length", into: &length)
        let failure = #expect(throws: Failure.self) { try misspelt.finish() }
        #expect(failure?.description.contains("'sequence-lenght'") == true)
        #expect(failure?.description.contains("sequence-length") == true)
        var typed = try options("sequence-length: long\n")
        #expect(throws: Failure.self) { try typed.read("sequence-length", into: &length) }
    }
}

@Suite struct RecipeTests {
    private let folder = TemporaryDirectory()

    private func run(_ yaml: String, _ assignments: [String] = []) throws -> PipelineRun {
        let path = try folder.write(yaml, to: "recipe.yaml")
        var options = PipelineRun.Options(jobs: 1, progress: .quiet)
        options.assignments = ["output=\(folder.file("out"))"] + assignments
        return try PipelineRun(path, options: options)
    }

    @Test func `a recipe is checked whole before anything runs`() throws {
        #expect(throws: Failure.self) { try run("ingest:\n  sources: []\n") }
        #expect(throws: Failure.self) { try run("ingest:\n  sources: no-such-file.xml\n") }
        #expect(throws: Failure.self) { try run("ingets:\n  sources: x\n") }
        #expect(throws: Failure.self) { try run("vocab:\n  size: 100\npretrain:\n  stpes: 3\n") }
        #expect(throws: Failure.self) { try run("pretrain:\n  precision: int4\n") }
        #expect(throws: Failure.self) { try run("ingest:\n  sources:\n") }
        #expect(throws: Failure.self) { try run("jobs: 1000000\nvocab:\n  size: 100\n") }
        for option in ["algorithm: magic", "memory: 1KiB", "memory: much", "extend: nowhere.txt", "terms: nowhere.txt"]
        {
            #expect(throws: Failure.self, "\(option)") { try run("vocab:\n  \(option)\n") }
        }
    }

    @Test func `several corpora are read by weight, and named as the command line names them`() throws {
        for name in ["one", "two"] { try Files.createDirectory(folder.file(name)) }
        let lines = (0..<400).map { "The gull \($0) flew over harbour \($0 * 7919)." }
        try folder.write(lines.prefix(200).joined(separator: "\n\n"), to: "one/a.txt")
        try folder.write(lines.suffix(200).joined(separator: "\n\n"), to: "two/b.txt")
        _ = try run("ingest:\n  sources: two\n", ["output=\(folder.file("beside"))"]).run()
        let beside = folder.file("beside") + "/corpus"
        let text = "ingest:\n  sources: one\nvocab:\n  size: 120\n  corpora: \(beside)\n"
        func shards(_ weight: String, _ output: String) throws -> Int {
            let yaml = text + "shard:\n  sequence-length: 32\n  corpora: [\(beside)]\n" + weight
            let done = try run(yaml, ["output=\(folder.file(output))"]).run()
            return Int(done.last?.summary?["tokens"] ?? "") ?? 0
        }
        let plain = try shards("", "plain")
        #expect(plain > 1_000)
        #expect(try shards("  weight: [\(beside)=3]\n", "more") > plain * 3 / 2)
        #expect(try shards("  weight: corpus=1\n", "ones") == plain)
        for bad in [
            "weight: [nowhere=2]", "weight: [\(beside)=-1]", "weight: much", "weight: {a: 1}", "corpora: nowhere",
        ] {
            #expect(throws: Failure.self, "\(bad)") { try run("ingest:\n  sources: one\nshard:\n  \(bad)\n") }
        }
        #expect(throws: Failure.self) {
            try run("ingest:\n  sources: one\nshard:\n  corpora: [\(beside)]\n  weight: [\(beside)=2, \(beside)=3]\n")
        }
    }

    @Test func `the vocabulary's options reach the trainer`() throws {
        let words = (0..<300).map { "number\($0 % 40) harbour\($0 % 7)" }.joined(separator: "\n")
        try folder.write(words, to: "notes.txt")
        try folder.write("Myocardial infarction\n", to: "terms.txt")
        let yaml = """
            ingest:
              sources: notes.txt
            vocab:
              size: 90
              algorithm: topdown
              minimum-frequency: 2
              limit-alphabet: 500
              initial-alphabet: "%"
              unused: 3
              terms: terms.txt
              memory: 128MiB
            """
        let done = try run(yaml).run()
        #expect(done.map(\.action) == [.run, .run])
        let file = folder.file("out") + "/vocab/vocab.txt"
        let pieces = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(pieces.prefix(5) == ["[PAD]", "[unused0]", "[unused1]", "[unused2]", "[UNK]"])
        for piece in ["%", "##%", "myocardial", "infarction", "harbour3"] { #expect(pieces.contains { $0 == piece }) }
        // A glossary that changed makes another vocabulary.
        try folder.write("Myocardial infarction, stent\n", to: "terms.txt")
        #expect(throws: Failure.self) { try run(yaml).run() }
    }

    @Test func `stages run once, are skipped when done, and are rebuilt only when told`() throws {
        try folder.write(
            (0..<200).map { "The gull number \($0) flew over harbour \($0 * 7919) and mill \($0 * 104729)." }.joined(
                separator: "\n"), to: "notes.txt")
        let yaml = "ingest:\n  sources: notes.txt\nvocab:\n  size: 120\n"
        #expect(try run(yaml).plan().map(\.action) == [.run, .run])
        let first = try run(yaml).run()
        #expect(first.map(\.action) == [.run, .run])
        #expect(first[0].summary?["documents"] == "1")
        let second = try run(yaml).run()
        #expect(second.map(\.action) == [.skip, .skip])
        #expect(second.map(\.summary) == first.map(\.summary))
        let failure = #expect(throws: Failure.self) { try run(yaml, ["vocab.size=90"]).run() }
        #expect(failure?.code == .cannotCreate)
        let path = try folder.write(yaml, to: "recipe.yaml")
        var options = PipelineRun.Options(jobs: 1, progress: .quiet)
        options.assignments = ["output=\(folder.file("out"))", "vocab.size=90"]
        options.from = "vocab"
        let rebuilt = try PipelineRun(path, options: options).run()
        #expect(rebuilt.map(\.action) == [.skip, .rebuild])
        #expect(rebuilt[1].summary?["pieces"] == "90")
    }

    @Test func `a finetune stage without data is left out`() throws {
        try folder.write("text", to: "notes.txt")
        let plan = try run("ingest:\n  sources: notes.txt\nfinetune:\n  task: rte\n  data:\n").plan()
        #expect(plan.map(\.stage) == ["ingest"])
    }
}

@Suite struct RunReportTests {
    @Test func `a report holds a curve for each metric and nothing from outside`() throws {
        let folder = TemporaryDirectory()
        let lines = (1...50).map { #"{"step": \#($0), "loss": \#(8.0 / Double($0)), "lr": 0.001}"# }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "metrics.jsonl")
        try folder.write("model: tiny\nname: <b>\n", to: "config.yaml")
        let html = try String(contentsOfFile: RunReport(folder.path).write(), encoding: .utf8)
        #expect(html.components(separatedBy: "<svg").count == 3)
        #expect(html.contains("&lt;b>"))
        #expect(!html.contains("http"))
    }

    @Test func `damaged metrics are named with their line`() throws {
        let folder = TemporaryDirectory()
        try folder.write("{\"step\": 1, \"loss\": 2}\n{oops\n", to: "metrics.jsonl")
        let failure = #expect(throws: Failure.self) { try RunReport(folder.path).write() }
        #expect(failure?.message.contains("line 2") == true)
    }
}

@Suite struct SourceOptionTests {
    @Test func `a recipe says how sources are written, by pattern and with names of fields`() throws {
        let folder = TemporaryDirectory()
        for name in ["a/one", "a/two", "b/three"] {
            try Files.createDirectory(folder.file("in/" + name))
            try folder.write("docket;opinion\n\(name);Text of \(name).\n", to: "in/\(name)/t.csv")
        }
        try folder.write(
            """
            output: \(folder.file("out"))
            ingest:
              sources: ['in/*/**/*.csv']
              text-field: opinion
              id-field: docket
              delimiter: ';'
              exclude: [two]
            """, to: "r.yaml")
        let recipe = try Recipe(folder.file("r.yaml"), assignments: [], jobs: 1, progress: .quiet) { _ in }
        #expect(recipe.stages.map(\.name) == ["ingest"])
        let summary = try recipe.stages[0].execute()
        #expect(summary["documents"] == "2")
    }
}
