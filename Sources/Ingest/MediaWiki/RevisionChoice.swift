/// Which revisions of a page become documents.
public enum RevisionChoice: String, Sendable, Codable, CaseIterable {
    /// The latest of those in the dump.
    case last
    /// Each, as a document of its own.
    case all
}
