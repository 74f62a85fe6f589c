/// Words in `WordOrder`, each once, with their counts: in a table that was sorted, or in a spill file.
struct WordRun: @unchecked Sendable {
    // Unchecked: the table's words are read alone, and whoever made the run keeps them until it is merged.
    /// Where the words are.
    enum Place {
        case memory(UnsafeBufferPointer<WordSlot>)
        case file(SpillFile)
    }

    let place: Place
    /// Where each part of the order begins, and where the last ends: slots, or bytes of the file.
    let bounds: [Int]
    /// Words in it.
    let count: Int

    /// The words of a sorted table.
    init(sorted slots: UnsafeBufferPointer<WordSlot>) {
        place = .memory(slots)
        count = slots.count
        var bounds = [0]
        var index = 0
        for part in 0..<WordOrder.parts {
            while index < slots.count, WordOrder.part(slots[index].key.hash) == part { index += 1 }
            bounds.append(index)
        }
        self.bounds = bounds
    }

    init(file: SpillFile, bounds: [Int], count: Int) {
        (place, self.bounds, self.count) = (.file(file), bounds, count)
    }
}
