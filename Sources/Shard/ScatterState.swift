/// Counts of the first pass over a unit, or over all units of a generation.
struct ScatterState: Codable, Equatable, Sendable {
    var documents = 0
    var emptyDocuments = 0
    var sentences = 0
    var tokens = 0
    var textBytes = 0
    var validation = ValidationChoice()

    static func + (left: ScatterState, right: ScatterState) -> ScatterState {
        ScatterState(
            documents: left.documents + right.documents, emptyDocuments: left.emptyDocuments + right.emptyDocuments,
            sentences: left.sentences + right.sentences, tokens: left.tokens + right.tokens,
            textBytes: left.textBytes + right.textBytes, validation: left.validation + right.validation)
    }
}
