internal import Foundation
public import Streaming

extension BertModel {
    /// Writes `model.safetensors` and `config.json` under Hugging Face's names into an existing folder.
    public func save(to directory: String) throws(Failure) {
        var items = layout.entries.map { entry in
            SafeTensors.Item(name: entry.name, shape: entry.shape, content: .floats(parameters, entry.range))
        }
        if !configuration.tiesWordEmbeddings, let bias = layout["cls.predictions.bias"] {
            // Hugging Face's library ties the decoder's bias to this one only where it ties the weights.
            items.append(
                SafeTensors.Item(
                    name: "cls.predictions.decoder.bias", shape: bias.shape, content: .floats(parameters, bias.range)))
        }
        try SafeTensors.write(items, to: directory + "/model.safetensors")
        try configuration.write(to: directory, head: head)
    }

    /// Reads the weights of a Hugging Face BERT with safetensors, or of a checkpoint of ours.
    ///
    /// Names without `bert.`, LayerNorm's old `gamma` and `beta`, and separately stored copies of the tied decoder are
    /// understood.
    /// Pooler and heads that the file lacks stay as they are (call `initialize` before). All shapes are checked before
    /// anything is read. Tensors this model has no use for are passed over. An untied decoder that the file lacks becomes
    /// a copy of the word embeddings.
    /// - Parameter directory: the folder of `model.safetensors`, or that file.
    /// - Returns: the parameters left as they were.
    @discardableResult
    public func loadPretrained(_ directory: String) throws(Failure) -> [String] {
        let file = try SafeTensorsFile(try Self.weightFile(directory))
        let names = Self.canonicalNames(file, tiesWordEmbeddings: configuration.tiesWordEmbeddings)
        var sources: [(entry: ParameterLayout.Entry, name: String)] = []
        var missing: [String] = []
        for entry in layout.entries {
            if let name = names[entry.name] {
                try check(file, name, entry)
                sources.append((entry, name))
            } else {
                missing.append(entry.name)
            }
        }
        if let name = missing.first(where: isIndispensable) {
            let placement = configuration.normPlacement.rawValue
            throw Failure(
                .badData, "holds no tensor \(name)", at: file.path,
                remedy: "the file must be a \(placement)-LN BERT with at least \(configuration.layers) layers in "
                    + "Hugging Face's names")
        }
        for source in sources { try file.read(source.name, into: parameters, at: source.entry.offset) }
        return missing.filter { !copiesEmbeddings(to: $0) }
    }

    /// A model that lacks parts of its encoder is no model.
    private func isIndispensable(_ name: String) -> Bool {
        name.hasPrefix("bert.") && !name.hasPrefix("bert.pooler.") && layout[name]?.isOwn == false
    }

    /// Begins an untied decoder as the tied one would be.
    private func copiesEmbeddings(to name: String) -> Bool {
        guard name == "cls.predictions.decoder.weight", let decoder = layout[name],
            let embeddings = layout["bert.embeddings.word_embeddings.weight"]
        else { return false }
        (parameters.base + decoder.offset).update(from: parameters.base + embeddings.offset, count: decoder.count)
        return true
    }

    private static func weightFile(_ path: String) throws(Failure) -> String {
        guard Files.isDirectory(path) else { return path }
        let file = path + "/model.safetensors"
        guard !Files.exists(file) else { return file }
        if Files.exists(path + "/model.safetensors.index.json") {
            throw Failure(
                .noInput, "the weights are split into several files, which is not supported", at: path,
                remedy: "save the model again in one file, with a larger max_shard_size")
        }
        let hasPickle = Files.exists(path + "/pytorch_model.bin")
        throw Failure(
            .noInput, "has no model.safetensors", at: path,
            remedy: hasPickle
                ? "pytorch_model.bin is a pickle: convert it to safetensors" : "name a folder that holds one")
    }

    /// From our names to those in the file.
    private static func canonicalNames(_ file: SafeTensorsFile, tiesWordEmbeddings: Bool) -> [String: String] {
        var names: [String: String] = [:]
        // In order of the names, so that which of two spellings wins does not depend on chance.
        for name in file.tensors.keys.sorted() {
            var canonical = name
            if let first = name.split(separator: ".").first,
                ["embeddings", "encoder", "pooler", "LayerNorm"].contains(first)
            {
                canonical = "bert." + name
            }
            if canonical.hasSuffix("LayerNorm.gamma") { canonical = canonical.dropLast(5) + "weight" }
            if canonical.hasSuffix("LayerNorm.beta") { canonical = canonical.dropLast(4) + "bias" }
            names[canonical] = name
        }
        // Where both are there and differ, an untied decoder adds its own.
        if let own = names["cls.predictions.decoder.bias"], names["cls.predictions.bias"] == nil || !tiesWordEmbeddings
        {
            names["cls.predictions.bias"] = own
        }
        return names
    }

    private func check(_ file: SafeTensorsFile, _ name: String, _ entry: ParameterLayout.Entry) throws(Failure) {
        let tensor = try file.tensor(name)
        guard tensor.shape != entry.shape else { return }
        let remedy =
            switch entry.name {
            case "bert.embeddings.word_embeddings.weight", "cls.predictions.bias", "cls.predictions.decoder.weight":
                "use the vocabulary that belongs to these weights"
            case "bert.embeddings.position_embeddings.weight":
                "max_position_embeddings must be \(tensor.shape.first ?? 0)"
            case "classifier.weight", "classifier.bias": "these weights were fine-tuned with other labels"
            default: "use the config.json that belongs to these weights"
            }
        throw Failure(
            .badData, "tensor \(name) has the shape \(tensor.shape), the model needs \(entry.shape)", at: file.path,
            remedy: remedy)
    }
}
