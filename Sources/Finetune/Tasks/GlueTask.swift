public import Streaming

/// One task of GLUE (Wang et al. 2019) as data: its files, columns, labels and metrics.
public struct GlueTask: Sendable, Equatable {
    /// Where a field of a row is found.
    public enum Column: Sendable, Equatable {
        /// By the name in the header line.
        case named(String)
        /// By its number from 0, in a file without a header.
        case numbered(Int)
    }

    /// What is to be predicted.
    public enum Target: Sendable, Equatable {
        /// One of these labels, in the order of their class numbers.
        case classes([String])
        /// A number between the bounds (STS-B: 0 to 5).
        case score(lowest: Double, highest: Double)
    }

    /// A file of examples to evaluate on.
    public struct Split: Sendable, Equatable {
        /// The file with labels, as in `dev.tsv`.
        public var development: String
        /// The file without, as in `test.tsv`.
        public var test: String
        /// Appended to the names of metrics, as in `_mismatched`.
        public var metricSuffix: String
        /// The file name GLUE's server expects, as in `MNLI-m.tsv`.
        public var submission: String
    }

    /// The name on the command line, as in `sst-2`.
    public var name: String
    /// The folder's name in the GLUE download, as in `SST-2`.
    public var folder: String
    /// The columns of the one or two texts of an example.
    public var texts: [Column]
    /// The columns of the texts in test files, whose layout differs for some tasks.
    public var testTexts: [Column]
    /// The column of the label.
    public var label: Column
    /// What is to be predicted.
    public var target: Target
    /// What is reported; GLUE's score of the task is their mean.
    public var metrics: [Metric]
    /// What is evaluated on; two files for MNLI, else one.
    public var splits: [Split]
    /// Whether rows with too few fields are left out, as GLUE's own reader does for QQP, instead of refused.
    public var skipsShortRows = false

    /// Labels, 1 for a score: the width of the classifier.
    public var labelCount: Int {
        if case .classes(let names) = target { return names.count }
        return 1
    }

    /// Whether the files begin with a line of column names.
    var hasHeader: Bool {
        if case .named = label { return true }
        return false
    }

    /// The task with this name, whatever the case; `sst2`, `stsb` and the folder's name work too.
    public static func named(_ name: String) throws(Failure) -> GlueTask {
        let wanted = plain(name)
        if let task = all.first(where: { plain($0.name) == wanted }) { return task }
        throw Failure(
            .usage, "no GLUE task is called '\(name)'",
            remedy: "give one of \(all.map(\.name).joined(separator: ", "))")
    }

    private static func plain(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }
}

extension GlueTask {
    /// The nine tasks of GLUE's table.
    public static let all: [GlueTask] = [
        single("cola", "CoLA", text: .numbered(3), test: .named("sentence"), label: .numbered(1), [.matthews]),
        single(
            "sst-2", "SST-2", text: .named("sentence"), test: .named("sentence"), label: .named("label"), [.accuracy]),
        pair("mrpc", "MRPC", "#1 String", "#2 String", label: "Quality", .classes(["0", "1"]), [.accuracy, .f1]),
        pair(
            "sts-b", "STS-B", "sentence1", "sentence2", label: "score", .score(lowest: 0, highest: 5),
            [.pearson, .spearman]),
        quora,
        multiNLI,
        pair("qnli", "QNLI", "question", "sentence", label: "label", entailment, [.accuracy]),
        pair("rte", "RTE", "sentence1", "sentence2", label: "label", entailment, [.accuracy]),
        pair("wnli", "WNLI", "sentence1", "sentence2", label: "label", .classes(["0", "1"]), [.accuracy]),
    ]

    private static let entailment = Target.classes(["entailment", "not_entailment"])

    private static var quora: GlueTask {
        var task = pair(
            "qqp", "QQP", "question1", "question2", label: "is_duplicate", .classes(["0", "1"]), [.accuracy, .f1])
        task.skipsShortRows = true
        return task
    }

    private static var multiNLI: GlueTask {
        var task = pair(
            "mnli", "MNLI", "sentence1", "sentence2", label: "gold_label",
            .classes(["contradiction", "entailment", "neutral"]), [.accuracy])
        task.splits = [
            Split(
                development: "dev_matched.tsv", test: "test_matched.tsv", metricSuffix: "",
                submission: "MNLI-m.tsv"),
            Split(
                development: "dev_mismatched.tsv", test: "test_mismatched.tsv", metricSuffix: "_mismatched",
                submission: "MNLI-mm.tsv"),
        ]
        return task
    }

    private static func single(
        _ name: String, _ folder: String, text: Column, test: Column, label: Column, _ metrics: [Metric]
    ) -> GlueTask {
        GlueTask(
            name: name, folder: folder, texts: [text], testTexts: [test], label: label, target: .classes(["0", "1"]),
            metrics: metrics, splits: [usualSplit(folder)])
    }

    private static func pair(
        _ name: String, _ folder: String, _ first: String, _ second: String, label: String, _ target: Target,
        _ metrics: [Metric]
    ) -> GlueTask {
        let texts = [Column.named(first), .named(second)]
        return GlueTask(
            name: name, folder: folder, texts: texts, testTexts: texts, label: .named(label), target: target,
            metrics: metrics, splits: [usualSplit(folder)])
    }

    private static func usualSplit(_ folder: String) -> Split {
        Split(development: "dev.tsv", test: "test.tsv", metricSuffix: "", submission: "\(folder).tsv")
    }
}
