internal import Foundation

/// Messages of the writing rank's own tasks on their way from the thread that reads to the one that writes.
///
/// Holds at most `capacity` bytes and one message. All mutable state is behind `condition`, hence the unchecked
/// conformance.
final class MessageQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var messages: [RankMessage] = []
    private var held = 0
    private var isClosed = false

    init(capacity: Int) { self.capacity = capacity }

    /// Adds a message, waiting for room; false when nobody listens any more.
    func put(_ message: RankMessage) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while held > capacity, !isClosed { condition.wait() }
        guard !isClosed else { return false }
        messages.append(message)
        held += message.size
        condition.broadcast()
        return true
    }

    /// Waits for the next message.
    func take() -> RankMessage {
        condition.lock()
        defer { condition.unlock() }
        while messages.isEmpty { condition.wait() }
        let message = messages.removeFirst()
        held -= message.size
        condition.broadcast()
        return message
    }

    /// Tells that nobody listens any more.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
