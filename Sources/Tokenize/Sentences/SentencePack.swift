/// A field whose abbreviations a splitter knows beside the common ones.
public enum SentencePack: String, Sendable, CaseIterable {
    /// What every text has: titles, months, places, companies, Latin.
    case general
    /// Courts, reporters, statutes.
    case legal
    /// Journals, units, routes of administration, taxonomy.
    case biomedical

    /// All of them, the default: they hardly get in each other's way.
    public static let all = Set(allCases)
}
