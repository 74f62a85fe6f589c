public import Streaming

/// Which documents of a source become part of the corpus, and what is taken out of them.
///
/// Everything is off by default.
public struct SelectionConfiguration: Sendable, Equatable, Codable {
    /// Languages by what the text looks like.
    public var language = LanguageSelection()
    /// The names of the quality rules that apply, sorted.
    public var quality: [String] = []
    /// Limits other than the published ones, by `rule.parameter`.
    public var qualityLimits: [String: Double] = [:]
    /// Personal details that are replaced by tags.
    public var privacy: [PrivacyKind] = []
    /// Files whose passages of 13 words must not occur in the corpus (`contaminated`).
    public var decontaminate: [String] = []
    /// Other corpora; what they hold is left out.
    public var against: [String] = []
    /// Repeated paragraphs.
    public var paragraphs = ParagraphSelection()
    /// Documents that are almost the same.
    public var nearDuplicates = NearDuplicateSelection()
    /// Memory of the indexes behind `deduplicate`, `paragraphs`, `nearDuplicates` and `against`, in bytes.
    ///
    /// The outcome does not depend on it, so it is no part of the encoded configuration.
    public var memoryBytes = SelectionConfiguration.defaultMemoryBytes

    /// 256 MiB.
    public static let defaultMemoryBytes = 256 << 20
    /// The least the indexes work with.
    public static let leastMemoryBytes = 4 << 20

    private enum CodingKeys: String, CodingKey {
        case language, quality, qualityLimits, privacy, decontaminate, against, paragraphs, nearDuplicates
    }

    /// Nothing is selected, everything is taken.
    public init() {}
}

/// Selection by language.
public struct LanguageSelection: Sendable, Equatable, Codable {
    /// Whether the language is identified where the source does not say.
    public var identify = false
    /// Only documents in these languages are kept; empty: all.
    public var keep: [String] = []
    /// The confidence from 0 to 1 below which a language counts as unknown.
    public var minimumConfidence = 0.5

    /// Off.
    public init() {}
}

/// Selection of paragraphs.
public struct ParagraphSelection: Sendable, Equatable, Codable {
    /// Whether a paragraph that the corpus already has is dropped.
    public var deduplicate = false
    /// Shorter paragraphs are never dropped.
    public var minimumBytes = 64

    /// Off.
    public init() {}
}

/// Selection of documents by similarity.
public struct NearDuplicateSelection: Sendable, Equatable, Codable {
    /// Whether a document much like an earlier one is left out.
    public var deduplicate = false
    /// The Jaccard similarity of passages of five words from which two documents are too much alike.
    public var threshold = 0.8

    /// Off.
    public init() {}
}

extension SelectionConfiguration {
    /// Checks ranges and names.
    func validate() throws(Failure) {
        guard (0.1...1).contains(nearDuplicates.threshold) else {
            throw Failure(.usage, "the similarity of near-duplicates is a number from 0.1 to 1")
        }
        guard paragraphs.minimumBytes >= 0 else { throw Failure(.usage, "sizes in bytes must be positive") }
        guard memoryBytes >= Self.leastMemoryBytes else {
            throw Failure(.usage, "deduplication needs 4 MB of memory or more", remedy: "raise --dedup-memory")
        }
        guard (0...1).contains(language.minimumConfidence) else {
            throw Failure(.usage, "the confidence of a language is a number from 0 to 1")
        }
    }
}

extension SelectionConfiguration {
    /// Reads `RULE.PARAMETER=NUMBER`.
    public static func limits(_ assignments: [String]) throws(Failure) -> [String: Double] {
        var limits: [String: Double] = [:]
        for assignment in assignments {
            let parts = assignment.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let value = Double(parts[1]) else {
                throw Failure(
                    .usage, "'\(assignment)' is no limit of a quality rule", remedy: "write RULE.PARAMETER=NUMBER")
            }
            limits[String(parts[0])] = value
        }
        return limits
    }

    /// A memory given in megabytes; what no machine has counts as the most there can be.
    public static func memoryBytes(megabytes: Int) -> Int { min(max(0, megabytes), 1 << 30) << 20 }
}
