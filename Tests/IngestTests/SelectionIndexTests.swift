import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct SelectionIndexTests {
    private let directory = TemporaryDirectory()

    /// A small generator with a seed, so that a failure can be repeated.
    struct Numbers {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return WordScanner.finish(state)
        }
    }

    @Test(arguments: [64 << 10, 1 << 20, 64 << 20])
    func `the index holds what a dictionary holds, whatever its memory`(memory: Int) throws {
        let index = try FingerprintIndex(directory.path, memoryBytes: memory)
        var reference: [UInt64: [UInt64]] = [:]
        var numbers = Numbers(state: 7)
        var keys: [UInt64] = []
        for round in 0..<120_000 {
            // Every tenth key was there before, a few are extreme.
            let key =
                round % 10 == 9
                ? keys[Int(numbers.next() % UInt64(keys.count))]
                : round % 1000 == 3 ? UInt64(round % 2) : numbers.next()
            keys.append(key)
            let value = numbers.next()
            try index.insert(key, value)
            reference[key == 0 ? 1 : key, default: []].append(value)
        }
        #expect(index.count == 120_000)
        var values: [UInt64] = []
        for (key, expected) in reference {
            try index.find(key, into: &values)
            try #require(values.sorted() == expected.sorted(), "key \(key)")
        }
        for _ in 0..<20_000 {
            let stranger = numbers.next()
            try index.find(stranger, into: &values)
            #expect(values == reference[stranger] ?? [])
        }
    }

    @Test func `many values of one key lie over several blocks of a run`() throws {
        let index = try FingerprintIndex(directory.path, memoryBytes: 64 << 10)
        for value in 0..<900 as Range<UInt64> { try index.insert(1 << 63, value) }
        for key in 0..<5000 as Range<UInt64> { try index.insert(WordScanner.finish(key), key) }
        var values: [UInt64] = []
        try index.find(1 << 63, into: &values)
        #expect(values.sorted() == Array(0..<900))
    }

    @Test func `files of the index have no names and leave nothing`() throws {
        let index = try FingerprintIndex(directory.path, memoryBytes: 64 << 10)
        for key in 0..<50_000 as Range<UInt64> { try index.insert(WordScanner.finish(key), key) }
        #expect(try Files.names(in: directory.path) == [])
    }

    @Test func `records are read back from memory and from disk`() throws {
        let records = try FingerprintRecords(directory.path, width: 3)
        for number in 0..<60_000 as Range<UInt64> { try records.append([number, number * 2, ~number]) }
        var record: [UInt64] = []
        for number in [0, 1, 21_844, 21_845, 21_846, 43_689, 59_999] as [UInt64] {
            #expect(try records.read(number, into: &record))
            #expect(Array(record[..<3]) == [number, number * 2, ~number])
        }
        #expect(try !records.read(60_000, into: &record))
    }

    @Test func `a Bloom filter forgets nothing and lets few strangers pass`() throws {
        let filter = try BloomFilter(bytes: 12_500)
        for key in 0..<10_000 as Range<UInt64> { filter.add(WordScanner.finish(key)) }
        #expect((0..<10_000 as Range<UInt64>).allSatisfy { filter.mayContain(WordScanner.finish($0)) })
        let passing = (10_000..<110_000 as Range<UInt64>).filter { filter.mayContain(WordScanner.finish($0)) }
        // Ten bits a key: about 1 in 80.
        #expect(passing.count < 2_000)
    }
}
