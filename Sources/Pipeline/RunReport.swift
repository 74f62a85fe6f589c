internal import Foundation
internal import Storage
public import Streaming

/// One self-contained HTML page about a pretraining run: its settings, its end, and a curve for each metric.
public struct RunReport {
    private let run: String

    /// - Parameter run: the run's folder, with `metrics.jsonl` in it.
    public init(_ run: String) { self.run = run }

    /// Writes `report.html` into the run's folder and gives its path.
    public func write() throws(Failure) -> String {
        let path = run + "/report.html"
        try Files.write(Array(try html().utf8), to: path)
        return path
    }

    func html() throws(Failure) -> String {
        let series = try MetricSeries.read(run + "/metrics.jsonl")
        let charts = series.map { CurveChart(title: $0.name, points: $0.points).svg }.joined(separator: "\n")
        let settings = try table(run + "/config.yaml", separator: ":")
        let last = series.map { "<tr><td>\(escape($0.name))</td><td>\(format($0.points.last!.value))</td></tr>" }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(escape(name)) - Tessera</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
            td { padding: .1rem 1.5rem .1rem 0; border-bottom: 1px solid #eee }
            svg { width: 28rem; max-width: 100%; margin: .5rem .5rem .5rem 0 }
            </style></head><body>
            <h1>\(escape(name))</h1>
            <h2>Curves</h2>
            \(charts)
            <h2>Last values</h2>
            <table>\(last.joined(separator: "\n"))</table>
            <h2>Settings</h2>
            <table>\(settings)</table>
            <p>tessera \(ProgramVersion.current)</p>
            </body></html>

            """
    }

    private var name: String { run.split(separator: "/").last.map(String.init) ?? run }

    private func table(_ path: String, separator: Character) throws(Failure) -> String {
        guard Files.exists(path) else { return "" }
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: separator, maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return "<tr>" + parts.map { "<td>\(escape($0))</td>" }.joined() + "</tr>"
        }.joined(separator: "\n")
    }
}

/// A metric over the steps of a run.
struct MetricSeries {
    struct Point: Equatable {
        let step: Double
        let value: Double
    }

    let name: String
    var points: [Point]

    /// All numbers of a `metrics.jsonl`, by name, in the order of first appearance.
    static func read(_ path: String) throws(Failure) -> [MetricSeries] {
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        var series: [String: MetricSeries] = [:]
        for (row, line) in text.split(separator: "\n").enumerated() {
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let step = (object["step"] as? NSNumber)?.doubleValue
            else {
                throw Failure(
                    .badData, "line \(row + 1) is no metric with a step", at: path, remedy: "remove that line")
            }
            for (name, value) in object where name != "step" {
                guard let number = value as? NSNumber else { continue }
                series[name, default: MetricSeries(name: name, points: [])].points
                    .append(Point(step: step, value: number.doubleValue))
            }
        }
        guard !series.isEmpty else {
            throw Failure(.badData, "has no metrics yet", at: path, remedy: "report again when the run has made a step")
        }
        return series.values.sorted { $0.name < $1.name }
    }
}

/// A line chart as inline SVG.
struct CurveChart {
    let title: String
    let points: [MetricSeries.Point]
    private let width = 460.0
    private let height = 240.0
    private let left = 60.0
    private let bottom = 30.0

    init(title: String, points: [MetricSeries.Point]) {
        self.title = title
        self.points = points.filter { $0.value.isFinite }
    }

    var svg: String {
        guard let first = points.first else { return "" }
        let steps = (points.map(\.step).min() ?? 0, points.map(\.step).max() ?? 1)
        let values = (points.map(\.value).min() ?? 0, points.map(\.value).max() ?? 1)
        func x(_ step: Double) -> Double {
            left + (width - left - 10) * (step - steps.0) / max(1e-12, steps.1 - steps.0)
        }
        func y(_ value: Double) -> Double {
            20 + (height - bottom - 20) * (1 - (value - values.0) / max(1e-12, values.1 - values.0))
        }
        let thinned =
            points.count > 1_000
            ? stride(from: 0, to: points.count, by: points.count / 1_000).map { points[$0] } : points
        let line = thinned.map { String(format: "%.1f,%.1f", x($0.step), y($0.value)) }.joined(separator: " ")
        let mark = points.count == 1 ? "<circle cx='\(x(first.step))' cy='\(y(first.value))' r='3' fill='#1b6'/>" : ""
        return """
            <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(escape(title))">
            <text x="\(left)" y="13" font-size="13" font-weight="bold">\(escape(title))</text>
            <line x1="\(left)" y1="\(height - bottom)" x2="\(width - 10)" y2="\(height - bottom)" stroke="#999"/>
            <line x1="\(left)" y1="20" x2="\(left)" y2="\(height - bottom)" stroke="#999"/>
            <text x="\(left - 5)" y="26" font-size="11" text-anchor="end">\(format(values.1))</text>
            <text x="\(left - 5)" y="\(height - bottom)" font-size="11" text-anchor="end">\(format(values.0))</text>
            <text x="\(left)" y="\(height - 12)" font-size="11">\(format(steps.0))</text>
            <text x="\(width - 10)" y="\(height - 12)" font-size="11" text-anchor="end">step \(format(steps.1))</text>
            <polyline points="\(line)" fill="none" stroke="#1b6" stroke-width="1.5"/>\(mark)
            </svg>
            """
    }
}

private func escape(_ text: some StringProtocol) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        .replacingOccurrences(of: "\"", with: "&quot;")
}

private func format(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(format: "%.4g", value)
}
