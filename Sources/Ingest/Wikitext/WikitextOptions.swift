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

    /// Headings, each as a paragraph of its own; a heading below which all was dropped goes in any case.
    public var headings: Keep
    /// Items of `*`, `#` and `;` lists, each as a paragraph of its own.
    public var lists: Keep
    /// Tables, in wikitext or HTML.
    public var tables: Tables
    /// Headings whose sections go whole, with the sections below them.
    ///
    /// Case does not matter.
    public var droppedSections: [String]
    /// Pages that only list what a title may mean; dropped, they are set aside as `disambiguation`.
    public var disambiguation: Keep
    /// Rules for templates in the language of `template-rules.txt`, which go before those of the program.
    public var templateRules: String

    /// Creates options; the defaults are those of a corpus of prose.
    public init(
        headings: Keep = .keep, lists: Keep = .keep, tables: Tables = .drop,
        droppedSections: [String] = apparatusSections, disambiguation: Keep = .keep, templateRules: String = ""
    ) {
        self.headings = headings
        self.lists = lists
        self.tables = tables
        self.droppedSections = droppedSections
        self.disambiguation = disambiguation
        self.templateRules = templateRules
    }
}
