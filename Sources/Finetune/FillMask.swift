public import Streaming

internal import Foundation
internal import Model
internal import Tokenize
internal import Training

/// What a pretrained model would put for each `[MASK]` of a text.
public final class FillMask {
    /// A piece and its probability.
    public struct Candidate: Codable, Sendable, Equatable {
        public var piece: String
        public var probability: Double
    }

    private let model: BertModel
    private let tokenizer: WordPieceTokenizer
    private let positions: Int

    /// Loads a model.
    /// - Parameters:
    ///   - path: a Hugging Face BERT folder with a masked-LM head, or a pretraining run.
    ///   - threads: 0 for all cores.
    public init(model path: String, threads: Int = 0) throws(Failure) {
        let folder = try Checkpoint.modelDirectory(path)
        let shape = try BertConfiguration(contentsOf: folder)
        let plain = try WordPieceTokenizer.load(folder)
        var options = plain.options
        options.matchSpecialTokens = true
        tokenizer = WordPieceTokenizer(vocabulary: plain.vocabulary, options: options)
        positions = shape.maxPositionEmbeddings
        guard plain.vocabulary.count <= shape.vocabularySize else {
            throw Failure(.badData, "has more pieces than the model", at: folder + "/vocab.txt")
        }
        model = try BertModel(
            configuration: shape, head: .pretraining(nextSentence: false),
            threads: ProcessLauncher.threads(requested: threads))
        let missing = try model.loadPretrained(folder)
        if let name = missing.first {
            throw Failure(
                .badData, "has no \(name): it was not trained to fill masks", at: folder,
                remedy: "give a pretrained model")
        }
    }

    /// The `count` most probable pieces for each `[MASK]`, the best first, in the order of the text.
    public func candidates(for text: String, count: Int) throws(Failure) -> [[Candidate]] {
        let vocabulary = tokenizer.vocabulary
        let tokens = [vocabulary.classificationID] + tokenizer.encode(text) + [vocabulary.separatorID]
        let masks = tokens.indices.filter { tokens[$0] == vocabulary.maskID }.map(Int32.init)
        guard !masks.isEmpty else {
            throw Failure(.usage, "the text has no [MASK]", remedy: "write [MASK] where a word is to be guessed")
        }
        guard tokens.count <= positions else {
            throw Failure(
                .usage, "the text has \(tokens.count) tokens, the model takes \(positions)", remedy: "shorten it")
        }
        var batch = RaggedBatch()
        batch.append(
            tokens: tokens, segments: [UInt8](repeating: 0, count: tokens.count), positions: masks,
            labels: [Int32](repeating: 0, count: masks.count))
        let logits = model.maskedLogits(batch)
        let width = logits.count / masks.count
        return masks.indices.map { best(logits[$0 * width..<($0 + 1) * width], max(1, count)) }
    }

    private func best(_ logits: ArraySlice<Float>, _ count: Int) -> [Candidate] {
        let largest = Double(logits.max() ?? 0)
        let total = logits.reduce(0.0) { $0 + exp(Double($1) - largest) }
        // A model may have more rows than the vocabulary has pieces, rounded up for speed.
        let known = logits.prefix(tokenizer.vocabulary.count)
        let order = known.indices.sorted { (known[$1], $0) < (known[$0], $1) }
        return order.prefix(count).map { index in
            Candidate(
                piece: tokenizer.vocabulary.piece(Int32(index - logits.startIndex)),
                probability: exp(Double(logits[index]) - largest) / total)
        }
    }
}
