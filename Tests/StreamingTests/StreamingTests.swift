import Foundation
import Testing

@testable import Streaming

@Suite struct OrderedParallelMapTests {
    @Test(arguments: [1, 2, 3, 7])
    func `outputs keep the order of the inputs for any number of jobs`(jobs: Int) throws {
        var next = 0
        var outputs: [Int] = []
        try orderedParallelMap(
            jobs: jobs,
            source: { () -> Int? in
                next += 1
                return next <= 1_000 ? next : nil
            },
            transform: { number in
                if number % 97 == 0 { usleep(500) }
                return number * number
            },
            consume: { outputs.append($0) })
        #expect(outputs == (1...1_000).map { $0 * $0 })
    }

    @Test func `never more items are under way than the window`() throws {
        var pulled = 0
        var consumed = 0
        var widest = 0
        try orderedParallelMap(
            jobs: 3, window: 5,
            source: { () -> Int? in
                pulled += 1
                widest = max(widest, pulled - consumed)
                return pulled <= 200 ? pulled : nil
            },
            transform: { $0 }, consume: { _ in consumed += 1 })
        #expect(widest <= 6)
    }

    @Test func `the first error in input order is thrown and what came before it is consumed`() throws {
        var next = 0
        var outputs: [Int] = []
        let error = #expect(throws: Failure.self) {
            try orderedParallelMap(
                jobs: 4,
                source: { () -> Int? in
                    next += 1
                    return next
                },
                transform: { (number: Int) throws -> Int in
                    if number == 50 { usleep(2_000) }
                    if number >= 50 { throw Failure(.badData, "item \(number)") }
                    return number
                },
                consume: { outputs.append($0) })
        }
        #expect(error?.message == "item 50")
        #expect(outputs == Array(1...49))
    }
}

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 3, 8])
    func `every index runs exactly once`(threads: Int) {
        let pool = WorkerPool(threads: threads)
        defer { pool.stop() }
        for round in 0..<300 {
            let count = round % 37
            let slots = UnsafeMutablePointer<Int>.allocate(capacity: 40)
            slots.initialize(repeating: 0, count: 40)
            defer { slots.deallocate() }
            let address = UInt(bitPattern: slots)
            pool.parallelFor(count) { index in UnsafeMutablePointer<Int>(bitPattern: address)![index] += index + 1 }
            #expect((0..<count).allSatisfy { slots[$0] == $0 + 1 })
        }
    }
}

@Suite struct BoundedChannelTests {
    @Test func `items arrive in order and the producer's error after them`() throws {
        let counter = Counter()
        let channel = BoundedChannel<Int>(capacity: 3) {
            let value = counter.next()
            if value > 20 { throw Failure(.badData, "no more") }
            return value
        }
        for expected in 1...20 { #expect(try channel.next() == expected) }
        #expect(throws: Failure.self) { try channel.next() }
        channel.close()
    }

    @Test func `closing early ends the producer`() throws {
        let counter = Counter()
        let channel = BoundedChannel<Int>(capacity: 2) { counter.next() }
        #expect(try channel.next() == 1)
        channel.close()
        let made = counter.value
        usleep(2_000)
        #expect(counter.value == made)
    }

    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var count = 0
        var value: Int { lock.withLock { count } }
        func next() -> Int {
            lock.withLock {
                count += 1
                return count
            }
        }
    }
}

@Suite struct PhiloxTests {
    /// Known answers of Random123's kat_vectors file for philox4x32-10 (Salmon et al. 2011).
    @Test func `blocks equal the published vectors`() {
        let zero = Philox.block(counter: .zero, key: (0, 0))
        #expect(zero == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = Philox.block(counter: SIMD4(repeating: .max), key: (.max, .max))
        #expect(ones == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        let pi = Philox.block(
            counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
        #expect(pi == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func `streams of other names differ and equal names agree`() {
        func draw(_ seed: UInt64, _ a: UInt64, _ b: UInt64) -> [UInt32] {
            var stream = Philox(seed: seed, purpose: Philox.purpose("test"), a: a, b: b)
            return (0..<8).map { _ in stream.next32() }
        }
        #expect(draw(1, 2, 3) == draw(1, 2, 3))
        let all = [draw(1, 2, 3), draw(2, 2, 3), draw(1, 3, 2), draw(1, 2, 4), draw(1, 0, 0), draw(1, 0, 1)]
        #expect(Set(all).count == all.count)
    }

    @Test func `bounded draws are uniform and a shuffle is a permutation`() {
        var stream = Philox(seed: 7, purpose: Philox.purpose("test"))
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<100_000 { counts[stream.below(10)] += 1 }
        let deviation = counts.map { Double(($0 - 10_000) * ($0 - 10_000)) / 10_000 }.reduce(0, +)
        #expect(deviation < 27.9, "chi-square with 9 degrees of freedom beyond its 0.1 % point: \(deviation)")
        var numbers = Array(0..<1_000)
        stream.shuffle(&numbers)
        #expect(numbers != Array(0..<1_000))
        #expect(numbers.sorted() == Array(0..<1_000))
    }
}

@Suite struct ProgressTests {
    @Test func `a line tells done, total, rate and time left`() {
        let line = ProgressMeter.line(
            label: "ingest", unit: "bytes", done: 50e6, total: 100e6, startedAt: 10e6, seconds: 4, note: "x")
        #expect(line == "ingest:  50.0/100.0 MB (50%)  10.0 MB/s  0:05 left  x")
    }

    @Test func `without a total only the rate is told`() {
        let line = ProgressMeter.line(label: "vocab", unit: "words", done: 10, total: 0, startedAt: 0, seconds: 2, note: "")
        #expect(line == "vocab:  10 words  5.0 words/s")
    }
}

@Suite struct FailureTests {
    @Test func `a failure is one line with what, where and what to do`() {
        let failure = Failure(.badData, "ends too early", at: "a.bz2: byte 7", remedy: "restore the file")
        #expect(failure.description == "a.bz2: byte 7: ends too early; restore the file")
        #expect(Failure.Code.badData.rawValue == 65)
    }

    @Test func `errno becomes a sentence that names the path`() {
        let failure = #expect(throws: Failure.self) {
            try SystemCall.check("read", "/no/such/file") { open("/no/such/file", O_RDONLY) }
        }
        #expect(failure?.code == .noInput)
        #expect(failure?.description.contains("/no/such/file: cannot read: no such file") == true)
    }
}
