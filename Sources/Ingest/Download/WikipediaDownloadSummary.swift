/// A dump that a server has.
public struct WikipediaDumpEntry: Sendable, Codable {
    /// `YYYYMMDD`.
    public var date: String
    /// `done`, what the server says instead, or `unknown`.
    public var status: String
    /// Bytes of the files asked for, nil when not known.
    public var bytes: Int?
}

/// What a download brought.
public struct WikipediaDownloadSummary: Sendable, Codable {
    /// A file of it.
    public struct File: Sendable, Codable {
        /// Where it is now.
        public var path: String
        /// Its size.
        public var bytes: Int
        /// The publisher's checksum, which it has.
        public var checksum: String
        /// Bytes that an earlier run had brought; all of them when it was whole already.
        public var resumedFrom: Int
    }

    /// The dump's date.
    public var date: String
    /// The files.
    public var files: [File]
    /// Bytes of all of them.
    public var bytes: Int
    /// Wall-clock time.
    public var seconds: Double
    /// The program's version.
    public var version: String
    /// The folder.
    public var output: String
}
