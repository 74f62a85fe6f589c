internal import Storage
internal import Streaming

/// A reader whose file turns out damaged half-way: the damage becomes the last item, left out, and the rest is lost.
///
/// Damage before the first item is a failure: of such a source there is nothing to save.
final class SalvagedItems: ItemReader {
    private let reader: any ItemReader
    private var hasItems = false
    private var ended = false

    init(_ reader: any ItemReader) { self.reader = reader }

    var consumed: Int { reader.consumed }
    var site: SiteInformation { reader.site }
    var position: SourcePosition? { reader.position }
    var reachedEnd: Bool { ended || reader.reachedEnd }
    var saysWhereChunksBegin: Bool { reader.saysWhereChunksBegin }

    func next() throws(Failure) -> RawItem? {
        guard !ended else { return nil }
        do throws(Failure) {
            let item = try reader.next()
            hasItems = true
            return item
        } catch {
            guard error.code == .badData, hasItems else { throw error }
            ended = true
            return RawItem(
                content: .rejected(
                    Rejection(
                        externalID: error.place ?? "", reason: RawItem.damaged,
                        detail: error.description)), rawBytes: 0)
        }
    }
}
