import ArgumentParser
import Foundation
import Streaming

/// What the text filters share: a file or standard input in, batches of lines over worker threads, order kept.
struct FilterOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The text to read; standard input when missing or '-'.", valueName: "file"))
    var file: String?

    @OptionGroup var threads: JobOptions

    /// Runs `transform` over batches of lines and writes what it appends to stdout, in order; what it appended before
    /// it failed is written first.
    func run(_ transform: @escaping @Sendable ([[UInt8]], inout [UInt8]) throws -> Void) throws {
        var input = try InputLines(file)
        var output = StandardOutput()
        try orderedParallelMap(
            jobs: threads.jobs, source: { try input.nextBatch() },
            transform: { lines -> (bytes: [UInt8], failure: (any Error)?) in
                var bytes: [UInt8] = []
                do { try transform(lines, &bytes) } catch { return (bytes, error) }
                return (bytes, nil)
            },
            consume: { batch in
                try output.write(batch.bytes)
                guard let failure = batch.failure else { return }
                try output.flush()
                throw failure
            })
        try output.flush()
    }

    /// The same over blocks of whole lines with their ends, about half a MiB each; the last line may have no end.
    func runBlocks(_ transform: @escaping @Sendable ([UInt8]) throws -> [UInt8]) throws {
        var input = try InputLines(file)
        var output = StandardOutput()
        try orderedParallelMap(
            jobs: threads.jobs, source: { try input.nextBlock() }, transform: transform,
            consume: { try output.write(block: $0) })
        try output.flush()
    }
}

/// One JSON object a line, in and out, for the filters' `--jsonl`.
enum JSONLine {
    /// The object in `line`; nil for a blank line.
    static func parse(_ line: [UInt8]) throws(Failure) -> [String: Any]? {
        if line.allSatisfy({ $0 == 32 || $0 == 9 }) { return nil }
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
            throw Failure(
                .badData, "a line is not a JSON object: \(String(decoding: line.prefix(60), as: UTF8.self))",
                remedy: #"give one {"id": ..., "text": ...} a line"#)
        }
        return object
    }

    /// The text of `object["text"]` as bytes.
    static func text(_ object: [String: Any]) throws(Failure) -> [UInt8] {
        guard let text = object["text"] as? String else {
            throw Failure(
                .badData, "the object with id \(object["id"] ?? "?") has no \"text\"",
                remedy: #"give one {"id": ..., "text": ...} a line"#)
        }
        return Array(text.utf8)
    }

    /// A value as JSON.
    static func value(_ value: Any) throws(Failure) -> [UInt8] {
        do {
            let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed]
            return try [UInt8](JSONSerialization.data(withJSONObject: value, options: options))
        } catch {
            throw Failure(.bug, "a JSON value does not encode: \(error)")
        }
    }

    /// `object` as one line with its end.
    static func format(_ object: [String: Any]) throws(Failure) -> [UInt8] {
        do {
            let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
            return try [UInt8](JSONSerialization.data(withJSONObject: object, options: options)) + [10]
        } catch {
            throw Failure(.bug, "a JSON line does not encode: \(error)")
        }
    }
}
