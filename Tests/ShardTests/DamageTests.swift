internal import Foundation
@testable import Shard
import Storage
import Streaming
import TestSupport
import Testing

/// Damaged, foreign and unfinished shards: one-line failures, never a crash.
struct DamageTests {
    private let fixture: ShardFixture
    private var shards: String { fixture.folder.file("shards") }

    init() throws {
        fixture = try ShardFixture(documents: 60, seed: 41)
        _ = try fixture.run("shards", .small(seed: 41)).run()
    }

    /// Reads everything there is.
    private func readAll() throws {
        let reader = try ShardReader(shards)
        _ = try reader.tokenizer()
        for split in ShardSplit.allCases { _ = try reader.all(split) }
    }

    @Test func `sound shards have no problems`() throws {
        try readAll()
        #expect(try ShardVerifier(shards, jobs: 2).problems().map(\.description) == [])
    }

    @Test func `a flipped bit anywhere in a part is found`() throws {
        let path = shards + "/part-00000.zst"
        let bytes = try Files.read(path)
        // Every byte of a block's frame is covered by its checksum; some of each block are tried.
        for offset in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 197)) {
            var damaged = bytes
            damaged[offset] ^= UInt8(1 << (offset % 8))
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            let failure = #expect(throws: Failure.self) { try readAll() }
            #expect(failure?.code == .badData && failure?.place?.contains("part-00000.zst") == true)
        }
        let problems = try ShardVerifier(shards).problems()
        #expect(!problems.isEmpty)
        #expect(problems.allSatisfy { $0.message.contains("instances") && $0.message.contains("of length 64") })
    }

    /// Bits in no page's use, bytes of JSON between values, the digests themselves: nothing is left out.
    @Test(arguments: [
        "shards.sqlite", "vocab.txt", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json",
        "checksums.xxh128", "part-00000.zst",
    ])
    func `a flipped bit, a byte too many and a missing file are found, whatever the file`(name: String) throws {
        let path = "\(shards)/\(name)"
        let bytes = try Files.read(path)
        var draws = Philox(seed: 7, purpose: Philox.purpose("flipped bits"))
        for _ in 0..<60 {
            var damaged = bytes
            let place = draws.below(bytes.count)
            damaged[place] ^= UInt8(1 << draws.below(8))
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            #expect(try !ShardVerifier(shards).problems().isEmpty, "byte \(place)")
        }
        try Data(bytes + [0]).write(to: URL(fileURLWithPath: path))
        #expect(try !ShardVerifier(shards).problems().isEmpty)
        try Files.remove(path)
        #expect(try ShardVerifier(shards).problems().contains { $0.place == path })
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try ShardVerifier(shards).problems().isEmpty)
    }

    @Test func `a run that finds nothing to do does not seal what is damaged`() throws {
        let path = "\(shards)/special_tokens_map.json"
        try Data(try Files.read(path) + [32]).write(to: URL(fileURLWithPath: path))
        _ = try fixture.run("shards", .small(seed: 41)).run()
        #expect(try ShardVerifier(shards).problems().map(\.place) == [path])
        // A run that was cut off before it wrote the digests; the next one does.
        try Files.remove("\(shards)/\(ShardSeal.fileName)")
        #expect(try ShardVerifier(shards).problems().count == 1)
        _ = try fixture.run("shards", .small(seed: 41)).run()
        #expect(try ShardVerifier(shards).problems().isEmpty)
    }

    @Test func `a part cut short, grown or missing is found`() throws {
        let path = shards + "/part-00000.zst"
        let bytes = try Files.read(path)
        for damaged in [[], Array(bytes.dropLast()), Array(bytes.prefix(bytes.count / 2)), bytes + [0]] {
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            #expect(throws: Failure.self) { try ShardReader(shards) }
            let problems = try ShardVerifier(shards).problems()
            #expect(problems.count == 1 && problems[0].message.contains("train instances 0 to"))
        }
        try Files.remove(path)
        let problems = try ShardVerifier(shards).problems()
        #expect(problems.count == 1 && problems[0].message.contains("train instances 0 to"))
        let failure = #expect(throws: Failure.self) { try ShardReader(shards) }
        #expect(failure?.code == .noInput)
    }

    @Test(arguments: 0..<40)
    func `a damaged index is refused or read, never a crash`(seed: Int) throws {
        let path = ShardSchema.path(shards)
        let bytes = try Files.read(path)
        var draws = Philox(seed: UInt64(seed), purpose: Philox.purpose("index damage"))
        for _ in 0..<8 {
            var damaged = bytes
            for _ in 0..<1 + draws.below(4) { damaged[draws.below(bytes.count)] ^= UInt8(1 << draws.below(8)) }
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            do { try readAll() } catch { #expect(error is Failure, "seed \(seed): \(error)") }
            _ = try ShardVerifier(shards).problems()
        }
        try Data(bytes.prefix(bytes.count / 2)).write(to: URL(fileURLWithPath: path))
        #expect(throws: Failure.self) { try readAll() }
    }

    @Test(arguments: [
        "UPDATE block SET offset = -1", "UPDATE block SET offset = 9223372036854775807",
        "UPDATE block SET size = 9223372036854775807", "UPDATE block SET raw_size = 9223372036854775807",
        "UPDATE block SET raw_size = raw_size - 1", "UPDATE block SET raw_size = raw_size + 1",
        "UPDATE block SET count = count + 1", "UPDATE block SET count = 0", "UPDATE block SET file = '../vocab.txt'",
        "UPDATE block SET first_instance = first_instance + 1", "UPDATE block SET split = 'test'",
        "UPDATE block SET checksum = 'x'", "UPDATE block SET partition = 99", "UPDATE block SET offset = 'x'",
        "UPDATE partition SET tokens = 9223372036854775807", "UPDATE partition SET state = 'open'",
        "UPDATE meta SET value = '3' WHERE key = 'vocabulary_size'", "DELETE FROM meta WHERE key = 'digest'",
        "UPDATE meta SET value = '99' WHERE key = 'format_version'",
        "UPDATE meta SET value = 'corpus' WHERE key = 'kind'",
        "UPDATE meta SET value = 'building' WHERE key = 'state'", "DELETE FROM token_order",
        "UPDATE token_order SET ids = zeroblob(length(ids))", "UPDATE token_order SET ids = substr(ids, 3)",
        "UPDATE partition SET revision = 1", "UPDATE block SET sequence_length = 128", "DELETE FROM generation",
        "UPDATE generation SET state = 'build'", "UPDATE generation SET scatter = '[]'",
        "UPDATE generation SET partitions = partitions + 1",
        "UPDATE meta SET value = '{' WHERE key = 'configuration'",
        "UPDATE meta SET value = replace(value, '\"sequence_length\":[64]', '\"sequence_length\":[10]') WHERE key = 'configuration'",
        "UPDATE meta SET value = replace(value, '\"sequence_length\":[64]', '\"sequence_length\":[0]') WHERE key = 'configuration'",
        "UPDATE meta SET value = 'static' WHERE key = 'configuration'", "DELETE FROM block WHERE id = 1",
        "DELETE FROM partition", "DROP TABLE block", "DROP TABLE meta",
        "UPDATE meta SET value = replace(value, 'dynamic', 'static') WHERE key = 'configuration'",
    ])
    func `an index that lies is refused`(sql: String) throws {
        try ShardFixture.execute("PRAGMA foreign_keys = OFF; " + sql, at: ShardSchema.path(shards))
        #expect(throws: Failure.self) { try readAll() }
        #expect(try !ShardVerifier(shards).problems().isEmpty)
    }

    @Test(arguments: [
        "UPDATE meta SET value = '0' WHERE key = 'digest'", "UPDATE statistics SET value = value + 1",
        "UPDATE partition SET tokens = tokens + 1 WHERE id = 0", "UPDATE partition SET digest = 'x' WHERE id = 0",
    ])
    func `the verifier finds what reading does not need`(sql: String) throws {
        try ShardFixture.execute(sql, at: ShardSchema.path(shards))
        #expect(try !ShardVerifier(shards).problems().isEmpty)
    }

    @Test func `an index of other shards is refused`() throws {
        _ = try fixture.run("others", .small(seed: 42)).run()
        try Files.remove(ShardSchema.path(shards))
        try FileManager.default.copyItem(
            atPath: ShardSchema.path(fixture.folder.file("others")), toPath: ShardSchema.path(shards))
        #expect(throws: Failure.self) { try readAll() }
        #expect(try !ShardVerifier(shards).problems().isEmpty)
    }

    @Test func `another vocabulary beside the shards is refused`() throws {
        let path = shards + "/vocab.txt"
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        try Data((text.replacingOccurrences(of: "waa\n", with: "wzzz\n")).utf8).write(to: URL(fileURLWithPath: path))
        let failure = #expect(throws: Failure.self) { try ShardReader(shards).tokenizer() }
        #expect(failure?.code == .badData)
    }

    @Test func `unfinished shards and folders of other things are refused`() throws {
        var run = fixture.run("unfinished", .small(seed: 43))
        run.hook = { if case .partitionCommitted = $0 { throw Failure(.interrupted, "stop") } }
        #expect(throws: Failure.self) { try run.run() }
        let failure = #expect(throws: Failure.self) { try ShardReader(fixture.folder.file("unfinished")) }
        #expect(failure?.code == .badData && failure?.message.contains("not finished") == true)
        #expect(throws: Failure.self) { try ShardReader(fixture.corpus) }
        #expect(throws: Failure.self) { try ShardReader("/nowhere") }
    }

    @Test(arguments: [0, 7, 12, 40, -1])
    func `a damaged spool is refused`(offset: Int) throws {
        var run = fixture.run("spooled", .small(seed: 44))
        run.hook = { if case .partitionWritten = $0 { throw Failure(.interrupted, "stop") } }
        #expect(throws: Failure.self) { try run.run() }
        run.hook = nil
        let path = fixture.folder.file("spooled") + "/spool-00000.bin"
        var bytes = try Files.read(path)
        if offset < 0 { bytes.removeLast() } else { bytes[offset + 3] = 0xFF }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do { _ = try run.run() } catch { #expect(error.code == .badData) }
    }
}
