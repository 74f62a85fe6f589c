public import Streaming

/// The examples of one file of a task.
public struct GlueExamples: Sendable {
    /// One row: one or two texts, UTF-8, and what is to be predicted.
    public struct Example: Sendable, Equatable {
        /// The first text.
        public var first: [UInt8]
        /// The second text, for tasks on pairs.
        public var second: [UInt8]?
        /// The class number; 0 when there is none.
        public var label: Int32
        /// The score; 0 when there is none.
        public var score: Float
    }

    /// The rows in the order of the file.
    public private(set) var examples: [Example] = []
    /// Rows left out: too short where GLUE's reader leaves them out, or without a gold label (`-`).
    public private(set) var skippedRows = 0
    /// The file.
    public let path: String

    /// Reads a file with labels (`train.tsv`, `dev.tsv`).
    public static func labelled(_ path: String, task: GlueTask) throws(Failure) -> GlueExamples {
        let examples = try GlueExamples(
            path, task: task, texts: task.texts, label: task.label, hasHeader: task.hasHeader)
        guard !examples.examples.isEmpty else {
            throw Failure(.badData, "holds no examples", at: path, remedy: "download the task again")
        }
        return examples
    }

    /// Reads a file without labels (`test.tsv`); those always have a header.
    public static func unlabelled(_ path: String, task: GlueTask) throws(Failure) -> GlueExamples {
        try GlueExamples(path, task: task, texts: task.testTexts, label: nil, hasHeader: true)
    }

    private init(
        _ path: String, task: GlueTask, texts: [GlueTask.Column], label: GlueTask.Column?, hasHeader: Bool
    ) throws(Failure) {
        self.path = path
        var file = try TabSeparatedFile(path, hasHeader: hasHeader)
        var columns: [Int] = []
        for text in texts { columns.append(try file.index(of: text)) }
        let labelColumn = try label.map { column throws(Failure) in try file.index(of: column) }
        var width = file.header.count
        while let fields = file.next() {
            if width == 0 { width = fields.count }
            if fields.count < width, task.skipsShortRows {
                skippedRows += 1
                continue
            }
            guard fields.count == width, fields.count > (columns + [labelColumn ?? 0]).max() ?? 0 else {
                throw file.failure("has \(fields.count) fields where \(width) are expected")
            }
            let label = try labelColumn.map { column throws(Failure) in
                try GlueExamples.label(String(decoding: file.bytes[fields[column]], as: UTF8.self), task, file)
            }
            if labelColumn != nil, label.flatMap({ $0 }) == nil {
                skippedRows += 1
                continue
            }
            let (number, score) = label.flatMap { $0 } ?? (0, 0)
            examples.append(
                Example(
                    first: Array(file.bytes[fields[columns[0]]]),
                    second: columns.count > 1 ? Array(file.bytes[fields[columns[1]]]) : nil, label: number, score: score
                ))
        }
    }

    /// The class or score a label stands for; nil for `-`, an example on which the annotators did not agree.
    private static func label(
        _ text: String, _ task: GlueTask, _ file: TabSeparatedFile
    ) throws(Failure) -> (Int32, Float)? {
        if text == "-" { return nil }
        switch task.target {
        case .classes(let names):
            if let number = names.firstIndex(of: text) { return (Int32(number), 0) }
            throw file.failure("has the label '\(text)', not one of \(names.joined(separator: ", "))")
        case .score(let lowest, let highest):
            if let score = Double(text), score >= lowest, score <= highest { return (0, Float(score)) }
            throw file.failure("has the score '\(text)', not a number from \(lowest) to \(highest)")
        }
    }
}
