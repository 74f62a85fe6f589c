public import Streaming

/// Which of a run's checkpoints is meant.
extension Checkpoint {
    private static let damagedSuffix = ".damaged"

    /// The steps of the checkpoints in a folder, ascending; whether they are sound is not looked at.
    public static func steps(in directory: String) throws(Failure) -> [Int] {
        guard Files.isDirectory(directory) else { return [] }
        return try Files.names(in: directory).compactMap { name in
            name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
        }.filter { $0 >= 0 }.sorted()
    }

    /// The newest sound checkpoint, nil when the folder has none at all.
    ///
    /// Unfinished ones are passed over, damaged ones too as long as an older one is sound; a folder of damaged ones
    /// only is a failure, for beginning again would throw the run away.
    /// - Parameter onDamage: told of each newer checkpoint that is damaged, with the reason.
    public static func latest(
        in directory: String, onDamage: (Failure) -> Void = { _ in }
    ) throws(Failure) -> Checkpoint? {
        var newest: Failure?
        for step in try steps(in: directory).reversed() {
            do {
                return try Checkpoint("\(directory)/\(prefix)\(step)")
            } catch {
                onDamage(error)
                if newest == nil { newest = error }
            }
        }
        guard let newest else { return nil }
        throw Failure(
            .badData, "holds no sound checkpoint; of the newest: \(newest.place ?? "") \(newest.message)",
            at: directory,
            remedy: "give another --output, or remove this folder to begin again")
    }

    /// What a run goes on from: `latest`, with the folder made ready for the checkpoints to come.
    ///
    /// Half-written folders are removed. Damaged checkpoints above the one that is chosen are renamed `*.damaged`:
    /// they would count as the newest ones when old ones are removed.
    public static func resume(
        in directory: String, onDamage: (Failure) -> Void = { _ in }
    ) throws(Failure) -> Checkpoint? {
        guard Files.isDirectory(directory) else { return nil }
        try Files.removePartials(in: directory)
        let newest = try latest(in: directory, onDamage: onDamage)
        for step in try steps(in: directory) where step > newest?.state.step ?? Int.max {
            let path = "\(directory)/\(prefix)\(step)"
            try Files.remove(path + damagedSuffix)
            try Files.rename(path, to: path + damagedSuffix)
        }
        return newest
    }

    /// The folder of a model that a user means: a folder with a config.json as it is, of a run the newest checkpoint
    /// whose files have the sizes its state.json tells.
    ///
    /// Checksums are left to who resumes a run: they take as long as reading the model.
    public static func modelDirectory(_ path: String) throws(Failure) -> String {
        if Files.exists(path + "/config.json") { return path }
        var damaged: String?
        for folder in [path + "/checkpoints", path] {
            for step in try steps(in: folder).reversed() {
                let checkpoint = "\(folder)/\(prefix)\(step)"
                if isComplete(checkpoint) { return checkpoint }
                damaged = damaged ?? checkpoint
            }
        }
        if let damaged {
            throw Failure(
                .badData, "is damaged, and no older checkpoint of the run is complete", at: damaged,
                remedy: "train again, or give the folder of another model")
        }
        throw Failure(
            .noInput, "holds neither a model (config.json) nor a run with a checkpoint", at: path,
            remedy: "check the path")
    }

    private static func isComplete(_ path: String) -> Bool {
        guard let state = try? readState(path) else { return false }
        return state.files.allSatisfy { name, mark in (try? Files.size("\(path)/\(name)")) == mark.bytes }
    }
}
