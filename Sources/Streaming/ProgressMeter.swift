import Foundation

/// A live line on a terminal, plain lines every few seconds elsewhere: done/total, rate, time left.
///
/// Used from one thread. Goes to stderr only, so that results on stdout can be piped.
public final class ProgressMeter {
    /// Where and how often progress is told.
    public enum Style: Sendable {
        /// Nothing is printed.
        case quiet
        /// One line that is drawn anew, ten times a second at most.
        case live
        /// A line of its own every five seconds.
        case plain

        /// `live` when stderr is a terminal, else `plain`.
        public static var automatic: Style { isatty(STDERR_FILENO) == 1 ? .live : .plain }
    }

    private let label: String
    private let unit: String
    private let style: Style
    private var total: Double
    private let began = DispatchTime.now()
    private var lastPrint = DispatchTime.now()
    private var done = 0.0
    private var startedAt = 0.0
    private var drewLine = false

    /// - Parameters:
    ///   - label: the stage, as in `ingest`.
    ///   - unit: what is counted; `bytes` is printed as MB.
    ///   - total: how much there is, 0 if not known.
    ///   - done: how much was done by an earlier run (not counted into the rate).
    public init(_ label: String, unit: String, total: Double = 0, done: Double = 0, style: Style) {
        self.label = label
        self.unit = unit
        self.total = total
        self.style = style
        self.done = done
        startedAt = done
    }

    /// Tells how much is done by now, and prints when it is time.
    public func update(_ done: Double, note: @autoclosure () -> String = "") {
        self.done = done
        let now = DispatchTime.now()
        let interval: UInt64 = style == .live ? 100_000_000 : 5_000_000_000
        guard style != .quiet, now.uptimeNanoseconds - lastPrint.uptimeNanoseconds >= interval else { return }
        lastPrint = now
        draw(note())
    }

    /// Ends the live line; prints the last state.
    public func finish(note: String = "") {
        guard style != .quiet else { return }
        draw(note)
        if drewLine { write("\n") }
    }

    private func draw(_ note: String) {
        let line = ProgressMeter.line(
            label: label, unit: unit, done: done, total: total, startedAt: startedAt,
            seconds: Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) / 1e9, note: note)
        if style == .live {
            write("\r\u{1B}[K" + line)
            drewLine = true
        } else {
            write(line + "\n")
        }
    }

    private func write(_ text: String) { StandardError.write(text) }

    /// The text of a progress line.
    static func line(
        label: String, unit: String, done: Double, total: Double, startedAt: Double, seconds: Double, note: String
    ) -> String {
        let (scale, name) = unit == "bytes" ? (1e-6, "MB") : (1.0, unit)
        let digits = unit == "bytes" ? 1 : 0
        func number(_ value: Double) -> String { String(format: "%.\(digits)f", value * scale) }
        let rate = seconds > 0 ? (done - startedAt) / seconds : 0
        var parts = ["\(label):"]
        if total > 0 {
            parts.append("\(number(done))/\(number(total)) \(name) (\(Int(100 * min(1, done / total)))%)")
        } else {
            parts.append("\(number(done)) \(name)")
        }
        parts.append(String(format: "%.1f \(name)/s", rate * scale))
        if total > done, rate > 0 { parts.append("\(clock((total - done) / rate)) left") }
        if !note.isEmpty { parts.append(note) }
        return parts.joined(separator: "  ")
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 360_000))
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
            : String(format: "%d:%02d", minutes, whole % 60)
    }
}
