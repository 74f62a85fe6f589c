internal import Foundation
internal import Streaming
internal import Training

/// What a run writes down as it goes, on rank 0: metrics, speed, and TensorBoard's events.
final class RunLog {
    private let metrics: MetricLog
    private let timing: MetricLog
    private let events: EventFile

    /// Opens the logs and cuts off what came after `step`, the one the run goes on from; -1 begins anew.
    init(_ folder: RunFolder, after step: Int) throws(Failure) {
        metrics = try MetricLog(folder.metrics, after: step)
        timing = try MetricLog(folder.timing, after: step)
        events = try EventFile(in: folder.path, seconds: Date().timeIntervalSince1970)
    }

    /// Writes a record without a duration.
    func append(_ record: MetricRecord) throws(Failure) {
        try metrics.append(record)
        try events.append(record, seconds: Date().timeIntervalSince1970)
    }

    /// Writes the record of a step that took so long for so many tokens.
    func append(_ record: MetricRecord, tokens: Int, seconds: Double) throws(Failure) {
        try append(record)
        let speed = seconds > 0 ? Double(tokens) / seconds : 0
        try timing.append(MetricRecord(step: record.step, [("seconds", seconds), ("tokens_per_second", speed)]))
    }

    func synchronize() throws(Failure) {
        try metrics.synchronize()
        try timing.synchronize()
    }

    /// The median speed over the steps after the first three; over all when there are no more than three.
    static func medianSpeed(_ path: String) throws(Failure) -> Double {
        let all = try MetricLog.records(in: path).compactMap { $0["tokens_per_second"] }
        let speeds = (all.count > 3 ? Array(all.dropFirst(3)) : all).sorted()
        guard !speeds.isEmpty else { return 0 }
        return (speeds[(speeds.count - 1) / 2] + speeds[speeds.count / 2]) / 2
    }
}
