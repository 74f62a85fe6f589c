/// What a byte is to the cutter of texts: ASCII white space and punctuation always end a word, whatever is around.
enum RunKind {
    /// Part of a run that is normalised as a whole: letters, digits, controls, and every byte above ASCII.
    static let run: UInt8 = 0
    /// White space.
    static let space: UInt8 = 1
    /// A word by itself.
    static let punctuation: UInt8 = 2

    /// The kind of each byte.
    static let table: [UInt8] = (0..<256).map { (byte: UInt32) in
        let entry = byte < 128 ? ScalarProperties.reference[byte] : []
        if entry.contains(.punctuation) { return punctuation }
        return entry.contains(.space) || byte == 0x20 ? space : run
    }
}
