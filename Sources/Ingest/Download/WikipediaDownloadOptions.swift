/// What to fetch of Wikipedia's dumps, from where.
public struct WikipediaDownloadOptions: Sendable {
    /// The files of a dump.
    public enum File: String, Sendable, CaseIterable {
        /// Articles in one bzip2 stream for each 100 pages, with the index of the streams.
        case multistream = "pages-articles-multistream"
        /// Articles in one bzip2 stream.
        case articles = "pages-articles"

        /// The names' endings.
        var endings: [String] {
            switch self {
            case .multistream: ["pages-articles-multistream.xml.bz2", "pages-articles-multistream-index.txt.bz2"]
            case .articles: ["pages-articles.xml.bz2"]
            }
        }
    }

    /// Wikimedia's own server.
    public static let wikimedia = "https://dumps.wikimedia.org"

    /// The language's code, as in `en`.
    public var language = "en"
    /// `YYYYMMDD`, or `latest` for the newest dump that is done.
    public var date = "latest"
    /// Which file.
    public var file = File.multistream
    /// The address above the wikis' folders.
    public var mirror = WikipediaDownloadOptions.wikimedia
    /// Who asks; Wikimedia refuses clients that do not say.
    public var userAgent = ""
    /// Tries without progress before it is given up.
    public var attempts = 6
    /// Seconds before the second try.
    public var retryDelay = 2.0

    /// English, the newest, multistream.
    public init() {}
}
