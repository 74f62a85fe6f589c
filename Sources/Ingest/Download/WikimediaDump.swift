internal import Foundation
internal import Streaming

/// Where Wikimedia and its mirrors keep the dumps of a wiki.
///
/// https://meta.wikimedia.org/wiki/Data_dumps describes the folders and `dumpstatus.json`.
struct WikimediaDump {
    /// The address above the wikis' folders, without a slash at its end.
    let mirror: String
    /// The wiki's name, as in `enwiki`.
    let wiki: String

    /// - Parameters:
    ///   - mirror: an http or https address.
    ///   - language: a language of Wikipedia, as in `en`.
    init(mirror: String, language: String) throws(Failure) {
        guard mirror.hasPrefix("https://") || mirror.hasPrefix("http://") else {
            throw Failure(.usage, "'\(mirror)' is no http or https address", remedy: "mend --mirror")
        }
        let isCode = !language.isEmpty && language.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D }
        guard isCode, language.utf8.count <= 40 else {
            throw Failure(.usage, "'\(language)' is no language of Wikipedia", remedy: "give a code such as en or de")
        }
        self.mirror = String(mirror.reversed().drop { $0 == "/" }.reversed())
        let code = language.lowercased()
        wiki = (WikimediaDump.names[code] ?? code.replacingOccurrences(of: "-", with: "_")) + "wiki"
    }

    /// Codes whose wiki has another name.
    private static let names = [
        "be-tarask": "be_x_old", "nb": "no", "gsw": "als", "yue": "zh_yue", "nan": "zh_min_nan",
    ]

    /// The folder of all dumps of the wiki.
    var folder: String { "\(mirror)/\(wiki)/" }

    /// The address of a file of one dump.
    func address(_ date: String, _ name: String) -> String { "\(folder)\(date)/\(name)" }

    /// A file's name, as in `enwiki-20260101-pages-articles.xml.bz2`.
    func name(_ date: String, _ ending: String) -> String { "\(wiki)-\(date)-\(ending)" }

    /// The dates that a listing of the folder links to, oldest first.
    static func dates(inListing page: String) -> [String] {
        let found = page.matches(of: /href="(?:[^"]*\/)?(\d{8})\/?"/).map { String($0.1) }
        return Set(found).sorted()
    }

    static func isDate(_ text: String) -> Bool { text.utf8.count == 8 && text.utf8.allSatisfy(\.isASCIIDigit) }
}

/// What `dumpstatus.json` says of the files of a dump.
struct WikimediaDumpStatus: Decodable {
    struct Job: Decodable {
        var status: String
        var files: [String: File]?
    }

    struct File: Decodable {
        var size: Int?
        var sha1: String?
        var md5: String?

        /// The better checksum there is.
        var checksum: FileChecksum? {
            sha1.flatMap { FileChecksum(.sha1, $0) } ?? md5.flatMap { FileChecksum(.md5, $0) }
        }
    }

    var jobs: [String: Job]

    /// The file of this name and whether the job that makes it is done.
    func file(_ name: String) -> (file: File, isDone: Bool)? {
        for (_, job) in jobs.sorted(by: { $0.key < $1.key }) {
            if let file = job.files?[name] { return (file, job.status == "done") }
        }
        return nil
    }

    /// The checksums in a file that `sha1sum` or `md5sum` wrote, by name.
    static func checksums(in text: String, _ algorithm: FileChecksum.Algorithm) -> [String: FileChecksum] {
        var found: [String: FileChecksum] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, let checksum = FileChecksum(algorithm, String(words[0])) else { continue }
            let name = words[1].drop { $0 == " " || $0 == "*" }
            found[name.split(separator: "/").last.map(String.init) ?? String(name)] = checksum
        }
        return found
    }
}
