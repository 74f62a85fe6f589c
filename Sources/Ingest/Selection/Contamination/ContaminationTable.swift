internal import Foundation
internal import Storage
internal import Streaming

/// The passages of benchmark files, for finding them in documents.
///
/// A passage is 13 words in a row (Brown et al. 2020, appendix C); an example of 8 to 12 words is one passage, a
/// shorter one is too common to tell anything and is passed over. Every cell of a tab-separated line and every string
/// of a JSON line is an example. Read once, then shared by all workers; up to 84 bytes of memory a passage.
final class ContaminationTable: Sendable {
    /// Words of a passage.
    static let passageWords = 13
    /// Words of the shortest example that counts.
    static let leastWords = 8
    private static let maximumLineBytes = 16 << 20

    private let files: [String]
    /// The lengths of passages that occur, rising.
    let lengths: [Int]
    /// Passages in it.
    let count: Int
    /// Open addressing: a passage's hash, and the file and the row it stands in.
    private let keys: [UInt64]
    private let places: [UInt64]
    private let bits: UInt64
    /// A bit for some of the keys each: small enough for the cache, it answers for most words that are in no passage.
    private let filter: [UInt64]

    /// Reads the files, plain or compressed.
    init(_ files: [String]) throws(Failure) {
        self.files = files
        var passages: [(key: UInt64, place: UInt64)] = []
        var lengths: Set<Int> = []
        for (number, path) in files.enumerated() {
            try Self.read(path) { hashes, row in
                Self.forEachPassage(hashes) { key, length in
                    passages.append((key, UInt64(number) << 40 | UInt64(row)))
                    lengths.insert(length)
                }
            }
        }
        self.lengths = lengths.sorted()
        // At most half full.
        let bits = max(4, Int.bitWidth - max(1, passages.count).leadingZeroBitCount + 1)
        var keys = [UInt64](repeating: 0, count: 1 << bits)
        var places = [UInt64](repeating: 0, count: 1 << bits)
        var filter = [UInt64](repeating: 0, count: 1 << (bits - 3))
        var count = 0
        for passage in passages {
            var slot = Int(passage.key >> UInt64(64 - bits))
            while keys[slot] != 0, keys[slot] != passage.key { slot = (slot + 1) & (1 << bits - 1) }
            if keys[slot] != 0 { continue }
            keys[slot] = passage.key
            places[slot] = passage.place
            let bit = Int(passage.key >> UInt64(61 - bits))
            filter[bit >> 6] |= 1 << UInt64(bit & 63)
            count += 1
        }
        (self.keys, self.places, self.filter) = (keys, places, filter)
        (self.count, self.bits) = (count, UInt64(bits))
    }

    private static func read(_ path: String, _ take: (_ hashes: [UInt64], _ row: Int) -> Void) throws(Failure) {
        var lines = LineReader(try Compression.open(path), limit: maximumLineBytes)
        var row = 0
        while let line = try lines.next() {
            row += 1
            guard !line.isTooLong else {
                throw Failure(
                    .badData, "row \(row) is longer than \(maximumLineBytes) bytes", at: path,
                    remedy: "give the benchmark's text with one example a line")
            }
            for example in examples(line.bytes) { take(WordScanner.hashes(of: example), row) }
        }
    }

    private static func examples(_ line: [UInt8]) -> [[UInt8]] {
        if line.first == UInt8(ascii: "{"), let value = try? JSONSerialization.jsonObject(with: Data(line)) {
            var texts: [[UInt8]] = []
            collect(value, into: &texts)
            return texts
        }
        return line.split(separator: 0x09).map { Array($0) }
    }

    /// The parser bounds the depth.
    private static func collect(_ value: Any, into texts: inout [[UInt8]]) {
        switch value {
        case let text as String: texts.append(Array(text.utf8))
        case let list as [Any]: for item in list { collect(item, into: &texts) }
        case let object as [String: Any]: for key in object.keys.sorted() { collect(object[key] ?? "", into: &texts) }
        default: break
        }
    }

    private static func forEachPassage(_ hashes: [UInt64], _ take: (_ key: UInt64, _ length: Int) -> Void) {
        guard hashes.count >= leastWords else { return }
        let length = min(passageWords, hashes.count)
        var passage = PassageHash(length: length)
        for hash in hashes {
            passage.add(hash)
            if passage.isFull { take(key(passage, length), length) }
        }
    }

    @inline(__always)
    private static func key(_ passage: PassageHash, _ length: Int) -> UInt64 {
        let key = passage.value ^ UInt64(length) &* 0x9E37_79B9_7F4A_7C15
        return key == 0 ? 1 : key
    }

    /// Where the first benchmark passage in a text comes from, as in `13 words of RTE/dev.tsv row 7`; nil when the text
    /// holds none.
    func firstPassage(in text: [UInt8]) -> String? {
        guard count > 0 else { return nil }
        var passages = lengths.map { PassageHash(length: $0) }
        for hash in WordScanner.hashes(of: text) {
            for index in passages.indices {
                passages[index].add(hash)
                guard passages[index].isFull else { continue }
                let key = Self.key(passages[index], lengths[index])
                if mayContain(key), let place = place(of: key) {
                    let row = place & (1 << 40 - 1)
                    return "\(lengths[index]) words of \(files[Int(place >> 40)]) row \(row)"
                }
            }
        }
        return nil
    }

    @inline(__always)
    private func mayContain(_ key: UInt64) -> Bool {
        let bit = Int(key >> (61 - bits))
        return filter[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    private func place(of key: UInt64) -> UInt64? {
        var slot = Int(key >> (64 - bits))
        while keys[slot] != 0 {
            if keys[slot] == key { return places[slot] }
            slot = (slot + 1) & (1 << Int(bits) - 1)
        }
        return nil
    }
}
