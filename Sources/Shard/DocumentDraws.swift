internal import Streaming

/// What becomes of a document, as a function of (seed, document id) alone.
enum DocumentDraws {
    /// The partition a document goes to.
    static func partition(of document: Int64, seed: UInt64, count: Int) -> Int {
        var draw = Philox(seed: seed, purpose: Philox.purpose("partition"), a: UInt64(bitPattern: document))
        return draw.below(count)
    }

    /// A number in 0..<1 to be compared with the validation fraction.
    static func validationDraw(of document: Int64, seed: UInt64) -> Double {
        var draw = Philox(seed: seed, purpose: Philox.purpose("validation"), a: UInt64(bitPattern: document))
        return Double(draw.next() >> 11) * 0x1p-53
    }
}

/// Which documents are for validation: those whose draw lies below the fraction, and at least one on each side.
///
/// When no document's draw lies below the fraction, the one with the smallest draw is taken; when all do, the one
/// with the largest is left to training. With one document there is no validation. Documents that are added to a set
/// later go by the fraction alone.
struct ValidationChoice: Codable, Equatable, Sendable {
    private(set) var documents = 0
    private(set) var below = 0
    private var smallest = 2.0
    private var largest = -1.0
    private var first: Int64 = 0
    private var last: Int64 = 0

    mutating func add(_ document: Int64, configuration: ShardConfiguration) {
        let draw = DocumentDraws.validationDraw(of: document, seed: configuration.seed)
        documents += 1
        if draw < configuration.validationFraction { below += 1 }
        if draw < smallest { (smallest, first) = (draw, document) }
        if draw > largest { (largest, last) = (draw, document) }
    }

    /// The choice over the documents of both.
    static func + (left: ValidationChoice, right: ValidationChoice) -> ValidationChoice {
        var sum = left
        sum.documents += right.documents
        sum.below += right.below
        if right.smallest < sum.smallest { (sum.smallest, sum.first) = (right.smallest, right.first) }
        if right.largest > sum.largest { (sum.largest, sum.last) = (right.largest, right.last) }
        return sum
    }

    /// - Parameter generation: the one the document is in; later ones need not have a document on each side.
    func split(of document: Int64, generation: Int, configuration: ShardConfiguration) -> ShardSplit {
        guard configuration.validationFraction > 0, documents > 1 || generation > 0 else { return .train }
        if generation > 0 {
            let draw = DocumentDraws.validationDraw(of: document, seed: configuration.seed)
            return draw < configuration.validationFraction ? .validation : .train
        }
        if below == 0 { return document == first ? .validation : .train }
        if below == documents, document == last { return .train }
        let draw = DocumentDraws.validationDraw(of: document, seed: configuration.seed)
        return draw < configuration.validationFraction ? .validation : .train
    }
}
