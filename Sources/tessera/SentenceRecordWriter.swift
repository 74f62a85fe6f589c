import Foundation
import Streaming
import Tokenize

/// Splits lines of `{"id", "lang", "text"}`, on any number of threads.
///
/// The dictionary of splitters by language is read and written under the lock alone, hence the unchecked conformance.
final class SentenceRecordWriter: @unchecked Sendable {
    private let options: SentenceOptions
    private let offsets: Bool
    private let path: String
    private let lock = NSLock()
    private var splitters: [String: SentenceSplitter] = [:]

    /// - Parameters:
    ///   - offsets: whether to tell where sentences begin and end in the text, in characters.
    ///   - path: where the lines come from, for failures.
    init(options: SentenceOptions, offsets: Bool, path: String) {
        (self.options, self.offsets, self.path) = (options, offsets, path)
    }

    /// Whole lines in, a line `{"id", "sentences"}` out for each that is not blank.
    func split(_ input: InputBlocks.Block) throws -> [UInt8] {
        let block = input.bytes
        var output: [UInt8] = []
        output.reserveCapacity(block.count + block.count / 4 + 64)
        var cutters: [String: SentenceCutter] = [:]
        var ranges: [Range<Int>] = []
        var start = 0
        while start < block.count {
            let end = SentenceCutter.lineEnd(block, start)
            defer { start = end + 1 }
            guard let record = try record(block, start..<end, input.firstByte) else { continue }
            let language = record.language ?? options.language
            var cutter = try cutters.removeValue(forKey: language) ?? splitter(language).makeCutter()
            ranges.removeAll(keepingCapacity: true)
            cutter.cutLines(record.text, into: &ranges)
            cutters[language] = cutter
            append(record, ranges, to: &output)
        }
        return output
    }

    private func record(_ block: [UInt8], _ line: Range<Int>, _ firstByte: Int) throws(Failure) -> JSONTextRecord? {
        do {
            return try JSONTextRecord(block, line)
        } catch {
            let place = "\(path), line at byte \(firstByte + line.lowerBound)"
            throw Failure(error.code, error.message, at: place, remedy: error.remedy)
        }
    }

    private func append(_ record: JSONTextRecord, _ ranges: [Range<Int>], to output: inout [UInt8]) {
        output.append(contentsOf: #"{"id":"#.utf8)
        output.append(contentsOf: record.id)
        if offsets {
            output.append(contentsOf: #","offsets":["#.utf8)
            var counter = CharacterCounter()
            for (index, range) in ranges.enumerated() {
                let first = counter.count(record.text, to: range.lowerBound)
                let last = counter.count(record.text, to: range.upperBound)
                if index > 0 { output.append(UInt8(ascii: ",")) }
                output.append(UInt8(ascii: "["))
                ByteScan.append(first, to: &output)
                output.append(UInt8(ascii: ","))
                ByteScan.append(last, to: &output)
                output.append(UInt8(ascii: "]"))
            }
            output.append(UInt8(ascii: "]"))
        }
        output.append(contentsOf: #","sentences":["#.utf8)
        for (index, range) in ranges.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSONTextRecord.append(record.text, range, to: &output)
        }
        output.append(contentsOf: "]}\n".utf8)
    }

    private func splitter(_ language: String) throws -> SentenceSplitter {
        try lock.withLock {
            if let known = splitters[language] { return known }
            let splitter = try options.splitter(language)
            splitters[language] = splitter
            return splitter
        }
    }
}
