public import Streaming

/// A rule about the quality of a text, named after the work that published it.
///
/// `gopher-*`: Rae et al. 2021, Scaling Language Models, appendix A. `c4-*`: Raffel et al. 2020, Exploring the Limits
/// of Transfer Learning, section 2.2. `fineweb-*`: Penedo et al. 2024, The FineWeb Datasets, section 3.6.
public enum QualityRule: String, Sendable, CaseIterable {
    /// Too few or too many words.
    case gopherWordCount = "gopher-word-count"
    /// Words too short or too long on average.
    case gopherWordLength = "gopher-word-length"
    /// Too many hash signs or ellipses for the words there are.
    case gopherSymbolRatio = "gopher-symbol-ratio"
    /// Almost all lines begin with a bullet.
    case gopherBulletLines = "gopher-bullet-lines"
    /// Too many lines end with an ellipsis.
    case gopherEllipsisLines = "gopher-ellipsis-lines"
    /// Too few words have a letter.
    case gopherAlphaWords = "gopher-alpha-words"
    /// English without its commonest words.
    case gopherStopWords = "gopher-stop-words"
    /// Too many lines repeat earlier ones.
    case gopherDuplicateLines = "gopher-duplicate-lines"
    /// Too many characters stand in repeated lines.
    case gopherDuplicateLineCharacters = "gopher-duplicate-line-characters"
    /// One pair, triple or quadruple of words makes up too much of the text.
    case gopherTopNgrams = "gopher-top-ngrams"
    /// Passages of 5 to 10 words that come more than once make up too much of the text.
    case gopherDuplicateNgrams = "gopher-duplicate-ngrams"

    /// Takes out lines that do not end like a sentence.
    case c4TerminalPunctuation = "c4-terminal-punctuation"
    /// Takes out lines of few words.
    case c4ShortLines = "c4-short-lines"
    /// Takes out lines that speak of Javascript.
    case c4Javascript = "c4-javascript"
    /// Takes out lines about terms of use, privacy and cookies.
    case c4Policy = "c4-policy"
    /// A text with a curly brace is code.
    case c4CurlyBrace = "c4-curly-brace"
    /// A text with the printers' filler.
    case c4LoremIpsum = "c4-lorem-ipsum"
    /// Too few sentences.
    case c4Sentences = "c4-sentences"

    /// Too few lines end like a sentence.
    case finewebLinePunctuation = "fineweb-line-punctuation"
    /// Too many lines are short.
    case finewebShortLines = "fineweb-short-lines"
    /// Too many characters stand in repeated lines.
    case finewebDuplicateCharacters = "fineweb-duplicate-characters"

    /// The published limits, by parameter.
    public var limits: [String: Double] {
        switch self {
        case .gopherWordCount: ["minimum": 50, "maximum": 100_000]
        case .gopherWordLength: ["minimum": 3, "maximum": 10]
        case .gopherSymbolRatio: ["maximum": 0.1]
        case .gopherBulletLines: ["maximum": 0.9]
        case .gopherEllipsisLines: ["maximum": 0.3]
        case .gopherAlphaWords: ["minimum": 0.8]
        case .gopherStopWords: ["minimum": 2]
        case .gopherDuplicateLines: ["maximum": 0.3]
        case .gopherDuplicateLineCharacters: ["maximum": 0.2]
        case .gopherTopNgrams: ["2": 0.2, "3": 0.18, "4": 0.16]
        case .gopherDuplicateNgrams: ["5": 0.15, "6": 0.14, "7": 0.13, "8": 0.12, "9": 0.11, "10": 0.1]
        case .c4TerminalPunctuation, .c4Javascript, .c4Policy, .c4CurlyBrace, .c4LoremIpsum: [:]
        case .c4ShortLines: ["minimum": 5]
        case .c4Sentences: ["minimum": 3]
        case .finewebLinePunctuation: ["minimum": 0.12]
        case .finewebShortLines: ["maximum": 0.67, "characters": 30]
        case .finewebDuplicateCharacters: ["maximum": 0.1]
        }
    }

    /// The rules that a list of names means, in the order of `allCases`.
    ///
    /// A name is a rule's, or that of a whole family (`gopher`, `c4`, `fineweb`, `all`); with a `-` before it, it takes
    /// back what earlier names gave. Families and limits are told in docs/selection.md.
    public static func named(_ names: [String]) throws(Failure) -> [QualityRule] {
        var chosen: Set<QualityRule> = []
        for name in names {
            let isTaken = !name.hasPrefix("-")
            let plain = isTaken ? name : String(name.dropFirst())
            let meant = allCases.filter { plain == "all" || $0.rawValue == plain || $0.rawValue.hasPrefix(plain + "-") }
            let isFamily = ["all", "gopher", "c4", "fineweb"].contains(plain)
            guard isFamily || meant.contains(where: { $0.rawValue == plain }) else {
                throw Failure(
                    .usage, "there is no quality rule '\(plain)'",
                    remedy: "there are: gopher, c4, fineweb, " + allCases.map(\.rawValue).joined(separator: ", "))
            }
            if isTaken { chosen.formUnion(meant) } else { chosen.subtract(meant) }
        }
        return allCases.filter { chosen.contains($0) }
    }
}
