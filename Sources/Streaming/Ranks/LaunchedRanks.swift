internal import Foundation

/// What a launcher has told this process of its ranks, known before Open MPI is loaded.
///
/// `mpirun` sets `OMPI_COMM_WORLD_*`. Under `srun --mpi=pmix` those come into being in MPI_Init only; until then there
/// is the rank's name for PMIx and what Slurm tells each task of its step.
package struct LaunchedRanks: Equatable {
    /// Ranks in all, 1 without a launcher.
    package var size = 1
    /// This rank, from 0.
    package var rank = 0
    /// Ranks on this machine, as far as known.
    package var local = 1

    /// Reads the variables of this process.
    package init() { self.init(ProcessInfo.processInfo.environment) }

    package init(_ environment: [String: String]) {
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        if let ranks = number("OMPI_COMM_WORLD_SIZE") {
            size = ranks
            rank = number("OMPI_COMM_WORLD_RANK") ?? 0
            local = number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? 1
        } else if environment["PMIX_RANK"] != nil, let tasks = number("SLURM_NTASKS"), tasks > 1 {
            // Without PMIx a program that Slurm has started is alone, whatever the size of the job.
            size = tasks
            rank = number("SLURM_PROCID") ?? number("PMIX_RANK") ?? 0
            local = min(tasks, max(1, number("SLURM_NTASKS_PER_NODE") ?? 1))
        }
    }
}
