internal import Synchronization

/// Cleaners that threads take and give back: making one costs as much as cleaning many pages.
final class ItemCleanerPool: Sendable {
    /// A cleaner, which one thread has at a time; hence the unchecked conformance.
    private final class Idle: @unchecked Sendable {
        var cleaner: ItemCleaner

        init(_ cleaner: ItemCleaner) { self.cleaner = cleaner }
    }

    private let configuration: IngestConfiguration
    private let rules: SelectionRules
    private let idle = Mutex<[Idle]>([])

    init(_ configuration: IngestConfiguration, _ rules: SelectionRules) {
        self.configuration = configuration
        self.rules = rules
    }

    /// Cleans a batch.
    func clean(_ batch: ItemBatch) -> CleanedBatch {
        let free = idle.withLock { $0.popLast() }
        // A dump tells of its wiki before its first page, so a cleaner of another wiki is none of this source's.
        let own =
            if let free, free.cleaner.site == batch.site { free } else {
                Idle(ItemCleaner(configuration, rules, site: batch.site))
            }
        defer { idle.withLock { $0.append(own) } }
        return own.cleaner.clean(batch)
    }
}
