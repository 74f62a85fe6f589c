internal import Synchronization

/// The normalisation tables that were asked for, each made once in a process.
enum NormalizationTables {
    private struct Key: Hashable {
        let lowercase, stripsAccents, splitChinese: Bool
    }

    private static let made = Mutex<[Key: NormalizationTable]>([:])

    /// The table for `options`.
    static func table(_ options: TokenizerOptions) -> NormalizationTable {
        let key = Key(
            lowercase: options.lowercase, stripsAccents: options.stripsAccents, splitChinese: options.splitChinese)
        return made.withLock { made in
            if let table = made[key] { return table }
            let table = NormalizationTable(options)
            made[key] = table
            return table
        }
    }
}
