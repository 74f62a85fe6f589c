internal import Shard
internal import Streaming

extension Inspection {
    /// What a set of shards holds.
    static func shards(_ path: String, _ options: InspectionOptions) throws(Failure) -> Inspection {
        let found = try ShardInspection(
            path, sequenceLength: options.sequenceLength, corpus: options.corpus, examples: options.examples,
            all: options.all, jobs: options.jobs,
            progress: options.progress)
        var inspection = Inspection()
        inspection.addShards(found)
        if found.lengths.count > 1 {
            inspection.add("lengths", values: found.lengths.map { ("\($0.sequenceLength)", $0.value) })
        }
        for (name, split) in [("train", found.train), ("validation", found.validation)] {
            inspection.add(name, values: split.values)
        }
        inspection.add("sample", values: found.sample.values)
        inspection.add(
            "sources",
            values: found.sources.map {
                ($0.uri, .object([("documents", .whole($0.documents)), ("tokens", .whole($0.tokens))]))
            })
        if let unknown = found.unknown {
            inspection.add(
                "unknown_words",
                values: [("text_bytes_read", .whole(unknown.textBytes))]
                    + unknown.words.map { ($0.word, .whole($0.count)) })
        }
        for (number, example) in found.examples.enumerated() {
            inspection.add("example_\(number)", values: example.values(found.information.objective))
        }
        inspection.add("notes", values: found.notes.enumerated().map { ("\($0.offset)", .text($0.element)) })
        return inspection
    }

    private mutating func addShards(_ found: ShardInspection) {
        let (information, history) = (found.information, found.history)
        let length = found.lengths.first { $0.sequenceLength == information.sequenceLength }
        add(
            "shards",
            values: [
                ("instances", .whole(information.trainInstances + information.validationInstances)),
                ("tokens", .whole(information.tokens)), ("bytes", .whole(information.bytes)),
                ("bytes_per_token", .real(length?.bytesPerToken ?? 0)), ("partitions", .whole(information.partitions)),
                ("documents", .whole(information.documents)),
                ("generations", .whole(history.generations)),
                ("removed_documents", .whole(history.removedDocuments)),
                ("sentences", .whole(information.sentences)),
                ("vocabulary_size", .whole(information.vocabularySize)),
                ("sequence_length", .whole(information.sequenceLength)),
                ("sequence_lengths", .list(information.sequenceLengths.map { .whole($0) })),
                ("max_predictions", .whole(information.maxPredictions)),
                ("objective", .text(information.objective.rawValue)), ("masking", .text(information.masking.rawValue)),
                ("masked_together", .text(information.configuration.maskedTogether)),
                ("seed", .text("\(information.seed)")), ("digest", .text(information.digest)),
            ])
    }
}

extension ShardInspection.Length {
    fileprivate var value: Inspection.Value {
        .object([
            ("instances", .whole(instances)), ("tokens", .whole(tokens)), ("bytes", .whole(bytes)),
            ("bytes_per_token", .real(bytesPerToken)), ("fill_percent", .real(fillPercent)),
        ])
    }
}

extension ShardInspection.Split {
    fileprivate var values: [(String, Inspection.Value)] {
        [
            ("instances", .whole(instances)), ("tokens", .whole(tokens)), ("fill_percent", .real(fillPercent)),
            ("random_next_percent", .real(randomNextPercent)), ("short_percent", .real(shortPercent)),
            ("lengths", .list(lengths.map { .whole($0) })),
        ]
    }
}

extension ShardInspection.Sample {
    fileprivate var values: [(String, Inspection.Value)] {
        [
            ("instances", .whole(instances)), ("documents", .whole(documents)), ("tokens", .whole(tokens)),
            ("unknown_tokens", .whole(unknownTokens)), ("unknown_documents", .whole(unknownDocuments)),
            ("random_next_percent", .real(randomNextPercent)), ("predicted_percent", .real(predictedPercent)),
            ("masked_percent", .real(maskedPercent)), ("random_percent", .real(randomPercent)),
            ("kept_percent", .real(keptPercent)),
        ]
    }
}

extension ShardExample {
    fileprivate func values(_ objective: ShardObjective) -> [(String, Inspection.Value)] {
        var values: [(String, Inspection.Value)] = [("index", .whole(index)), ("length", .whole(length))]
        if objective != .mlm {
            let names = objective == .sop ? ("swapped", "in order") : ("random", "next")
            values.append(("label", .text(isRandomNext ? names.0 : names.1)))
        }
        values.append(("pieces", .text(pieces)))
        for (number, run) in runs.enumerated() {
            // Segments have letters; runs of many documents have numbers.
            let name = objective == .mlm ? (runs.count > 1 ? "run_\(number)" : "text") : number == 0 ? "a" : "b"
            values.append((name, .text(run.text)))
            values += ShardExample.values(objective == .mlm && runs.count == 1 ? "" : name + "_", run.document)
        }
        return values
    }

    private static func values(_ prefix: String, _ document: Document) -> [(String, Inspection.Value)] {
        var values: [(String, Inspection.Value)] = [(prefix + "document", .whole(Int(document.id)))]
        let texts = [
            ("corpus", document.corpus), ("source", document.source), ("external_id", document.externalID),
            ("revision", document.revision), ("title", document.title), ("url", document.url),
            ("journal", document.journal),
            ("found", document.isFound.map { $0 ? "yes" : "no" }),
        ]
        for case (let name, let text?) in texts where !text.isEmpty { values.append((prefix + name, .text(text))) }
        return values
    }
}

extension ShardConfiguration {
    fileprivate var maskedTogether: String { spans ? "spans" : wholeWord ? "words" : "pieces" }
}
