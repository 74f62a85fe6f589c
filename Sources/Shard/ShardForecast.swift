internal import Foundation
internal import Storage
internal import Streaming

/// What a generation will take: disk, time and memory, from a sample of its text.
struct ShardForecast {
    /// Blocks looked at, spread over all.
    private static let samples = 6
    /// Bytes of shards for a token: the high end of what English text takes.
    private static let bytesOfToken = 1.4
    /// Stored bytes of a static mask, beside its token's.
    private static let bytesOfMask = 1.8
    /// Tokens that a thread makes into shards in a second.
    private static let buildSpeed = 12e6

    let textBytes: Int
    let partitions: Int
    /// Bytes of the work files, which are gone at the end.
    private(set) var spoolBytes = 0
    /// Bytes of the shards.
    private(set) var shardBytes = 0
    private(set) var seconds = 0.0
    private(set) var memoryBytes = 0
    /// Bytes of both that are there already, from a run that was interrupted.
    var doneBytes = 0

    init(
        _ generation: Generation, _ corpora: [CorpusReader], _ encoder: DocumentEncoder,
        _ configuration: ShardConfiguration, width: Int, workers: Int, jobs: Int
    ) throws(Failure) {
        textBytes = generation.coverage.reduce(0) { $0 + $1.textBytes }
        partitions = generation.partitions.count
        let units = ScatterUnit.all(generation, corpora)
        let began = DispatchTime.now()
        var (sampled, records, tokens) = (0, 0, 0)
        for sample in 0..<min(ShardForecast.samples, units.count) {
            let unit = units[sample * units.count / min(ShardForecast.samples, units.count)]
            guard let block = unit.blocks.first else { continue }
            let encoded = encoder.encode(try corpora[unit.corpus].texts(of: block), firstDocument: 1)
            sampled += block.rawSize
            records += encoded.records.count
            tokens += encoded.tokens
        }
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) / 1e9
        let scale = Double(textBytes) / Double(max(1, sampled))
        // The shares of corpora by weight; the sample tells nothing of each by itself.
        let weighted = generation.coverage.reduce(0.0) {
            $0 + Double($1.textBytes) * configuration.weight(ofCorpus: $1.corpus)
        }
        let copies =
            weighted / Double(max(1, textBytes)) * Double(configuration.duplicateFactor)
            * Double(configuration.sequenceLengths.count)
        let made = Double(tokens) * scale * copies * (configuration.objective == .nsp ? 1.25 : 1)
        let masks = configuration.masking == .static ? configuration.maskProbability * ShardForecast.bytesOfMask : 0
        spoolBytes = Int(Double(records) * scale) + 8 * units.count * (partitions + 1)
        shardBytes = Int(made * (ShardForecast.bytesOfToken + masks) * Double(width) / 2)
        seconds = (elapsed * scale + made / ShardForecast.buildSpeed) / Double(workers)
        let perJob = ShardMemory.bytes(
            spool: spoolBytes / max(1, partitions), width: width, duplicates: configuration.duplicateFactor)
        memoryBytes = ShardMemory.base + jobs * perJob
    }

    /// The line told before the start.
    var text: String {
        "\(Amount.bytes(textBytes)) of text in \(partitions) partitions; about \(Amount.time(seconds)), "
            + "\(Amount.bytes(memoryBytes)) of memory, \(Amount.bytes(spoolBytes + shardBytes)) of disk "
            + "(\(Amount.bytes(shardBytes)) at the end)"
    }

    /// Refuses to begin what the disk cannot hold.
    /// - Parameter free: bytes that can be written in `directory`.
    func check(free: Int, at directory: String) throws(Failure) {
        try Amount.check(needed: spoolBytes + shardBytes - doneBytes, free: free, at: directory)
    }
}

/// The formula of memory; docs/sharding.md, "Memory".
enum ShardMemory {
    /// The program itself, tokenizer tables and all.
    static let base = 80 << 20

    /// Bytes that a job takes while it builds a partition of `spool` bytes.
    static func bytes(spool: Int, width: Int, duplicates: Int) -> Int {
        // The spool, its sentences (8 bytes for some 25 tokens), and instances of some 100 tokens at two runs each,
        // in arrays that double as they grow; then two blocks and the compressor.
        let tokens = spool / width
        return spool + tokens / 25 * 8 * 2 + duplicates * tokens / 100 * (8 + 2 * 24) * 2 + (16 << 20)
    }
}
