/// The state of an ordered map: a ring of slots, filled in order, finished in any order, drained in order.
struct OrderedWindow<Input, Output> {
    enum Slot {
        case waiting(Input)
        case running
        case done(Result<Output, any Error>)
    }

    private(set) var slots: [Slot] = []
    private(set) var firstIndex = 0
    private var nextWaiting = 0
    let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    var isFull: Bool { slots.count >= capacity }
    var isEmpty: Bool { slots.isEmpty }

    mutating func append(_ input: Input) { slots.append(.waiting(input)) }

    /// The oldest item nobody has begun, with its index.
    mutating func begin() -> (index: Int, input: Input)? {
        let position = nextWaiting - firstIndex
        guard position < slots.count, case .waiting(let input) = slots[position] else { return nil }
        slots[position] = .running
        nextWaiting += 1
        return (nextWaiting - 1, input)
    }

    mutating func finish(_ index: Int, _ result: Result<Output, any Error>) {
        slots[index - firstIndex] = .done(result)
    }

    /// The oldest item's result, if it is there.
    mutating func takeFirst() -> Result<Output, any Error>? {
        guard let first = slots.first, case .done(let result) = first else { return nil }
        slots.removeFirst()
        firstIndex += 1
        return result
    }
}
