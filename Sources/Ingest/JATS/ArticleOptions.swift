/// What is kept of JATS articles beside their running text.
public struct ArticleOptions: Sendable, Equatable, Codable {
    /// Marks of citations in the text, as in `[3, 4]`.
    ///
    /// Dropped are numbers in brackets or above the line, and names and years in parentheses that hold nothing else; a
    /// citation that is a part of its sentence stays.
    public var citations = WikitextOptions.Keep.drop
    /// Labels and captions of figures and tables, each as a paragraph behind the one it stands in.
    public var captions = WikitextOptions.Keep.keep

    /// The defaults.
    public init() {}
}
