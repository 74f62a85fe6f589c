import Storage
import Streaming
import Testing

@testable import Ingest

@Suite struct Utf8RepairTests {
    func repaired(_ bytes: [UInt8], pieces size: Int) -> (text: [UInt8], loss: [Loss: LossCount]) {
        var filter = Utf8Repair()
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            result += filter.repair(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        result += filter.finish()
        var loss: [Loss: LossCount] = [:]
        filter.takeLoss(before: .max, into: &loss)
        return (result, loss)
    }

    @Test func `valid text passes unchanged`() {
        let text = Array("a\tb\r\nß ä € 面包 🥖 \u{7F} \u{FFFD} \u{10FFFF}\u{E000}".utf8)
        for size in 1...text.count {
            let (result, loss) = repaired(text, pieces: size)
            #expect(result == text)
            #expect(loss.isEmpty)
        }
    }

    @Test func `random bytes become what Swift's own decoder makes of them, wherever they are cut`() {
        for seed in UInt64(0)..<200 {
            var random = Philox(seed: seed, purpose: Philox.purpose("repair"))
            let leads: [UInt8] = [
                0x41, 0x0A, 0x80, 0xBF, 0xC1, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xF5, 0x9F, 0xA0, 0x90,
            ]
            let bytes = (0..<60).map { _ in leads[random.below(leads.count)] }
            let expected = Array(String(decoding: bytes, as: UTF8.self).utf8)
            for size in [1, 2, 3, 7, 60] {
                let (result, loss) = repaired(bytes, pieces: size)
                #expect(result == expected, "seed \(seed), pieces of \(size)")
                let marks = String(decoding: expected, as: UTF8.self).unicodeScalars.filter { $0 == "\u{FFFD}" }.count
                #expect(loss[Loss(kind: "encoding", name: "invalid-utf8")]?.count ?? 0 == marks, "seed \(seed)")
            }
        }
    }

    @Test func `control characters become spaces and non-characters the mark`() {
        let (result, loss) = repaired([0x61, 0x00, 0x0B, 0x62, 0xEF, 0xBF, 0xBF, 0x0A], pieces: 8)
        #expect(result == Array("a  b\u{FFFD}\n".utf8))
        #expect(loss[Loss(kind: "encoding", name: "control-character")] == LossCount(count: 2, bytes: 2))
        #expect(loss[Loss(kind: "encoding", name: "invalid-utf8")] == LossCount(count: 1, bytes: 3))
    }
}
