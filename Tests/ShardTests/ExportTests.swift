import Foundation
import Streaming
import TestSupport
import Testing
import Tokenize

@testable import Shard

/// Exports against the instances they are made from.
struct ExportTests {
    private let fixture: ShardFixture
    private let reader: ShardReader
    private let policy: MaskingPolicy

    init() throws {
        fixture = try ShardFixture(documents: 150, seed: 31)
        _ = try fixture.run("shards", .small(seed: 31)).run()
        reader = try ShardReader(fixture.folder.file("shards"))
        policy = MaskingPolicy(reader.information, vocabulary: fixture.vocabulary)
    }

    private func configuration(
        _ format: ExportFormat, _ change: (inout ExportConfiguration) -> Void = { _ in }
    ) -> ExportConfiguration {
        var configuration = ExportConfiguration()
        configuration.format = format
        change(&configuration)
        return configuration
    }

    private func export(_ output: String, _ configuration: ExportConfiguration, jobs: Int = 1) -> ShardExport {
        ShardExport(
            shards: fixture.folder.file("shards"), output: fixture.folder.file(output), configuration: configuration,
            jobs: jobs)
    }

    /// The files of an export with their bytes.
    private func contents(_ output: String) throws -> [String: [UInt8]] {
        let folder = fixture.folder.file(output)
        return try Dictionary(
            uniqueKeysWithValues: Files.names(in: folder).map { ($0, try Files.read("\(folder)/\($0)")) })
    }

    @Test func `TFRecord holds the seven features of run_pretraining, padded`() throws {
        let summary = try export("out", configuration(.tfrecord) { ($0.seed, $0.epoch, $0.split) = (5, 2, .train) })
            .run()
        #expect(summary.instances == reader.count(.train) && summary.files == 1 && summary.maxPredictions == 10)
        let bytes = try Files.read(fixture.folder.file("out/training-00000-of-00001.tfrecord"))
        let records = try ExampleMessage.records(bytes)
        #expect(records.count == reader.count(.train))
        for (index, record) in records.enumerated() {
            let example = policy.apply(try reader.instance(index, .train), seed: 5, epoch: 2)
            func padded(_ values: some Collection<some BinaryInteger>, _ size: Int) -> [UInt64] {
                values.map { UInt64($0) } + [UInt64](repeating: 0, count: size - values.count)
            }
            let ones = [Int](repeating: 1, count: example.tokens.count)
            let weights = [UInt32](repeating: Float(1).bitPattern, count: example.positions.count)
            #expect(
                try ExampleMessage.features(record) == [
                    "input_ids": padded(example.tokens, 64), "input_mask": padded(ones, 64),
                    "segment_ids": padded(example.segments, 64),
                    "masked_lm_positions": padded(example.positions, 10),
                    "masked_lm_ids": padded(example.labels, 10), "masked_lm_weights": padded(weights, 10),
                    "next_sentence_labels": [example.isRandomNext ? 1 : 0],
                ])
        }
    }

    @Test func `numbers of any size are framed as protocol buffers have them`() throws {
        // Ids of 1, 2 and 3 bytes, so that lists have lengths of one and of two bytes.
        let encoder = TFRecordEncoder(sequenceLength: 80, predictions: 2, padding: 9)
        let masked = MaskedExample(
            tokens: [0, 127, 128, 16_383, 16_384, 70_000], segments: [0, 0, 0, 1, 1, 1], positions: [1, 4],
            labels: [300, 2_000_000], isRandomNext: true)
        let instance = Instance(index: 0, a: [1], b: [2], isRandomNext: true, documentA: 1, documentB: 2)
        let piece = encoder.encode(
            [ExportedExample(instance: instance, epoch: 0, masked: masked)],
            of: ExportFile(name: "x", split: .train, range: 0..<1))
        let features = try ExampleMessage.features(ExampleMessage.records(piece.parts[0])[0])
        #expect(features["input_ids"] == [0, 127, 128, 16_383, 16_384, 70_000] + [UInt64](repeating: 9, count: 74))
        #expect(features["masked_lm_ids"] == [300, 2_000_000])
    }

    @Test func `JSON Lines tell instances, epochs and pieces`() throws {
        let wanted = configuration(.jsonl) {
            ($0.pieces, $0.order, $0.epoch, $0.duplicate, $0.seed) = (true, .epoch, 1, 2, 77)
        }
        _ = try export("out", wanted).run()
        for (split, stem) in [(ShardSplit.train, "training"), (.validation, "validation")] {
            let text = try Files.read(fixture.folder.file("out/\(stem)-00000-of-00001.jsonl"))
            let lines = text.split(separator: 10)
            #expect(lines.count == 2 * reader.count(split))
            for (number, line) in lines.enumerated() {
                let (round, position) = number.quotientAndRemainder(dividingBy: reader.count(split))
                let index = reader.order(seed: 77, epoch: 1 + round, split)[position]
                let instance = try reader.instance(index, split)
                let example = policy.apply(instance, seed: 77, epoch: 1 + round)
                let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
                #expect(object["split"] as? String == split.rawValue && object["index"] as? Int == index)
                #expect(object["epoch"] as? Int == 1 + round)
                #expect(object["documents"] as? [Int] == instance.runs.map { Int($0.document) })
                #expect(object["input_ids"] as? [Int] == example.tokens.map(Int.init))
                #expect(object["segment_ids"] as? [Int] == example.segments.map(Int.init))
                #expect(object["masked_lm_positions"] as? [Int] == example.positions.map(Int.init))
                #expect(object["masked_lm_ids"] as? [Int] == example.labels.map(Int.init))
                #expect(object["tokens"] as? [String] == example.tokens.map(fixture.vocabulary.piece))
                #expect(object["masked_lm_labels"] as? [String] == example.labels.map(fixture.vocabulary.piece))
                #expect(object["is_random_next"] as? Bool == example.isRandomNext)
                #expect(object["next_sentence_label"] as? Int == (example.isRandomNext ? 1 : 0))
            }
        }
    }

    @Test func `pieces are quoted as JSON asks for`() {
        let text = "a\"b\\c\u{1}é\n"
        let quoted = String(decoding: JSONLinesEncoder.string(text), as: UTF8.self)
        #expect(quoted == "\"a\\\"b\\\\c\\u0001é\\u000a\"")
    }

    @Test(arguments: ExportFormat.allCases)
    func `the bytes do not depend on the threads`(format: ExportFormat) throws {
        let wanted = configuration(format) { ($0.files, $0.duplicate) = (3, 2) }
        _ = try export("one", wanted, jobs: 1).run()
        _ = try export("five", wanted, jobs: 5).run()
        let (one, five) = try (contents("one"), contents("five"))
        #expect(one == five)
        #expect(one.keys.filter { $0.hasPrefix("training-") }.count == 3)
    }

    @Test(arguments: ExportFormat.allCases)
    func `an export stopped after any file goes on to the same bytes`(format: ExportFormat) throws {
        struct Stop: Error {}
        let wanted = configuration(format) { $0.instancesPerFile = 100 }
        let summary = try export("whole", wanted).run()
        #expect(summary.files > 4)
        for (attempt, stop) in (try contents("whole").keys.sorted().dropFirst().dropLast()).enumerated() {
            let output = "stopped-\(attempt)"
            var first = export(output, wanted, jobs: 2)
            first.hook = { if $0.hasSuffix(stop) { throw Stop() } }
            #expect(throws: Failure.self) { try first.run() }
            // What a kill leaves of the file after it.
            try fixture.folder.write("half", to: "\(output)/\(stop)x.partial")
            let rest = try export(output, wanted).run()
            #expect(rest.filesKept > 0 && rest.filesKept < summary.files)
            #expect(try contents(output) == contents("whole"))
        }
    }

    @Test func `a folder of something else or of another export is left alone`() throws {
        try FileManager.default.createDirectory(
            atPath: fixture.folder.file("foreign"), withIntermediateDirectories: true)
        try fixture.folder.write("mine", to: "foreign/notes.txt")
        let foreign = #expect(throws: Failure.self) { try export("foreign", configuration(.jsonl)).run() }
        #expect(foreign?.code == .cannotCreate)
        _ = try export("out", configuration(.jsonl)).run()
        let before = try contents("out")
        for change in [
            configuration(.tfrecord), configuration(.jsonl) { $0.epoch = 1 }, configuration(.jsonl) { $0.seed = 9 },
        ] {
            let failure = #expect(throws: Failure.self) { try export("out", change).run() }
            #expect(failure?.code == .cannotCreate)
        }
        #expect(try contents("out") == before)
        #expect(try export("out", configuration(.jsonl)).run().filesKept == 2)
    }

    @Test func `static masks are those of the shards, whatever the seed`() throws {
        var configuration = ShardConfiguration.small(seed: 31)
        configuration.masking = .static
        _ = try fixture.run("static", configuration).run()
        var bytes: [[UInt8]] = []
        for seed in [1, 2] as [UInt64] {
            var wanted = self.configuration(.tfrecord) { $0.seed = seed }
            wanted.split = .validation
            let output = fixture.folder.file("static-\(seed)")
            _ = try ShardExport(shards: fixture.folder.file("static"), output: output, configuration: wanted).run()
            bytes.append(try Files.read(output + "/validation-00000-of-00001.tfrecord"))
        }
        #expect(bytes[0] == bytes[1])
    }

    @Test func `a vocabulary that is not the shards' is refused`() throws {
        let path = try fixture.folder.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nsea\n", to: "other.txt")
        let wanted = configuration(.jsonl) { $0.pieces = true }
        let failure = #expect(throws: Failure.self) {
            try ShardExport(
                shards: fixture.folder.file("shards"), output: fixture.folder.file("out"), configuration: wanted,
                vocabulary: path
            ).run()
        }
        #expect(failure?.code == .badData)
        #expect(!Files.exists(fixture.folder.file("out")))
    }

    @Test(arguments: ExportFormat.allCases)
    func `a forecast is close, and what the disk cannot hold is refused before anything is written`(
        format: ExportFormat
    ) throws {
        var run = export("out", configuration(format) { ($0.duplicate, $0.files) = (3, 2) })
        run.freeBytes = 1_000
        let failure = #expect(throws: Failure.self) { try run.run() }
        #expect(failure?.code == .cannotCreate && failure?.message.contains("are free") == true)
        #expect(try contents("out").isEmpty)
        run.freeBytes = nil
        let written = try run.run().bytes
        // What was said to be needed is enough for what was then written, and little more.
        for (name, share, fits) in [("room", 1.3, true), ("full", 0.97, false)] {
            var again = export(name, configuration(format) { ($0.duplicate, $0.files) = (3, 2) })
            again.freeBytes = Int(Double(written) * share) + (fits ? 4 * 16 << 10 : 0)
            if fits {
                #expect(try again.run().bytes == written)
            } else {
                #expect(throws: Failure.self) { try again.run() }
            }
        }
        run.freeBytes = 0
        #expect(try run.run().filesKept == 4, "what is there needs no room")
    }

    @Test func `a folder with other files in it is left as it is`() throws {
        try Files.createDirectory(fixture.folder.file("out"))
        try fixture.folder.write("mine", to: "out/film.partial")
        let failure = #expect(throws: Failure.self) { try export("out", configuration(.jsonl)).run() }
        #expect(failure?.code == .cannotCreate)
        #expect(try contents("out") == ["film.partial": Array("mine".utf8)])
    }

    @Test func `files of a plan are even and follow each other without a gap`() {
        for (count, duplicate, files) in [(10, 1, 3), (7, 3, 5), (2, 1, 9), (1, 1, 1)] {
            let plan = ExportPlan(
                configuration(.hdf5) { ($0.duplicate, $0.files) = (duplicate, files) },
                counts: { $0 == .train ? count : 0 })
            #expect(plan.files.count == min(files, count * duplicate))
            #expect(plan.files.first?.range.lowerBound == 0)
            #expect(plan.files.last?.range.upperBound == count * duplicate)
            #expect(zip(plan.files, plan.files.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
            let sizes = plan.files.map(\.range.count)
            #expect(sizes.max()! - sizes.min()! <= 1)
        }
        let plan = ExportPlan(configuration(.tfrecord) { $0.instancesPerFile = 4 }, counts: { _ in 9 })
        #expect(plan.files.filter { $0.split == .train }.map(\.range.count) == [3, 3, 3])
        #expect(plan.files.first?.name == "training-00000-of-00003.tfrecord")
    }

    @Test(.enabled(if: Files.exists("/usr/bin/h5dump"), "h5dump is not installed"))
    func `HDF5 reads back through its own tool`() throws {
        _ = try export("out", configuration(.hdf5) { ($0.split, $0.seed) = (.train, 3) }).run()
        func dump(_ name: String) throws -> [Int] {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/h5dump")
            process.arguments = ["-y", "-w", "0", "-d", name, fixture.folder.file("out/training-00000-of-00001.hdf5")]
            process.standardOutput = pipe
            try process.run()
            let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let data = try #require(text.range(of: "DATA {"))
            return text[data.upperBound...].split { !$0.isNumber }.compactMap { Int($0) }
        }
        let (ids, positions, labels) = try (
            dump("input_ids"), dump("masked_lm_positions"), dump("next_sentence_labels")
        )
        #expect(ids.count == 64 * reader.count(.train) && labels.count == reader.count(.train))
        for index in 0..<reader.count(.train) {
            let example = policy.apply(try reader.instance(index, .train), seed: 3, epoch: 0)
            let tokens = example.tokens.map(Int.init)
            let places = example.positions.map(Int.init)
            #expect(Array(ids[64 * index..<64 * index + 64]) == tokens + [Int](repeating: 0, count: 64 - tokens.count))
            #expect(
                Array(positions[10 * index..<10 * index + 10]) == places + [Int](repeating: 0, count: 10 - places.count)
            )
            #expect(labels[index] == (example.isRandomNext ? 1 : 0))
        }
    }
}
