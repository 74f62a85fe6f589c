internal import Storage
internal import Streaming

/// The files of a folder that nobody can read, each as an item left out.
final class UnknownFilesReader: ItemReader {
    private let files: [SourceFile]
    private var nextFile = 0
    let consumed = 0
    let site = SiteInformation()

    init(_ files: [SourceFile]) { self.files = files }

    func next() throws(Failure) -> RawItem? {
        guard nextFile < files.count else { return nil }
        defer { nextFile += 1 }
        let rejection = Rejection(externalID: files[nextFile].name, reason: "unknown-format")
        return RawItem(content: .rejected(rejection), rawBytes: 0)
    }
}
