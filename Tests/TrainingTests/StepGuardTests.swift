import Foundation
import Testing

@testable import Training

private func settled() -> StepGuard {
    var watch = StepGuard(spikeFactor: 10)
    for step in 0..<StepGuard.settling {
        #expect(watch.judge(loss: 7 - Double(step) / 10, norm: 1 + Double(step % 3) / 10) == nil)
    }
    return watch
}

@Test func `what is no number is bad from the first step on`() {
    var watch = StepGuard()
    for (loss, norm) in [(Double.nan, 1.0), (1, .infinity), (-.infinity, 1)] {
        #expect(watch.judge(loss: loss, norm: norm) != nil)
    }
    #expect(watch.skipped == 3 && watch.badInRow == 3)
    #expect(watch.judge(loss: 1, norm: 1) == nil)
    #expect(watch.skipped == 3 && watch.badInRow == 0)
}

@Test func `spikes of gradient and loss are bad once it is known what is usual`() {
    var early = StepGuard(spikeFactor: 10)
    #expect(early.judge(loss: 7, norm: 1) == nil)
    #expect(early.judge(loss: 7, norm: 1_000) == nil)
    var watch = settled()
    #expect(watch.judge(loss: 5, norm: 9) == nil)
    #expect(watch.judge(loss: 5, norm: 50)?.contains("gradient norm") == true)
    #expect(watch.judge(loss: 20, norm: 1)?.contains("loss") == true)
    #expect(watch.badInRow == 2)
    var off = StepGuard(spikeFactor: 0)
    for _ in 0..<100 { _ = off.judge(loss: 1, norm: 1) }
    #expect(off.judge(loss: 100, norm: 1e9) == nil)
}

@Test func `bad steps teach the guard nothing`() {
    var watch = settled()
    for _ in 0..<100 { #expect(watch.judge(loss: 5, norm: 100) != nil) }
    #expect(watch.judge(loss: 5, norm: 1) == nil)
}

@Test func `a guard that was written down judges as before`() throws {
    var watch = settled()
    var read = try JSONDecoder().decode(StepGuard.self, from: JSONEncoder().encode(watch))
    #expect(read == watch)
    for step in 0..<50 {
        let (loss, norm) = (5 + sin(Double(step)), exp(3 * sin(Double(step) * 0.7)))
        #expect(read.judge(loss: loss, norm: norm) == watch.judge(loss: loss, norm: norm))
    }
    #expect(read == watch)
}
