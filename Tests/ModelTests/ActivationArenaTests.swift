import Testing

@testable import Model

@Suite struct ActivationArenaTests {
    @Test func `what is taken does not overlap, is aligned, and keeps its numbers`() {
        let arena = ActivationArena()
        // More than is opened at a time, so that it grows in between.
        let sizes = [1, 16, 17, 5_000_000, 3, 9_000_000, 0, 100]
        let taken = sizes.map { arena.take($0) }
        for (index, (base, size)) in zip(taken, sizes).enumerated() {
            #expect(UInt(bitPattern: base) % 64 == 0)
            base.update(repeating: Float(index), count: size)
        }
        for (index, (base, size)) in zip(taken, sizes).enumerated() where size > 0 {
            #expect(base[0] == Float(index) && base[size - 1] == Float(index))
        }
    }

    @Test func `memory given back is taken again, and the most that was ever held is told`() {
        let arena = ActivationArena()
        _ = arena.take(100)
        let mark = arena.mark
        let first = arena.take(1000)
        #expect(arena.bytes == 448 + 4032)
        arena.release(mark)
        #expect(arena.take(500) == first)
        #expect(arena.bytes == 448 + 4032)
        arena.reset()
        #expect(arena.take(1) < first)
    }
}
