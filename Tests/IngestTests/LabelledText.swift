import Foundation

@testable import Ingest

/// A sentence in which someone has marked the personal details: `Dr. ⟦name:Ada Byron⟧`.
///
/// `⟦person:...⟧` is a name that no rule speaks of (without title or label): found or not, it is not counted.
struct LabelledText {
    struct Label {
        var range: Range<Int>
        var kind: PrivacyKind?
    }

    private(set) var text: [UInt8] = []
    private(set) var labels: [Label] = []

    init(_ line: Substring) {
        for part in line.split(separator: "⟦", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "⟧", maxSplits: 1, omittingEmptySubsequences: false)
            guard pieces.count == 2, let colon = pieces[0].firstIndex(of: ":") else {
                text += part.utf8
                continue
            }
            let start = text.count
            text += pieces[0][pieces[0].index(after: colon)...].utf8
            labels.append(Label(range: start..<text.count, kind: PrivacyKind(rawValue: String(pieces[0][..<colon]))))
            text += pieces[1].utf8
        }
    }

    /// The sentences of a fixture: `kind-language`, a tab, the sentence.
    static func sentences(_ name: String) throws -> [LabelledText] {
        let path = Bundle.module.url(forResource: "Fixtures/" + name, withExtension: "txt")
        guard let path else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map { line in
            LabelledText(line.split(separator: "\t", maxSplits: 1).last ?? "")
        }
    }
}

/// What a scanner got of labelled details, of one kind.
struct PrivacyScore {
    /// Details that are marked, and those of them that were replaced wholly.
    var labels = 0
    var replaced = 0
    /// Details that were replaced, and those of them that touch one that is marked.
    var found = 0
    var right = 0

    var recall: Double { labels == 0 ? 1 : Double(replaced) / Double(labels) }
    var precision: Double { found == 0 ? 1 : Double(right) / Double(found) }

    static func of(_ sentences: [LabelledText]) -> [PrivacyKind: PrivacyScore] {
        var scores = Dictionary(uniqueKeysWithValues: PrivacyKind.allCases.map { ($0, PrivacyScore()) })
        let scanner = PrivacyScanner(PrivacyKind.allCases)
        for sentence in sentences {
            let spans = scanner.spans(in: sentence.text)
            for label in sentence.labels {
                guard let kind = label.kind else { continue }
                scores[kind]?.labels += 1
                let isReplaced = spans.contains {
                    $0.kind == kind && $0.range.lowerBound <= label.range.lowerBound
                        && $0.range.upperBound >= label.range.upperBound
                }
                if isReplaced { scores[kind]?.replaced += 1 }
            }
            for span in spans {
                scores[span.kind]?.found += 1
                let isRight = sentence.labels.contains {
                    ($0.kind ?? .name) == span.kind && $0.range.overlaps(span.range)
                }
                if isRight { scores[span.kind]?.right += 1 }
            }
        }
        return scores
    }
}
