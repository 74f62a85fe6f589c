public import Streaming

extension ShardConfiguration {
    /// Lengths of a set at most.
    static let lengths = 8

    /// Refuses values outside their ranges.
    public func validate() throws(Failure) {
        // The limits of predictions are computed from the probability.
        try validateMasks()
        try validateLengths()
        let probabilities = [shortSequenceProbability, randomNextProbability]
        try need(probabilities.allSatisfy { (0...1).contains($0) }, "a probability must be 0 to 1")
        try need((1...1000).contains(duplicateFactor), "the duplicate factor must be 1 to 1000, not \(duplicateFactor)")
        try need(
            weights.allSatisfy { $0 >= 0 && $0 <= 1000 } && (weights.isEmpty || weights.contains { $0 > 0 }),
            "the weight of a corpus must be 0 to 1000, and one of them above 0")
        try need(
            validationFraction >= 0 && validationFraction < 1, "the validation fraction must be 0 or more, below 1")
        try need(
            (1 << 10...1 << 32).contains(partitionBytes),
            "the partition size must be 1 KiB to 4 GiB, not \(partitionBytes)")
        try need(
            packing == .document || objective == .mlm,
            "packing across documents is for --objective mlm; the others pair segments")
    }

    private func validateLengths() throws(Failure) {
        try need(
            (1...ShardConfiguration.lengths).contains(sequenceLengths.count)
                && Set(sequenceLengths).count == sequenceLengths.count,
            "the sequence lengths must be 1 to \(ShardConfiguration.lengths) different ones")
        for length in sequenceLengths {
            try need((8...32_768).contains(length), "the sequence length must be 8 to 32768, not \(length)")
            try need(
                (1...length).contains(predictionLimit(length)),
                "the predictions of a sequence must be 1 to \(length), not \(predictionLimit(length))")
        }
    }

    private func validateMasks() throws(Failure) {
        try need(maskProbability > 0 && maskProbability < 1, "the mask probability must lie between 0 and 1")
        try need(!wholeWord || !spans, "spans are made of whole words: leave --whole-word out")
    }

    private func need(_ holds: Bool, _ message: String) throws(Failure) {
        if !holds { throw Failure(.usage, message, remedy: "correct the option") }
    }
}
