import Storage
import Streaming
import TestSupport
import Testing
import Tokenize

@testable import Shard

/// What is told of a set against what is in it.
struct InspectionTests {
    private let fixture: ShardFixture
    private let shards: String

    init() throws {
        fixture = try ShardFixture(documents: 90, seed: 41)
        _ = try fixture.run("shards", .small(seed: 41)).run()
        shards = fixture.folder.file("shards")
    }

    @Test func `figures are those of the instances`() throws {
        let found = try ShardInspection(shards, all: true, jobs: 3)
        let reader = try ShardReader(shards)
        let policy = MaskingPolicy(reader.information, vocabulary: fixture.vocabulary)
        let instances = try reader.all(.train) + reader.all(.validation)
        var (length, predicted, masked, kept, filled) = (0, 0, 0, 0, 0)
        for instance in instances {
            let example = policy.apply(instance, seed: 41, epoch: 0)
            length += example.tokens.count
            if instance.split == .train { filled += example.tokens.count }
            predicted += example.positions.count
            for (position, label) in zip(example.positions, example.labels) {
                if example.tokens[Int(position)] == fixture.vocabulary.maskID { masked += 1 }
                if example.tokens[Int(position)] == label { kept += 1 }
            }
        }
        #expect(found.sample.instances == instances.count)
        #expect(found.sample.documents == 90)
        #expect(found.sample.predictedPercent == 100 * Double(predicted) / Double(length))
        #expect(found.sample.maskedPercent == 100 * Double(masked) / Double(predicted))
        #expect(found.sample.keptPercent == 100 * Double(kept) / Double(predicted))
        #expect(abs(found.sample.maskedPercent - 80) < 3)
        #expect(
            abs(found.sample.maskedPercent + found.sample.randomPercent + found.sample.keptPercent - 100) < 1e-9)
        #expect(found.train.fillPercent == 100 * Double(filled) / Double(64 * reader.count(.train)))
        #expect(found.train.lengths.reduce(0, +) == reader.count(.train))
        #expect(found.sources.map(\.documents) == [90])
        #expect(found.sources.map(\.tokens) == [found.sample.tokens])
        #expect(found.sample.unknownTokens == 0 && found.unknown?.words.isEmpty == true && found.notes.isEmpty)
        #expect(try ShardInspection(shards, all: true, jobs: 1) == found)
    }

    @Test func `bytes a token and fill are told of every length`() throws {
        var configuration = ShardConfiguration.small(seed: 42)
        configuration.sequenceLengths = [64, 200]
        _ = try fixture.run("both", configuration).run()
        let found = try ShardInspection(fixture.folder.file("both"), sequenceLength: 200)
        #expect(found.lengths.map(\.sequenceLength) == [64, 200])
        #expect(found.lengths.reduce(0) { $0 + $1.bytes } == found.information.bytes)
        for length in found.lengths {
            let reader = try ShardReader(fixture.folder.file("both"), sequenceLength: length.sequenceLength)
            let instances = try reader.all(.train) + reader.all(.validation)
            let tokens = instances.reduce(0) { $0 + $1.tokens.count }
            let filled = tokens + instances.reduce(0) { $0 + 1 + $1.runs.count }
            #expect(length.instances == instances.count && length.tokens == tokens && length.bytes > 0)
            #expect(length.bytesPerToken == Double(length.bytes) / Double(tokens))
            #expect(length.fillPercent == 100 * Double(filled) / Double(instances.count * length.sequenceLength))
        }
    }

    @Test func `runs of a sample are spread over a split and never overlap`() {
        #expect(InstanceSurvey.chosenRuns(count: 10_000, limit: nil) == [0..<4096, 4096..<8192, 8192..<10_000])
        #expect(InstanceSurvey.chosenRuns(count: 10_000, limit: 5_000) == [0..<4096])
        #expect(InstanceSurvey.chosenRuns(count: 40_960, limit: 8_192) == [0..<4096, 20_480..<24_576])
        #expect(InstanceSurvey.chosenRuns(count: 0, limit: 8_192).isEmpty)
    }

    @Test func `examples name their documents and are found in them`() throws {
        let found = try ShardInspection(shards, examples: 4)
        let reader = try ShardReader(shards)
        #expect(found.examples.count == 4)
        for (index, example) in found.examples.enumerated() {
            let instance = try reader.instance(index, .train)
            #expect(example.runs.map(\.document.id) == instance.runs.map(\.document))
            // The fixture names document i (from 1) i - 1 in its source.
            #expect(example.runs.map(\.document.externalID) == instance.runs.map { "\($0.document - 1)" })
            #expect(example.runs.allSatisfy { $0.document.isFound == true && $0.document.source == "made-up" })
            #expect(example.length == instance.tokens.count + 3)
            #expect(!example.runs[0].text.contains("##"))
            #expect(example.pieces.hasPrefix("[CLS] ") && example.pieces.hasSuffix(" [SEP]"))
        }
        #expect(found.examples.contains { $0.pieces.contains("[MASK]{") })
    }

    @Test func `without the corpus what is missing is told, and one that is named is taken`() throws {
        let moved = fixture.folder.file("elsewhere")
        try Files.rename(fixture.corpus, to: moved)
        let without = try ShardInspection(shards, examples: 1)
        #expect(without.notes.count == 1 && without.notes[0].contains("--corpus"))
        #expect(without.sources.isEmpty && without.unknown == nil)
        #expect(without.examples[0].runs[0].document.title == nil)
        #expect(without.sample.instances > 0)
        let with = try ShardInspection(shards, corpus: moved, examples: 1)
        #expect(with.notes.isEmpty && with.examples[0].runs[0].document.isFound == true)
        let failure = #expect(throws: Failure.self) {
            try ShardInspection(shards, corpus: fixture.folder.file("nowhere"))
        }
        #expect(failure?.code == .noInput)
    }

    @Test func `unknown words are counted in the documents that have them`() throws {
        let corpus = try CorpusReader(fixture.corpus)
        let tokenizer = WordPieceTokenizer(vocabulary: fixture.vocabulary, options: .uncased)
        // Greek is in no piece; of the digits 7 is in none.
        let texts = ["wab ωμέγα wac. 7", "wab wac", "Ωμεγα 7 7\n\nunseen 7 wabc"]
        var some = DocumentSet()
        for id in 1...90 as ClosedRange<Int64> { some.insert(id) }
        #expect(try UnknownWords.of(corpus, tokenizer, documents: some, limit: nil, jobs: 2).counts.isEmpty)
        let folder = TemporaryDirectory()
        let writer = try CorpusWriter(folder.file("corpus"), configuration: "{}", toolVersion: "test")
        try writer.beginChunk(of: writer.source(uri: "greek", kind: "text", bytes: 1, digest: "1", licence: ""))
        for text in texts { _ = try writer.append(CorpusDocument(externalID: text, text: Array(text.utf8))) }
        _ = try writer.commitChunk(items: 3, rawBytes: 1, isLast: true)
        let greek = try CorpusReader(folder.file("corpus"))
        var chosen = DocumentSet()
        for id in [1, 3] as [Int64] { chosen.insert(id) }
        let all = try UnknownWords.of(greek, tokenizer, documents: chosen, limit: nil, jobs: 1)
        #expect(all.textBytes == texts[0].utf8.count + texts[2].utf8.count)
        // Equal counts stand by their bytes.
        #expect(all.top(9).map { "\($0.word) \($0.count)" } == ["7 4", "Ωμεγα 1", "ωμέγα 1"])
    }

    @Test func `a set of documents is its members`() {
        var draws = Philox(seed: 3, purpose: Philox.purpose("document set"))
        var (set, other, expected) = (DocumentSet(), DocumentSet(), Set<Int64>())
        for round in 0..<400 {
            let document = Int64(draws.below(5_000))
            expected.insert(document)
            if round % 2 == 0 { set.insert(document) } else { other.insert(document) }
        }
        set.formUnion(other)
        var members: [Int64] = []
        set.forEach { members.append($0) }
        #expect(members == expected.sorted() && set.count == expected.count)
        #expect((0..<5_100).allSatisfy { set.contains($0) == expected.contains($0) })
        #expect(!set.contains(-1) && !set.contains(1 << 50))
    }

    @Test func `a part of a sequence is found wherever it stands`() {
        var draws = Philox(seed: 4, purpose: Philox.purpose("part"))
        for _ in 0..<300 {
            let whole = (0..<draws.below(30)).map { _ in Int32(draws.below(3)) }
            let part = (0..<1 + draws.below(5)).map { _ in Int32(draws.below(3)) }
            #expect(whole.holds(part) == !whole.ranges(of: part).isEmpty)
        }
        #expect([Int32]().holds([]) && ![Int32]().holds([1]))
    }
}
