public import Model
public import Streaming

internal import Foundation

/// A checkpoint: a folder `step-N` that Hugging Face's library loads as a model, and from which a run goes on.
///
/// It holds model.safetensors, config.json, optimizer.safetensors (`first_moment.*`, `second_moment.*`), state.json and
/// what the caller adds (the vocabulary). It is written as `step-N.partial`, synced, then renamed: a folder without the
/// suffix is whole. state.json, written last, holds size and checksum of the other files.
public struct Checkpoint: Sendable {
    /// The folder.
    public let path: String
    /// Where the run stood.
    public let state: TrainingState

    private static let optimizerFile = "optimizer.safetensors"
    static let stateFile = "state.json"
    static let prefix = "step-"
    static let partialSuffix = ".partial"

    /// Writes `directory/step-N` and removes the oldest checkpoints beyond `keep`.
    ///
    /// Those of later steps are no business of this one: `resume` has put them aside.
    /// - Parameters:
    ///   - directory: the folder of the run's checkpoints.
    ///   - addFiles: writes further files, such as the vocabulary, into the folder it is given.
    ///   - keep: checkpoints to keep, this one included; at least 1.
    @discardableResult
    public static func save(
        in directory: String, model: BertModel, optimizer: any Optimizer, state: TrainingState, keep: Int,
        addFiles: (String) throws(Failure) -> Void
    ) throws(Failure) -> Checkpoint {
        try Files.createDirectory(directory)
        let path = "\(directory)/\(prefix)\(state.step)"
        let partial = path + partialSuffix
        // Also of other steps: a kill can leave a half-written or half-removed checkpoint behind.
        try Files.removePartials(in: directory)
        try Files.createDirectory(partial)
        try addFiles(partial)
        try model.save(to: partial)
        try MomentFile.write(optimizer, layout: model.layout, to: "\(partial)/\(optimizerFile)")
        let sealed = try seal(state, in: partial)
        // A folder of that name is a broken one, or `latest` would have chosen it.
        try Files.remove(path)
        try Files.rename(partial, to: path)
        try prune(directory, upTo: state.step, keep: max(1, keep))
        return Checkpoint(path: path, state: sealed)
    }

    /// Writes a model alone into a folder, entirely or not at all, in place of an older one.
    /// - Parameter addFiles: writes further files, such as the vocabulary, into the folder it is given.
    public static func saveModel(
        _ model: BertModel, to path: String, addFiles: (String) throws(Failure) -> Void
    ) throws(Failure) {
        let partial = path + partialSuffix
        try Files.remove(partial)
        try Files.createDirectory(partial)
        try addFiles(partial)
        try model.save(to: partial)
        try Files.remove(path)
        try Files.rename(partial, to: path)
    }

    /// Adds the marks of all files to the state and writes it.
    private static func seal(_ state: TrainingState, in directory: String) throws(Failure) -> TrainingState {
        var sealed = state
        sealed.files = [:]
        for name in try Files.names(in: directory) { sealed.files[name] = try CRC32C.file("\(directory)/\(name)") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(sealed) else { throw Failure(.bug, "a training state cannot be encoded") }
        try Files.write(Array(data) + [0x0A], to: "\(directory)/\(stateFile)")
        return sealed
    }

    private static func prune(_ directory: String, upTo last: Int, keep: Int) throws(Failure) {
        for step in try steps(in: directory).filter({ $0 <= last }).dropLast(keep) {
            let path = "\(directory)/\(prefix)\(step)"
            // Renamed first: half-removed, it must not look whole.
            try Files.rename(path, to: path + partialSuffix)
            try Files.remove(path + partialSuffix)
        }
    }

    /// Opens a checkpoint and compares its files with their marks.
    public init(_ path: String) throws(Failure) {
        let state = try Checkpoint.readState(path)
        for (name, mark) in state.files.sorted(by: { $0.key < $1.key }) {
            guard try CRC32C.file("\(path)/\(name)") == mark else {
                throw Failure(
                    .badData, "has another size or checksum than state.json tells", at: "\(path)/\(name)",
                    remedy: "use an older checkpoint")
            }
        }
        self.init(path: path, state: state)
    }

    static func readState(_ path: String) throws(Failure) -> TrainingState {
        let file = "\(path)/\(stateFile)"
        guard let state = try? JSONDecoder().decode(TrainingState.self, from: Data(try Files.read(file))),
            state.format == TrainingState.currentFormat
        else {
            throw Failure(
                .badData, "is no state of a run that this version reads", at: file,
                remedy: "use an older checkpoint, or the version that wrote it")
        }
        return state
    }

    private init(path: String, state: TrainingState) {
        self.path = path
        self.state = state
    }

    /// Loads weights and moments, whose names and shapes must be the model's own.
    public func restore(_ model: BertModel, _ optimizer: any Optimizer) throws(Failure) {
        let missing = try model.loadPretrained(path)
        guard missing.isEmpty else {
            throw Failure(
                .badData, "lacks \(missing[0]) and \(missing.count - 1) more", at: path,
                remedy: "the checkpoint is of another model; give another --output")
        }
        try MomentFile.read(optimizer, layout: model.layout, from: "\(path)/\(Checkpoint.optimizerFile)")
        optimizer.step = state.updates ?? state.step
    }

    /// Loads all that a run needs to go on.
    public func restore(_ trainer: Trainer) throws(Failure) {
        try restore(trainer.model, trainer.optimizer)
        trainer.begin(after: state.step, watch: state.watch)
    }
}
