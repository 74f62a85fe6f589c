/// A page whose end has not been seen: what is kept of it so far.
struct OpenPage {
    /// Where it begins in the XML of the dump.
    let offset: Int
    /// Its size so far, once that is too much and only the beginning is kept.
    private(set) var largeBytes: Int?
    /// Whether revisions were handed out one by one.
    private(set) var hasGivenRevisions = false
    /// What is kept of the pieces before this one.
    private var xml: [UInt8] = []
    /// What of the piece at hand is not in `xml` yet begins here.
    private var start: Int
    /// Where the first revision begins in the page.
    private var headEnd: Int?
    /// The revision that is open, and the best one before it.
    private var revisionStart: Int?
    private var best: Range<Int>?

    init(offset: Int, start: Int) {
        self.offset = offset
        self.start = start
    }

    mutating func beginPiece() { start = 0 }

    /// Keeps what the piece holds up to `end`.
    mutating func take(_ piece: UnsafeBufferPointer<UInt8>, to end: Int) {
        guard end > start else { return }
        if let bytes = largeBytes {
            largeBytes = bytes + end - start
        } else {
            xml.append(contentsOf: piece[start..<end])
        }
        start = end
    }

    /// Gives up a page that is longer than `limit`, but for its beginning.
    mutating func limit(to limit: Int, keeping prefix: Int) {
        guard largeBytes == nil, xml.count > limit else { return }
        largeBytes = xml.count
        xml = Array(xml.prefix(prefix))
        (revisionStart, best) = (nil, nil)
    }

    mutating func takeXML(_ limit: Int?) -> [UInt8] {
        defer { xml = [] }
        return limit.map { Array(xml.prefix($0)) } ?? xml
    }

    /// - Parameter at: the tag's place in the piece.
    mutating func beginRevision(_ at: Int) {
        guard largeBytes == nil else { return }
        revisionStart = xml.count + at - start
        if headEnd == nil { headEnd = revisionStart }
    }

    /// Drops the older of two revisions.
    mutating func endRevision(_ piece: UnsafeBufferPointer<UInt8>, _ end: Int) {
        guard let begin = revisionStart.take() else { return }
        guard let earlier = best else {
            best = begin..<(xml.count + end - start)
            return
        }
        take(piece, to: end)
        let (old, new) = (timestamp(earlier), timestamp(begin..<xml.count))
        if old.isEmpty || new.isEmpty || !new.lexicographicallyPrecedes(old) {
            xml.removeSubrange(earlier.lowerBound..<begin)
            best = earlier.lowerBound..<xml.count
        } else {
            xml.removeSubrange(earlier.upperBound...)
        }
    }

    /// The page with the revision that has just ended, which is then forgotten.
    mutating func takeRevision() -> [UInt8]? {
        guard let begin = revisionStart.take(), let headEnd, largeBytes == nil else { return nil }
        hasGivenRevisions = true
        let page = Array(xml[..<headEnd]) + xml[begin...] + Array("</page>".utf8)
        xml.removeSubrange(headEnd...)
        return page
    }

    /// ISO 8601, so that the order of bytes is that of time; empty when there is none.
    private func timestamp(_ revision: Range<Int>) -> ArraySlice<UInt8> {
        let slice = xml[revision]
        guard let tag = slice.firstRange(of: Array("<timestamp>".utf8)),
            let end = slice[tag.upperBound...].firstIndex(of: 0x3C)
        else { return [] }
        return slice[tag.upperBound..<end]
    }
}
