internal import Storage
internal import Streaming

/// The documents of a unit, by partition: P + 1 offsets (u64, little-endian) of where each partition's records begin
/// and where the last one's end, then the records.
struct SpoolFile {
    private let partitions: Range<Int>
    private var records: [UInt8] = []
    private var places: [(partition: Int, bytes: Range<Int>)] = []

    /// An empty one.
    init(partitions: Range<Int>) { self.partitions = partitions }

    /// Adds a record to a partition, counted from the first of the generation.
    mutating func append(_ record: ArraySlice<UInt8>, to partition: Int) {
        places.append((partition, records.count..<records.count + record.count))
        records += record
    }

    /// Writes the file, whole or not at all; its name is durable when its folder is synchronised.
    func write(to path: String) throws(Failure) {
        var sizes = [Int](repeating: 0, count: partitions.count)
        for place in places { sizes[place.partition] += place.bytes.count }
        let header = SpoolFile.headerBytes(partitions.count)
        var ends: [Int] = [header]
        for size in sizes { ends.append(ends[ends.count - 1] + size) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(header)
        for end in ends { bytes.append(littleEndian: UInt64(end)) }
        var next = ends
        let content = [UInt8](unsafeUninitializedCapacity: records.count) { output, count in
            records.withUnsafeBytes { source in
                for place in places {
                    let target = UnsafeMutableRawBufferPointer(output)[(next[place.partition] - header)...]
                    UnsafeMutableRawBufferPointer(rebasing: target).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: source[place.bytes]))
                    next[place.partition] += place.bytes.count
                }
            }
            count = records.count
        }
        let file = try AtomicFile(path)
        try file.write(bytes)
        try file.write(content)
        try file.commit(synchronizesFolder: false)
    }

    private static func headerBytes(_ partitions: Int) -> Int { 8 * (partitions + 1) }

    /// The records of a partition in all units' files, in the order of the units.
    static func records(
        of partition: Int, _ generation: Range<Int>, units: Int, in directory: String
    ) throws(Failure) -> [UInt8] {
        var parts: [(file: ReadableFile, bytes: Range<Int>)] = []
        for unit in 0..<units {
            let file = try ReadableFile(directory + "/" + ShardSchema.spoolName(unit))
            let range = try range(of: partition - generation.lowerBound, generation.count, in: file)
            if !range.isEmpty { parts.append((file, range)) }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.bytes.count })
        for part in parts { bytes += try part.file.read(at: part.bytes.lowerBound, count: part.bytes.count) }
        return bytes
    }

    private static func range(of index: Int, _ partitions: Int, in file: ReadableFile) throws(Failure) -> Range<Int> {
        let offsets = try file.read(at: 8 * index, count: 16)
        let (start, end) = (offsets.integer(UInt64.self, at: 0), offsets.integer(UInt64.self, at: 8))
        guard start >= UInt64(headerBytes(partitions)), start <= end, end <= UInt64(file.size) else {
            throw Failure(
                .badData, "does not hold the documents of partition \(index)", at: file.path,
                remedy: "remove the folder and run 'tessera shard' again")
        }
        return Int(start)..<Int(end)
    }

    /// Bytes of the files of all units.
    static func bytes(in directory: String) throws(Failure) -> Int {
        var bytes = 0
        for name in try Files.names(in: directory) where name.hasPrefix("spool-") && name.hasSuffix(".bin") {
            bytes += try Files.size(directory + "/" + name)
        }
        return bytes
    }

    /// Removes the files of all units.
    static func removeAll(in directory: String) throws(Failure) {
        for name in try Files.names(in: directory) where name.hasPrefix("spool-") && name.hasSuffix(".bin") {
            try Files.remove(directory + "/" + name)
        }
    }
}
