internal import CKernels

/// Puts the layers together from named parameters, with Hugging Face's names and a dropout number for each place.
struct NetworkBuilder {
    let configuration: BertConfiguration
    let head: ModelHead
    let views: ParameterViews
    let parts: OwnParts

    var encoder: EncoderStack {
        let isPre = configuration.normPlacement == .pre
        return EncoderStack(
            embeddings: embeddings, blocks: (0..<configuration.layers).map(block),
            finalNorm: isPre ? LayerNorm(parameters: views.norm("bert.LayerNorm")) : nil, gradientRooms: gradientRooms)
    }

    /// From each layer's first gradient to the next layer's; none where layers do not lie one behind the other.
    private var gradientRooms: [MatrixView] {
        let names = (0..<configuration.layers).map { "bert.encoder.layer.\($0)." }
        let entries = names.map { name in views.layout.entries.filter { $0.name.hasPrefix(name) } }
        let starts = entries.map { $0.first?.offset ?? 0 } + [entries.last?.last?.range.upperBound ?? 0]
        let isInOrder = zip(entries, starts.dropFirst()).allSatisfy { own, next in
            own.allSatisfy { $0.range.upperBound <= next } && !own.isEmpty
        }
        guard isInOrder else { return [] }
        return zip(starts, starts.dropFirst()).map {
            MatrixView(views.gradients.base + $0, rows: 1, columns: $1 - $0)
        }
    }

    private var activation: ck_activation { configuration.activation.kernel }

    private var embeddings: Embeddings {
        let prefix = "bert.embeddings."
        return Embeddings(
            word: views.matrix(prefix + "word_embeddings.weight"),
            position: views.matrix(prefix + "position_embeddings.weight"),
            type: views.matrix(prefix + "token_type_embeddings.weight"), norm: views.norm(prefix + "LayerNorm"),
            site: DropoutSite(number: 0, rate: configuration.hiddenDropout), pad: configuration.padTokenID)
    }

    private func block(_ index: Int) -> EncoderBlock {
        if let own = parts.layers[index] { return .own(own) }
        return .bert(layer(index))
    }

    private func layer(_ index: Int) -> EncoderLayer {
        let prefix = "bert.encoder.layer.\(index)."
        let names = ParameterLayout.normNames(prefix, configuration.normPlacement)
        let attention = SelfAttention(
            projection: stackedProjection(prefix + "attention.self."),
            attention: MultiHeadAttention(
                heads: configuration.heads, headSize: configuration.headSize,
                site: DropoutSite(number: UInt32(4 * index + 1), rate: configuration.attentionDropout)),
            output: output(prefix + "attention.output", norm: names.attention, number: UInt32(4 * index + 2)))
        let feedForward = FeedForward(
            inner: views.linear(prefix + "intermediate.dense"),
            output: output(prefix + "output", norm: names.feedForward, number: UInt32(4 * index + 3)),
            activation: activation)
        return EncoderLayer(attention: attention, feedForward: feedForward)
    }

    /// Query, key and value lie side by side in the layout.
    private func stackedProjection(_ prefix: String) -> LinearParameters {
        views.linear(prefix + "query", stacked: 3)
    }

    private func output(_ prefix: String, norm: String, number: UInt32) -> SublayerOutput {
        SublayerOutput(
            dense: views.linear(prefix + ".dense"), norm: views.norm(norm), placement: configuration.normPlacement,
            site: DropoutSite(number: number, rate: configuration.hiddenDropout))
    }

    var pooler: Pooler? { head.hasPooler ? Pooler(dense: views.linear("bert.pooler.dense")) : nil }

    var maskedHead: MaskedLanguageModelHead? {
        guard head.predictsMaskedTokens else { return nil }
        return MaskedLanguageModelHead(
            transform: views.linear("cls.predictions.transform.dense"),
            norm: views.norm("cls.predictions.transform.LayerNorm"),
            decoder: views.matrix(ParameterLayout.decoderName(configuration)),
            bias: views.vector("cls.predictions.bias"),
            activation: activation)
    }

    var sequenceHead: SequenceHead? {
        guard let pooler, head.sequenceOutputs > 0 else { return nil }
        let isPretraining = head.predictsMaskedTokens
        let rate = isPretraining ? 0 : configuration.classifierDropout ?? configuration.hiddenDropout
        return SequenceHead(
            pooler: pooler, classifier: views.linear(isPretraining ? "cls.seq_relationship" : "classifier"),
            site: DropoutSite(number: UInt32.max, rate: rate), isRegression: head.isRegression)
    }
}
