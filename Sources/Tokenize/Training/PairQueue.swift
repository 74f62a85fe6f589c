/// Pairs by priority: the greatest on top, of equal ones that with the smaller pieces (first, then second).
struct PairQueue {
    struct Item {
        var priority: UInt64
        var key: UInt64
        var pair: Int32

        @inline(__always)
        func precedes(_ other: Item) -> Bool {
            priority != other.priority ? priority > other.priority : key < other.key
        }
    }

    private var items: [Item] = []

    mutating func push(_ item: Item) {
        items.append(item)
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 4
            guard item.precedes(items[parent]) else { break }
            items[child] = items[parent]
            child = parent
        }
        items[child] = item
    }

    mutating func pop() -> Item? {
        guard let top = items.first, let last = items.popLast() else { return nil }
        let count = items.count
        guard count > 0 else { return top }
        var parent = 0
        while true {
            var best = 4 * parent + 1
            guard best < count else { break }
            var child = best + 1
            while child < min(4 * parent + 5, count) {
                if items[child].precedes(items[best]) { best = child }
                child += 1
            }
            guard items[best].precedes(last) else { break }
            items[parent] = items[best]
            parent = best
        }
        items[parent] = last
        return top
    }

    mutating func removeAll() { items.removeAll() }
}
