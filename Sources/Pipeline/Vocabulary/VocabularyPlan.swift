internal import Storage
internal import Streaming
public import Tokenize

/// What a vocabulary is to be like: the options of `tessera vocab` and of a pipeline's `vocab` stage.
public struct VocabularyPlan: Sendable {
    /// Pieces, special ones included; nil is 30,522, or as many as the base vocabulary has.
    public var size: Int?
    /// How pieces are chosen.
    public var algorithm = VocabularyAlgorithm.frequency
    /// Whether case and accents stay.
    public var cased = false
    /// A pair, or a piece, that comes less often is not taken; nil goes by the algorithm.
    public var minimumFrequency: Int?
    /// Most different characters.
    public var limitAlphabet = 1_000
    /// Characters that are pieces in any case.
    public var initialAlphabet = ""
    /// Places to be given a meaning later.
    public var unused = 0
    /// A vocabulary whose ids stay.
    public var extend: String?
    /// A file of words that become pieces.
    public var terms: String?
    /// The most memory to take.
    public var memory = ByteCount(512 << 20)

    /// A plan with the defaults.
    public init() {}

    /// Fails on what no run can be made of.
    func check() throws(Failure) {
        guard VocabularyTrainer.mostJobs(memory: memory.bytes) > 0 else {
            throw Failure(
                .usage, "--memory \(memory) is too little", remedy: "give 64MiB or more, and 8MiB for each thread")
        }
        for path in [extend, terms].compactMap({ $0 }) where !Files.exists(path) {
            throw Failure(.noInput, "not found", at: path, remedy: "check the path of --extend or --terms")
        }
        for (name, value, minimum) in [
            ("--size", size, 6), ("--minimum-frequency", minimumFrequency, 1), ("--limit-alphabet", limitAlphabet, 1),
            ("--unused", unused, 0),
        ] {
            guard let value, !(minimum...100_000_000).contains(value) else { continue }
            throw Failure(.usage, "\(name) \(value) is not from \(minimum) to 100000000", remedy: "give another number")
        }
    }

    /// The plan with the files it names read.
    func configuration() throws(Failure) -> VocabularyTrainer.Configuration {
        var configuration = VocabularyTrainer.Configuration(
            options: cased ? .cased : .uncased, minimumFrequency: minimumFrequency, alphabetLimit: limitAlphabet,
            unusedPieces: unused)
        configuration.algorithm = algorithm
        configuration.initialAlphabet = initialAlphabet
        configuration.memory = memory.bytes
        if let extend {
            let base = try Vocabulary(contentsOf: extend)
            configuration.base = (0..<Int32(base.count)).map { base.piece($0) }
        }
        configuration.size = size ?? configuration.base?.count ?? configuration.size
        if let terms { configuration.glossary = Glossary(try Files.read(terms), options: configuration.options) }
        return configuration
    }

    /// What shapes the result, besides the text and the memory.
    func fingerprint(_ configuration: VocabularyTrainer.Configuration) -> String {
        var parts = [
            "size \(configuration.size)", algorithm.rawValue, cased ? "cased" : "uncased",
            "minimum \(minimumFrequency ?? algorithm.defaultMinimumFrequency)", "alphabet \(limitAlphabet)",
            "unused \(unused)",
        ]
        if !initialAlphabet.isEmpty { parts.append("initial \(initialAlphabet)") }
        if let base = configuration.base { parts.append("base " + VocabularyPlan.digest(base.map { Array($0.utf8) })) }
        if let terms = configuration.glossary { parts.append("terms " + VocabularyPlan.digest(terms.words)) }
        return parts.joined(separator: ", ")
    }

    private static func digest(_ strings: [[UInt8]]) -> String {
        let digest = Digest()
        for string in strings {
            digest.update(string)
            digest.update([0])
        }
        return digest.value
    }
}
