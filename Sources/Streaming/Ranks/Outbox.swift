internal import CMPI

/// Messages of this rank that are under way to another, sent in order while this one works on.
///
/// Holds at most `capacity` bytes and one message; whoever posts more waits until the other rank has taken some. Not
/// for two threads: MPI belongs to the one that has initialised it.
public final class Outbox {
    private struct Message {
        let bytes: UnsafeMutableRawBufferPointer
        var request: UnsafeMutableRawPointer?
    }

    private let ranks: MessagePassing
    private let rank: Int
    private let capacity: Int
    private var messages: [Message] = []
    private var held = 0

    /// - Parameters:
    ///   - ranks: the ranks this one belongs to.
    ///   - rank: who gets the messages.
    ///   - capacity: bytes under way at most.
    public init(_ ranks: MessagePassing, to rank: Int, capacity: Int) {
        self.ranks = ranks
        self.rank = rank
        self.capacity = capacity
    }

    deinit {
        // What MPI may still read must stay: only finished messages are let go.
        for message in messages where message.request == nil { message.bytes.deallocate() }
    }

    /// Sends a message of less than 2 GiB behind those before it.
    public func post(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.count < Int(Int32.max) else { throw Failure(.bug, "a message of \(bytes.count) bytes") }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 16)
        copy.copyBytes(from: bytes)
        var request: UnsafeMutableRawPointer?
        try MessagePassing.check(
            "MPI_Isend", tmpi_send_begin(copy.baseAddress!, Int64(bytes.count), Int32(rank), &request))
        messages.append(Message(bytes: copy, request: request))
        held += copy.count
        try wait(until: capacity)
    }

    /// Waits until all messages were taken.
    public func flush() throws(Failure) { try wait(until: 0) }

    private func wait(until limit: Int) throws(Failure) {
        while true {
            try release()
            guard held > limit else { return }
            try Cancellation.check()
            MessagePassing.pause()
        }
    }

    /// Lets go of the messages that were sent, oldest first.
    private func release() throws(Failure) {
        while !messages.isEmpty {
            var done: Int32 = 0
            try MessagePassing.check("MPI_Test", tmpi_send_done(&messages[0].request, &done))
            guard done != 0 else { return }
            held -= messages[0].bytes.count
            messages.removeFirst().bytes.deallocate()
        }
    }
}
