internal import CMPI
internal import Foundation

/// The ranks that `mpirun` (or `srun`) has started, over Open MPI, which is loaded when the first rank asks for it.
///
/// One value per process; `finish()` is called once at the end of a run that went well. A process that ends without it
/// makes `mpirun` end the others, which is what a failure needs.
public final class MessagePassing: Communicator {
    /// This rank, from 0.
    public let rank: Int
    /// Ranks in all.
    public let size: Int

    /// Joins the other ranks.
    public init() throws(Failure) {
        guard tmpi_load() == 0 else {
            throw Failure(
                .unavailable, "Open MPI cannot be loaded: \(String(cString: tmpi_load_error()))",
                remedy: "install openmpi-bin, or train with one process")
        }
        try MessagePassing.check("MPI_Init_thread", tmpi_initialize())
        var (rank, size): (Int32, Int32) = (0, 0)
        try MessagePassing.check("MPI_Comm_rank", tmpi_rank(&rank))
        try MessagePassing.check("MPI_Comm_size", tmpi_size(&size))
        self.rank = Int(rank)
        self.size = Int(size)
    }

    /// Whether this process is one of several that a launcher of Open MPI (`mpirun`, `srun --mpi=pmix`) has started.
    public static var isLaunched: Bool { launchedSize > 1 }

    /// The number of processes the launcher has started, 1 without a launcher.
    public static var launchedSize: Int { LaunchedRanks().size }

    /// This process's number among those the launcher has started, known before Open MPI is loaded; 0 without one.
    public static var launchedRank: Int { LaunchedRanks().rank }

    /// MPI_Allreduce with MPI_SUM.
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) throws(Failure) {
        guard let base = values.baseAddress else { return }
        try MessagePassing.check("MPI_Allreduce", tmpi_sum_floats(base, Int64(values.count)))
    }

    /// MPI_Allreduce with MPI_SUM.
    public func sum(_ values: [Double]) throws(Failure) -> [Double] {
        var values = values
        try MessagePassing.check("MPI_Allreduce", tmpi_sum_doubles(&values, Int64(values.count)))
        return values
    }

    /// MPI_Bcast, the size first.
    public func broadcast(_ bytes: [UInt8], from root: Int) throws(Failure) -> [UInt8] {
        var bytes = bytes
        try MessagePassing.check("MPI_Bcast", tmpi_broadcast(&bytes, Int64(bytes.count), Int32(root)))
        return bytes
    }

    /// MPI_Barrier.
    public func barrier() throws(Failure) { try MessagePassing.check("MPI_Barrier", tmpi_barrier()) }

    /// The next message of a rank; this thread sleeps until there is one.
    public func receive(from rank: Int) throws(Failure) -> [UInt8] {
        var (waiting, count): (Int32, Int64) = (0, 0)
        while true {
            try Cancellation.check()
            try MessagePassing.check("MPI_Iprobe", tmpi_probe(Int32(rank), &waiting, &count))
            if waiting != 0 { break }
            MessagePassing.pause()
        }
        var bytes = [UInt8](repeating: 0, count: max(1, Int(count)))
        try MessagePassing.check("MPI_Recv", tmpi_receive(&bytes, count, Int32(rank)))
        bytes.removeLast(bytes.count - Int(count))
        return bytes
    }

    /// Gives the core away: MPI's own waiting would keep it busy, and ranks share cores with working threads.
    static func pause() { usleep(200) }

    /// Lets the root tell a failure that all ranks share, once: it ends first, and `mpirun` then ends the others.
    ///
    /// A failure of this rank alone is told after two seconds.
    public func giveWayToRoot() {
        guard rank > 0 else { return }
        signal(SIGTERM, SIG_DFL)
        sleep(2)
    }

    /// Leaves the other ranks; no call may follow.
    public func finish() throws(Failure) { try MessagePassing.check("MPI_Finalize", tmpi_finalize()) }

    static func check(_ call: String, _ code: Int32) throws(Failure) {
        guard code != 0 else { return }
        var text = [CChar](repeating: 0, count: 256)
        tmpi_error_text(code, &text, text.count)
        let reason = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        throw Failure(
            .unavailable, "\(call) failed: \(reason)", remedy: "look at what mpirun printed, then run again; it resumes"
        )
    }
}
