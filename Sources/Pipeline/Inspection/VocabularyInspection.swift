internal import Foundation
internal import Streaming
internal import Tokenize

/// A look at a vocabulary: its ids, what is wrong with it, what it covers, and how it cuts a text.
struct VocabularyInspection {
    private let file: String
    private let path: String
    private let options: TokenizerOptions
    private let lint: VocabularyLint

    /// Findings shown of each kind.
    private static let shown = 10

    init(_ path: String) throws(Failure) {
        self.path = path
        file = Files.isDirectory(path) ? path + "/vocab.txt" : path
        let text = try Files.read(file)
        guard !text.isEmpty else {
            throw Failure(.badData, "is empty", at: file, remedy: "give a vocabulary of one piece a line")
        }
        options = VocabularyInspection.options(path, text)
        lint = VocabularyLint(text, options: options)
    }

    /// What the files beside say; without them, a capital in a piece tells a cased vocabulary.
    private static func options(_ path: String, _ text: [UInt8]) -> TokenizerOptions {
        if let tokenizer = try? WordPieceTokenizer.load(path) { return tokenizer.options }
        let hasCapitals = text.split(separator: 10).contains { piece in
            piece.first != UInt8(ascii: "[") && piece.contains { (65...90).contains($0) }
        }
        return hasCapitals ? .cased : .uncased
    }

    func add(to inspection: inout Inspection) {
        var entries = [
            ("pieces", "\(lint.rows)"), ("continuations", "\(lint.continuations)"), ("unused", "\(lint.unused)"),
            ("cased", "\(!options.lowercase)"), ("problems", "\(lint.findings.count)"),
        ]
        if let vocabulary = try? Vocabulary(contentsOf: path) {
            entries += [
                ("padding_id", "\(vocabulary.padID)"), ("unknown_id", "\(vocabulary.unknownID)"),
                ("classification_id", "\(vocabulary.classificationID)"),
                ("separator_id", "\(vocabulary.separatorID)"), ("mask_id", "\(vocabulary.maskID)"),
            ]
        }
        inspection.add("vocabulary", entries)
        inspection.add("lint", VocabularyLint.Problem.allCases.map { ($0.rawValue, "\(lint.count($0))") })
        let coverage = lint.coverage
        inspection.add(
            "coverage",
            [
                ("characters", "\(coverage.characters)"), ("digits", "\(coverage.digits)"),
                ("digits_inside", "\(coverage.digitsInside)"), ("letters", "\(coverage.letters)"),
                ("letters_inside", "\(coverage.lettersInside)"), ("cjk_ideographs", "\(coverage.ideographs)"),
                ("kana", "\(coverage.kana)"), ("hangul", "\(coverage.hangul)"),
            ])
        inspection.add("findings", findings)
    }

    private var findings: [(String, String)] {
        VocabularyLint.Problem.allCases.flatMap { problem in
            lint.findings.filter { $0.problem == problem }.prefix(VocabularyInspection.shown).map { finding in
                let place = finding.row > 0 ? "row_\(finding.row)" : "missing_\(finding.piece)"
                return (place, "\(problem.rawValue): '\(finding.piece)', \(finding.detail)")
            }
        }
    }

    /// Adds how the vocabulary, and perhaps another, cuts the words of a text.
    static func addFertility(
        _ path: String, text: String, against other: String?, jobs: Int, to inspection: inout Inspection
    ) throws {
        let input = try TextInput([text])
        let tokenizer = try WordPieceTokenizer.load(path)
        inspection.add("fertility", try entries(tokenizer, input, jobs))
        guard let other else { return }
        let second = try WordPieceTokenizer.load(other)
        inspection.add("fertility_against", try entries(second, input, jobs))
        let (mine, others) = (pieces(tokenizer.vocabulary), pieces(second.vocabulary))
        let common = mine.intersection(others).count
        inspection.add(
            "overlap",
            [
                ("common_pieces", "\(common)"),
                ("common_percent", number(100 * Double(common) / Double(max(1, mine.count)))),
                ("against_common_percent", number(100 * Double(common) / Double(max(1, others.count)))),
            ])
    }

    private static func pieces(_ vocabulary: Vocabulary) -> Set<[UInt8]> {
        Set((0..<Int32(vocabulary.count)).map { Array(vocabulary.pieceBytes($0)) })
    }

    private static func entries(
        _ tokenizer: WordPieceTokenizer, _ input: TextInput, _ jobs: Int
    ) throws -> [(String, String)] {
        var batches = input.batches[...]
        let found = try VocabularyFertility(
            tokenizer, jobs: jobs, source: { batches.popFirst() }, texts: input.texts)
        return [
            ("words", "\(found.words)"), ("distinct_words", "\(found.distinct)"), ("tokens", "\(found.pieces)"),
            ("pieces_per_word", String(format: "%.4f", found.piecesPerWord)),
            ("unknown_percent", String(format: "%.4f", found.unknownPercent)),
            ("whole_word_percent", number(found.wholePercent)), ("words_left_out", "\(found.leftOut)"),
        ]
    }

    private static func number(_ value: Double) -> String { String(format: "%.2f", value) }
}
