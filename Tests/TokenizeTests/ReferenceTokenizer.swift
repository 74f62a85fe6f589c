import Foundation

@testable import Tokenize

/// BERT's tokeniser once more, slow and step by step, from Unicode's properties as the standard library knows them.
struct ReferenceTokenizer {
    let ids: [[UInt8]: Int32]
    let options: TokenizerOptions

    init(_ tokenizer: WordPieceTokenizer) {
        options = tokenizer.options
        let vocabulary = tokenizer.vocabulary
        ids = Dictionary(
            uniqueKeysWithValues: (0..<Int32(vocabulary.count)).map { (Array(vocabulary.pieceBytes($0)), $0) })
    }

    func encode(_ text: String) -> [Int32] {
        var scalars = clean(Array(text.unicodeScalars))
        if options.splitChinese { scalars = scalars.flatMap { Self.isChinese($0) ? [" ", $0, " "] : [$0] } }
        if options.stripAccents ?? options.lowercase { scalars = strip(scalars) }
        if options.lowercase { scalars = scalars.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) } }
        return words(scalars).flatMap(pieces)
    }

    private func clean(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        scalars.compactMap { scalar in
            if scalar == "\t" || scalar == "\n" || scalar == "\r" { return " " }
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse: return nil
            case .spaceSeparator, .lineSeparator, .paragraphSeparator: return " "
            default: return scalar == "\u{FFFD}" ? nil : scalar
            }
        }
    }

    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0xF900...0xFAFF,
            0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }

    private func strip(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        let decomposed = String(text).decomposedStringWithCanonicalMapping
        return decomposed.unicodeScalars.filter { $0.properties.generalCategory != .nonspacingMark }
    }

    private func words(_ scalars: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = [[]]
        for scalar in scalars {
            if scalar == " " {
                words.append([])
            } else if Self.isPunctuation(scalar) {
                words += [[scalar], []]
            } else {
                words[words.count - 1].append(scalar)
            }
        }
        return words.filter { !$0.isEmpty }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 128 { return ispunct(Int32(scalar.value)) != 0 }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    private func pieces(_ word: [Unicode.Scalar]) -> [Int32] {
        let unknown = ids[Array("[UNK]".utf8)]!
        guard word.count <= 100 else { return [unknown] }
        var (result, start): ([Int32], Int) = ([], 0)
        while start < word.count {
            var end = word.count
            while end > start {
                let key = Array(((start > 0 ? "##" : "") + word[start..<end].map(String.init).joined()).utf8)
                if let id = ids[key] {
                    result.append(id)
                    break
                }
                end -= 1
            }
            if end == start { return [unknown] }
            start = end
        }
        return result
    }
}
