import Foundation
import Streaming
import TestSupport
import Testing

@testable import Finetune

private func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

@Test func `a byte order mark, carriage returns and quotes are read as GLUE means them`() throws {
    let folder = TemporaryDirectory()
    let path = try folder.write(
        "\u{FEFF}Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tHe said \"no\t\"Yes\" she said\r\n0\t7\t8\tA\tB\r\n",
        to: "train.tsv")
    let read = try GlueExamples.labelled(path, task: .named("mrpc"))
    #expect(read.examples.map(\.label) == [1, 0])
    #expect(text(read.examples[0].first) == "He said \"no")
    #expect(text(read.examples[0].second) == "\"Yes\" she said")
    #expect(text(read.examples[1].second) == "B")
}

@Test func `CoLA has no header and keeps its first row`() throws {
    let folder = TemporaryDirectory()
    let path = try folder.write("gj04\t1\t\tBill sang.\ngj04\t0\t*\tSang Bill.\n", to: "dev.tsv")
    let read = try GlueExamples.labelled(path, task: .named("CoLA"))
    #expect(read.examples.map(\.label) == [1, 0])
    #expect(text(read.examples[0].first) == "Bill sang." && read.examples[0].second == nil)
}

@Test func `a row with too few fields is refused by its number`() throws {
    let folder = TemporaryDirectory()
    let path = try folder.write(
        "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\ta\tentailment\n", to: "x.tsv")
    let failure = #expect(throws: Failure.self) { try GlueExamples.labelled(path, task: .named("rte")) }
    #expect(failure?.code == .badData && failure?.place == "\(path): row 3")
}

@Test func `QQP's short rows and MNLI's undecided ones are left out and counted`() throws {
    let folder = TemporaryDirectory()
    let pairs = try folder.write(
        "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n0\t1\t2\ta\tb\t1\n1\t2\t3\ta\n2\t1\t2\ta\tc\t0\n",
        to: "q.tsv")
    let read = try GlueExamples.labelled(pairs, task: .named("qqp"))
    #expect(read.examples.count == 2 && read.skippedRows == 1)
    let header = "index\tsentence1\tsentence2\tgold_label\n"
    let inference = try folder.write(header + "0\ta\tb\t-\n1\ta\tb\tneutral\n", to: "m.tsv")
    let undecided = try GlueExamples.labelled(inference, task: .named("mnli"))
    #expect(undecided.examples.map(\.label) == [2] && undecided.skippedRows == 1)
}

@Test func `a wrong label, a wrong score and a wrong file are refused`() throws {
    let folder = TemporaryDirectory()
    let header = "index\tsentence1\tsentence2\tlabel\n"
    let label = try folder.write(header + "0\ta\tb\tperhaps\n", to: "a.tsv")
    let failure = #expect(throws: Failure.self) { try GlueExamples.labelled(label, task: .named("rte")) }
    #expect(failure?.place == "\(label): row 2" && failure?.message.contains("perhaps") == true)
    let score = try folder.write("sentence1\tsentence2\tscore\na\tb\t5.5\n", to: "b.tsv")
    #expect(throws: Failure.self) { try GlueExamples.labelled(score, task: .named("sts-b")) }
    #expect(throws: Failure.self) { try GlueExamples.labelled(label, task: .named("qnli")) }
    #expect(throws: Failure.self) { try GlueExamples.labelled(folder.write("", to: "c.tsv"), task: .named("rte")) }
    #expect(throws: Failure.self) { try GlueExamples.labelled(folder.write(header, to: "d.tsv"), task: .named("rte")) }
    #expect(throws: Failure.self) { try GlueTask.named("squad") }
}

private let shared: String = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return ProcessInfo.processInfo.environment["TESSERA_SHARED"] ?? root.appending(path: "../shared").path
}()

/// Rows as the data's README counts them.
@Test(
    .enabled(if: Files.isDirectory(shared + "/data/glue")),
    arguments: [
        ("cola", "train.tsv", 8551), ("sst-2", "dev.tsv", 872), ("mrpc", "train.tsv", 3668), ("sts-b", "dev.tsv", 1500),
        ("qqp", "dev.tsv", 20000), ("mnli", "dev_matched.tsv", 1332), ("mnli", "dev_mismatched.tsv", 476),
        ("qnli", "train.tsv", 3735), ("rte", "train.tsv", 2490), ("wnli", "dev.tsv", 71),
    ])
func `every row of the real files is read`(name: String, file: String, rows: Int) throws {
    let task = try GlueTask.named(name)
    let read = try GlueExamples.labelled("\(shared)/data/glue/\(task.folder)/\(file)", task: task)
    #expect(read.examples.count == rows && read.skippedRows == 0)
}
