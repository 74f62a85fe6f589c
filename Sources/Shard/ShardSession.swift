internal import GRDB
internal import Storage
internal import Streaming
internal import Tokenize

/// One start of `tessera shard`, on rank 0: finishes the generation under way, then adds one for what is new.
struct ShardSession {
    private let plan: ShardRun
    private let work: ShardWork
    private let tokenizer: WordPieceTokenizer
    private let database: DatabaseQueue

    private var path: String { plan.indexPath }
    private var vocabularySize: Int { tokenizer.vocabulary.count }
    private var width: Int { TokenWidth.bytes(vocabularySize: vocabularySize) }

    init(_ plan: ShardRun, _ work: ShardWork, _ tokenizer: WordPieceTokenizer, _ database: DatabaseQueue) {
        self.plan = plan
        self.work = work
        self.tokenizer = tokenizer
        self.database = database
    }

    /// Does all that is left to do.
    func run() throws {
        while var generation = try open() {
            let units = ScatterUnit.all(generation, work.corpora, bytes: plan.unitBytes)
            if generation.state == .scatter {
                try tokenizer.save(to: plan.output)
                try forecast(generation)
                generation = try scatter(generation, units)
            }
            try build(generation, units.count)
            try finish(generation)
        }
    }

    /// The generation that is under way, or a new one for documents that no generation holds.
    private func open() throws -> Generation? {
        let known = try database.read { try GenerationIndex.all($0, path: path) }
        if let open = known.first(where: { $0.state != .complete }) { return open }
        let next = try GenerationPlan.next(
            after: known, corpora: work.corpora, configuration: plan.configuration, width: width)
        guard let next else {
            guard known.isEmpty else { return nil }
            throw Failure(
                .badData, "holds no document", at: plan.corpora.joined(separator: ", "), remedy: "ingest one first")
        }
        try ShardSeal(plan.output).lift()
        try database.write { try GenerationIndex.insert($0, next, toolVersion: plan.toolVersion) }
        return next
    }

    /// Tells what is to come, and refuses what the disk cannot hold.
    private func forecast(_ generation: Generation) throws {
        var forecast = try ShardForecast(
            generation, work.corpora, work.makeEncoder(), plan.configuration, width: width, workers: work.workers,
            jobs: plan.jobs)
        forecast.doneBytes = try SpoolFile.bytes(in: plan.output)
        if case .quiet = plan.progress {} else { StandardError.write("shard: \(forecast.text)\n") }
        guard let free = plan.freeBytes ?? Files.freeBytes(in: plan.output) else { return }
        try forecast.check(free: free, at: plan.output)
    }

    private func scatter(_ generation: Generation, _ units: [ScatterUnit]) throws -> Generation {
        let done = try database.read { try GenerationIndex.units($0, path: path) }
        let open = units.filter { done[$0.number] == nil }
        let progress = ProgressMeter(
            "shard: tokenize", unit: "bytes", total: Double(generation.coverage.reduce(0) { $0 + $1.textBytes }),
            done: Double(done.values.reduce(0) { $0 + $1.textBytes }), style: plan.progress)
        var bytes = done.values.reduce(0) { $0 + $1.textBytes }
        var waiting: [ScatteredUnit] = []
        try work.announce(.scatter(generation, units: open.map(\.number)))
        try work.scatter(generation, open) { unit in
            waiting.append(unit)
            if waiting.reduce(0, { $0 + $1.state.textBytes }) >= plan.commitBytes { try commit(&waiting) }
            bytes += unit.state.textBytes
            progress.update(Double(bytes))
        }
        try commit(&waiting)
        progress.finish()
        return try close(generation, units.count)
    }

    /// Commits units whose files are written, many at a time: a commit waits for the disk.
    private func commit(_ units: inout [ScatteredUnit]) throws {
        guard let last = units.last else { return }
        try Files.synchronizeDirectory(plan.output)
        try database.write { row in
            for unit in units { try GenerationIndex.insert(row, unit) }
        }
        try plan.hook?(.unitCommitted(last.number))
        units.removeAll()
    }

    /// All units are there: their counts become those of the generation.
    private func close(_ generation: Generation, _ units: Int) throws -> Generation {
        let states = try database.read { try GenerationIndex.units($0, path: path) }
        var next = generation
        next.scatter = try (0..<units).reduce(ScatterState()) {
            guard let state = states[$1] else {
                throw Failure(.badData, "has no unit \($1)", at: path, remedy: "build the shards in a new folder")
            }
            return $0 + state
        }
        next.state = .build
        try database.write {
            try GenerationIndex.update($0, next.number, state: .build, scatter: next.scatter)
        }
        return next
    }

    private func build(_ generation: Generation, _ units: Int) throws {
        guard generation.scatter.documents > 0 || generation.number > 0 else {
            throw Failure(
                .badData, "holds no text in which the tokenizer finds a token",
                at: plan.corpora.joined(separator: ", "),
                remedy: "look at it with 'tessera inspect --text', and at the vocabulary")
        }
        let rows = try database.read { try ShardIndex.partitions($0, path: path) }
            .filter { generation.partitions.contains($0.id) }
        let open = rows.filter { !$0.isDone }
        guard !open.isEmpty else { return }
        let order = try order(generation, units)
        let progress = ProgressMeter(
            "shard: build", unit: "partitions", total: Double(rows.count), done: Double(rows.count - open.count),
            style: plan.progress)
        var done = rows.count - open.count
        try work.announce(.build(generation, units: units, open, order: order.bytes))
        try work.build(generation, units: units, open, order) { built in
            try database.write { try ShardIndex.insert($0, built) }
            try plan.hook?(.partitionCommitted(built.row.id))
            done += 1
            progress.update(Double(done))
        }
        progress.finish()
    }

    /// The order of tokens: the set's own, or a new one from the counts of the first partition that has documents.
    private func order(_ generation: Generation, _ units: Int) throws -> TokenOrder {
        let known = try database.read { try ShardIndex.tokenOrder($0, vocabularySize: vocabularySize, path: path) }
        if let known { return known }
        var counts = [Int](repeating: 0, count: vocabularySize)
        for partition in generation.partitions {
            let bytes = try SpoolFile.records(of: partition, generation.partitions, units: units, in: plan.output)
            guard !bytes.isEmpty else { continue }
            try SpooledDocuments(
                bytes, width: width, vocabularySize: vocabularySize, path: "\(plan.output), partition \(partition)"
            ).count(into: &counts)
            break
        }
        let order = TokenOrder(counts: counts)
        try database.write { try ShardIndex.insert($0, order) }
        return order
    }

    /// All partitions are committed: nothing needs the spools any more.
    private func finish(_ generation: Generation) throws {
        let (rows, statistics) = try database.read { row in
            try (ShardIndex.partitions(row, path: path), ShardIndex.statistics(row, path: path))
        }
        let hasTraining = plan.configuration.sequenceLengths.allSatisfy {
            (statistics[ShardSet(sequenceLength: $0, split: .train)]?["instances"] ?? 0) > 0
        }
        guard hasTraining else {
            throw Failure(
                .badData, "is too small: it gives no instance to train on", at: plan.corpora.joined(separator: ", "),
                remedy: "add documents to it")
        }
        try SpoolFile.removeAll(in: plan.output)
        try plan.hook?(.spoolsRemoved)
        try database.write { row in
            guard let order = try ShardIndex.tokenOrder(row, vocabularySize: vocabularySize, path: path) else {
                throw Failure(.badData, "has no order of tokens", at: path, remedy: "build the shards again")
            }
            let digest = ShardDigest.whole(order, rows.map(\.digest))
            try IndexDatabase.setMeta(row, ShardMeta.digest, digest)
            try GenerationIndex.update(row, generation.number, state: .complete)
            try row.execute(sql: "DELETE FROM unit")
            try IndexDatabase.setMeta(row, ShardMeta.state, "complete")
        }
    }
}
