internal import GRDB
internal import Storage
internal import Streaming

/// Second pass: every partition that has no committed row yet, several at a time, committed in order.
struct BuildPass {
    let builder: PartitionBuilder
    let database: DatabaseQueue
    let jobs: Int
    let style: ProgressMeter.Style
    let hook: ShardRun.Hook?

    func run(_ partitions: [PartitionRow]) throws {
        let open = partitions.filter { !$0.isDone }
        let progress = ProgressMeter(
            "shard: build", unit: "partitions", total: Double(partitions.count),
            done: Double(partitions.count - open.count), style: style)
        var next = 0
        var done = Double(partitions.count - open.count)
        try orderedParallelMap(
            jobs: jobs,
            source: { () -> PartitionRow? in
                guard next < open.count else { return nil }
                defer { next += 1 }
                return open[next]
            },
            transform: { [builder] (row: PartitionRow) -> BuiltPartition in
                try builder.build(row)
            },
            consume: { built in
                try database.write { try ShardIndex.insert($0, built) }
                try hook?(.partitionCommitted(built.row.id))
                done += 1
                progress.update(done)
            })
        progress.finish()
    }
}
