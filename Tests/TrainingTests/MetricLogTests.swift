import Streaming
import TestSupport
import Testing

@testable import Training

private func record(_ step: Int) -> MetricRecord {
    MetricRecord(step: step, [("loss", 1 / Double(step + 3)), ("grad_norm", Double(step))])
}

@Test func `a log cut back and written on equals one without a stop`() throws {
    let folder = TemporaryDirectory()
    let undisturbed = try MetricLog(folder.file("a.jsonl"), after: -1)
    for step in 0...5 { try undisturbed.append(record(step)) }

    let first = try MetricLog(folder.file("b.jsonl"), after: -1)
    for step in 0...4 { try first.append(record(step)) }
    let second = try MetricLog(folder.file("b.jsonl"), after: 2)
    for step in 3...5 { try second.append(record(step)) }
    try second.synchronize()
    #expect(try Files.read(folder.file("a.jsonl")) == Files.read(folder.file("b.jsonl")))
}

@Test func `a line that was cut short by a kill is dropped`() throws {
    let folder = TemporaryDirectory()
    try folder.write("{\"step\": 0, \"loss\": 2}\n{\"step\": 1, \"lo", to: "m.jsonl")
    let log = try MetricLog(folder.file("m.jsonl"), after: 7)
    try log.append(MetricRecord(step: 1, [("loss", 0.5)]))
    let text = String(decoding: try Files.read(folder.file("m.jsonl")), as: UTF8.self)
    #expect(text == "{\"step\": 0, \"loss\": 2}\n{\"step\": 1, \"loss\": 0.5}\n")
}

@Test func `numbers are JSON and give the same bits back`() {
    #expect(MetricRecord.number(.nan) == "null")
    #expect(MetricRecord.number(-3) == "-3")
    #expect(Double(MetricRecord.number(0.1 + 0.2)) == 0.1 + 0.2)
    #expect(MetricRecord.number(1e-7) == "1e-07")
}

@Test func `event frames carry the checksums TensorBoard checks`() {
    // The check value of CRC-32C.
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
    let event = EventFile.event(MetricRecord(step: 300, [("loss", 0.5)]), seconds: 1)
    let expected: [UInt8] =
        [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 13, 0x0A, 11, 0x0A, 4] + Array("loss".utf8)
        + [0x15, 0, 0, 0, 0x3F]
    #expect(event == expected)
    #expect(EventFile.frame(event).count == event.count + 16)
}
