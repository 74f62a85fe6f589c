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
    private static let stateFile = "state.json"
    private static let prefix = "step-"
    private static let partialSuffix = ".partial"

    /// Writes `directory/step-N` and removes the oldest checkpoints beyond `keep`.
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
        try prune(directory, keep: max(1, keep))
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

    private static func prune(_ directory: String, keep: Int) throws(Failure) {
        for step in try steps(in: directory).dropLast(keep) {
            let path = "\(directory)/\(prefix)\(step)"
            // Renamed first: half-removed, it must not look whole.
            try Files.rename(path, to: path + partialSuffix)
            try Files.remove(path + partialSuffix)
        }
    }

    /// The steps of the checkpoints in a folder, ascending; whether they are sound is not looked at.
    public static func steps(in directory: String) throws(Failure) -> [Int] {
        guard Files.isDirectory(directory) else { return [] }
        return try Files.names(in: directory).compactMap { name in
            name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
        }.filter { $0 >= 0 }.sorted()
    }

    /// The newest sound checkpoint, nil when there is none. Unfinished ones are passed over.
    /// - Parameter onDamage: told of each newer checkpoint that is damaged, with the reason.
    public static func latest(
        in directory: String, onDamage: (Failure) -> Void = { _ in }
    ) throws(Failure) -> Checkpoint? {
        for step in try steps(in: directory).reversed() {
            do {
                return try Checkpoint("\(directory)/\(prefix)\(step)")
            } catch {
                onDamage(error)
            }
        }
        return nil
    }

    /// The folder of a model that a user means: a folder with a config.json as it is, of a run the newest checkpoint.
    public static func modelDirectory(_ path: String) throws(Failure) -> String {
        if Files.exists(path + "/config.json") { return path }
        for folder in [path + "/checkpoints", path] {
            if let step = try steps(in: folder).last { return "\(folder)/\(prefix)\(step)" }
        }
        throw Failure(
            .noInput, "holds neither a model (config.json) nor a run with a checkpoint", at: path,
            remedy: "check the path")
    }

    /// Opens a checkpoint and compares its files with their marks.
    public init(_ path: String) throws(Failure) {
        let file = "\(path)/\(Checkpoint.stateFile)"
        guard let state = try? JSONDecoder().decode(TrainingState.self, from: Data(try Files.read(file))),
            state.format == TrainingState.currentFormat
        else {
            throw Failure(
                .badData, "is no state of a run that this version reads", at: file,
                remedy: "use an older checkpoint, or the version that wrote it")
        }
        for (name, mark) in state.files.sorted(by: { $0.key < $1.key }) {
            guard try CRC32C.file("\(path)/\(name)") == mark else {
                throw Failure(
                    .badData, "has another size or checksum than state.json tells", at: "\(path)/\(name)",
                    remedy: "use an older checkpoint")
            }
        }
        self.init(path: path, state: state)
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
        optimizer.step = state.step
    }
}
