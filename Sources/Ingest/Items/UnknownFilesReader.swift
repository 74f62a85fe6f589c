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
        let file = files[nextFile]
        var rejection = Rejection(externalID: file.name, reason: "unknown-format")
        do throws(Failure) {
            try FileBytes.checkRegular(file.path)
        } catch {
            (rejection.reason, rejection.detail) = (RawItem.damaged, error.description)
        }
        return RawItem(content: .rejected(rejection), rawBytes: 0)
    }
}
