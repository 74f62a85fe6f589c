internal import Streaming
internal import Tokenize

/// A task's examples as ids: for training, and to evaluate and to predict on.
struct FinetuneData {
    /// A file to evaluate or to predict on.
    struct Split {
        var examples: EncodedExamples
        var names: GlueTask.Split
    }

    let task: GlueTask
    let tokenizer: WordPieceTokenizer
    let train: EncodedExamples
    let development: [Split]
    /// The files without labels that are there.
    let test: [Split]
    let skippedRows: Int

    init(
        task: GlueTask, folder: String, tokenizer: WordPieceTokenizer, maxLength: Int, vocabularySize: Int
    ) throws(Failure) {
        guard tokenizer.vocabulary.count <= vocabularySize else {
            throw Failure(
                .badData, "the vocabulary has \(tokenizer.vocabulary.count) pieces, the model \(vocabularySize)",
                remedy: "the model's folder must hold its own vocab.txt")
        }
        self.task = task
        self.tokenizer = tokenizer
        var skipped = 0
        func encode(_ examples: GlueExamples) -> EncodedExamples {
            skipped += examples.skippedRows
            return EncodedExamples(examples, task: task, tokenizer: tokenizer, maxLength: maxLength)
        }
        train = encode(try GlueExamples.labelled(folder + "/train.tsv", task: task))
        var (development, test): ([Split], [Split]) = ([], [])
        for names in task.splits {
            let labelled = try GlueExamples.labelled("\(folder)/\(names.development)", task: task)
            development.append(Split(examples: encode(labelled), names: names))
            let path = "\(folder)/\(names.test)"
            guard Files.exists(path) else { continue }
            test.append(Split(examples: encode(try GlueExamples.unlabelled(path, task: task)), names: names))
        }
        (self.development, self.test, skippedRows) = (development, test, skipped)
    }
}
