/// What the cleaner keeps of a page.
public struct WikitextOptions: Sendable, Equatable, Codable {
    /// Whether a kind of text stays.
    public enum Keep: String, Codable, CaseIterable, Sendable { case keep, drop }

    /// What becomes of tables.
    public enum Tables: String, Codable, CaseIterable, Sendable {
        /// Tables go, counted as loss.
        case drop
        /// A row becomes a line, its cells joined by a space.
        case text
    }

    /// Headings, each as a paragraph of its own; a heading without any text below it goes in any case.
    public var headings: Keep
    /// Items of `*`, `#` and `;` lists, each as a paragraph of its own.
    public var lists: Keep
    /// Tables, in wikitext or HTML.
    public var tables: Tables
    /// Headings whose sections go whole, with the sections below them. Case does not matter.
    public var droppedSections: [String]

    /// Sections of the English Wikipedia that hold apparatus, not prose.
    public static let englishDroppedSections = [
        "References", "Reference", "Notes and references", "References and notes", "Footnotes", "Notes", "Endnotes",
        "Citations", "Notes and citations", "Sources", "Bibliography", "Works cited", "Selected bibliography",
        "General references", "Cited sources", "External links", "External link", "Weblinks", "See also",
        "Further reading", "Further information", "Literature",
    ]

    /// Creates options; the defaults are those of an English corpus of prose.
    public init(
        headings: Keep = .keep, lists: Keep = .keep, tables: Tables = .drop,
        droppedSections: [String] = englishDroppedSections
    ) {
        self.headings = headings
        self.lists = lists
        self.tables = tables
        self.droppedSections = droppedSections
    }
}
