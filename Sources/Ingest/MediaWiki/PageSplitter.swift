internal import Foundation
internal import Streaming

/// Cuts the XML of a dump into pages by its tags alone; the pages are parsed elsewhere, on many threads.
///
/// In the text of a dump `<` is escaped, so a scan from `<` to `<` sees tags, comments and CDATA sections and nothing
/// else. What lies outside pages is passed over, but for the head before the first one. Where pieces are cut makes no
/// difference. Of several revisions of a page the superseded ones are dropped as they pass, so that a full history
/// needs no memory.
///
/// Memory: a page of `maxPageBytes` and a piece, and the finished pages until they are taken.
struct PageSplitter {
    /// A page's XML, `<page>` to `</page>`.
    struct Page: Equatable {
        var xml: [UInt8]
        /// Where it begins in the XML of the dump.
        var offset: Int
        /// Where it ends there: what was read of a broken one.
        var end: Int
        /// Where its `</page>` begins; nil when it has none of its own.
        var endTag: Int?
        /// Why it is no whole page, with `xml` only its beginning.
        var fault: Fault?
    }

    /// What keeps a page from being read.
    enum Fault: Equatable {
        /// The end is missing.
        case cut
        case tooLarge(Int)
    }

    enum Event: Equatable {
        /// More of the head: what stands before the first page.
        case head([UInt8])
        case page(Page)
        /// A `</page>`, at whatever place, that begins at this byte of the XML.
        case pageEnd(Int)
        /// A page whose beginning is missing ends at this byte, with a `</page>` or where the next one begins.
        case beheaded(end: Int, hasEndTag: Bool)
    }

    private enum Mode { case tags, comment, cdata }

    /// Bytes of a broken page that are kept to name it.
    private static let prefixBytes = 4096
    private static let longestTag = 12

    private let revisions: RevisionChoice
    private let maxPageBytes: Int
    private(set) var events: [Event] = []
    /// Whether the root element is open: a dump that ends then was cut.
    private(set) var isRootOpen = false
    private var mode = Mode.tags
    /// Whether the head has passed.
    private(set) var hadPage = false
    private var carry: [UInt8] = []
    /// The place of the piece at hand in the XML.
    private var base = 0
    private var page: OpenPage?
    /// Whether bytes are missing since the last page: an end without a beginning may be expected.
    private var isBehindHole = false
    /// Whether a revision began outside a page since the last one.
    private var hasLostRevision = false

    init(_ options: DumpOptions) {
        revisions = options.revisions
        maxPageBytes = options.maxPageBytes
    }

    /// Tells that the first piece comes from behind the head.
    mutating func beginBehindHead(isRootOpen: Bool) {
        hadPage = true
        self.isRootOpen = isRootOpen
    }

    /// Counts bytes that are not looked at.
    mutating func skip(_ bytes: Int) { base += bytes }

    /// The events so far; they are handed out once.
    mutating func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }

    /// Takes the next bytes of the dump.
    mutating func push(_ piece: [UInt8]) { scan(carry.isEmpty ? piece : carry + piece, isLast: false) }

    /// Tells that the dump ends here, or that bytes are missing here.
    mutating func interrupt() {
        scan(carry, isLast: true)
        carry = []
        mode = .tags
        closePage(.cut, end: base)
        (isBehindHole, hasLostRevision) = (true, false)
    }

    private mutating func scan(_ piece: [UInt8], isLast: Bool) {
        carry = []
        let stop = piece.withUnsafeBufferPointer { scan($0, isLast: isLast) }
        if stop < piece.count { carry = Array(piece[stop...]) }
        base += stop
    }

    /// The first byte that must be seen again with more behind it, or the end.
    private mutating func scan(_ piece: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Int {
        page?.beginPiece()
        var at = 0
        while at < piece.count {
            switch mode {
            case .comment: at = leave(piece, at, "-->")
            case .cdata: at = leave(piece, at, "]]>")
            case .tags:
                at = PageSplitter.find(0x3C, piece, from: at)
                if at + PageSplitter.longestTag > piece.count, at < piece.count, !isLast {
                    endPiece(piece, at)
                    return at
                }
                if at < piece.count { at = tag(piece, at) }
            }
            if at > piece.count {
                // The end of a comment may have begun in the last two bytes.
                at = max(0, piece.count - 2)
                guard !isLast else { break }
                endPiece(piece, at)
                return at
            }
        }
        endPiece(piece, piece.count)
        return piece.count
    }

    private mutating func endPiece(_ piece: UnsafeBufferPointer<UInt8>, _ end: Int) {
        if page != nil {
            page!.take(piece, to: end)
            page!.limit(to: maxPageBytes, keeping: PageSplitter.prefixBytes)
        } else if !hadPage, end > 0 {
            events.append(.head(Array(piece[..<end])))
        }
    }

    private static func find(_ byte: Int32, _ piece: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard start < piece.count, let base = piece.baseAddress else { return piece.count }
        guard let found = memchr(base + start, byte, piece.count - start) else { return piece.count }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Behind the end of a comment or section, or beyond the piece when it does not end in it.
    private mutating func leave(_ piece: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: StaticString) -> Int {
        var at = start
        while true {
            at = PageSplitter.find(0x3E, piece, from: at)
            guard at < piece.count else { return piece.count + 1 }
            if at >= start + 2, piece[at - 1] == end.utf8Start[1], piece[at - 2] == end.utf8Start[0] {
                mode = .tags
                return at + 1
            }
            at += 1
        }
    }

    /// Reads the tag at `at` and gives where to go on.
    private mutating func tag(_ piece: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        func begins(_ tag: StaticString) -> Bool {
            let count = tag.utf8CodeUnitCount
            return at + count <= piece.count && memcmp(piece.baseAddress! + at, tag.utf8Start, count) == 0
        }
        func isName(_ tag: StaticString) -> Bool {
            guard begins(tag) else { return false }
            let next = at + tag.utf8CodeUnitCount
            return next < piece.count && (piece[next] == 0x3E || piece[next] <= 0x20)
        }
        guard at + 1 < piece.count else { return at + 1 }
        switch piece[at + 1] {
        case 0x70 where isName("<page"): return beginPage(piece, at)
        case 0x72 where isName("<revision"):
            page?.beginRevision(at)
            hasLostRevision = page == nil && hadPage
        case 0x6D where begins("<mediawiki"): isRootOpen = true
        case 0x2F where isName("</page"): return endPage(piece, at)
        case 0x2F where isName("</revision"): return endRevision(piece, at)
        case 0x2F where begins("</mediawiki"): isRootOpen = false
        case 0x21 where begins("<!--"):
            mode = .comment
            return at + 4
        case 0x21 where begins("<![CDATA["):
            mode = .cdata
            return at + 9
        default: break
        }
        return at + 1
    }

    private mutating func beginPage(_ piece: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        if page != nil {
            page!.take(piece, to: at)
            closePage(.cut, end: base + at)
        } else if !hadPage, at > 0 {
            events.append(.head(Array(piece[..<at])))
        } else if hasLostRevision, !isBehindHole {
            events.append(.beheaded(end: base + at, hasEndTag: false))
        }
        (isBehindHole, hasLostRevision) = (false, false)
        hadPage = true
        page = OpenPage(offset: base + at, start: at)
        return at + 1
    }

    private mutating func endRevision(_ piece: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        guard page != nil else { return at + 1 }
        let end = min(piece.count, PageSplitter.find(0x3E, piece, from: at) + 1)
        switch revisions {
        case .last: page!.endRevision(piece, end)
        case .all:
            page!.take(piece, to: end)
            page!.limit(to: maxPageBytes, keeping: PageSplitter.prefixBytes)
            if let xml = page!.takeRevision() {
                events.append(.page(Page(xml: xml, offset: page!.offset, end: base + end)))
            }
        }
        return end
    }

    private mutating func endPage(_ piece: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        let end = min(piece.count, PageSplitter.find(0x3E, piece, from: at) + 1)
        if page != nil {
            page!.take(piece, to: end)
            page!.limit(to: maxPageBytes, keeping: PageSplitter.prefixBytes)
            if page!.hasGivenRevisions, page!.largeBytes == nil { page = nil }
            closePage(nil, end: base + end, endTag: base + at)
        } else if hadPage, !isBehindHole {
            events.append(.beheaded(end: base + at + "</page>".utf8.count, hasEndTag: true))
        }
        (isBehindHole, hasLostRevision) = (false, false)
        events.append(.pageEnd(base + at))
        return end
    }

    private mutating func closePage(_ fault: Fault?, end: Int, endTag: Int? = nil) {
        guard var closed = page.take() else { return }
        let fault = closed.largeBytes.map { Fault.tooLarge($0) } ?? fault
        let xml = closed.takeXML(fault == nil ? nil : PageSplitter.prefixBytes)
        events.append(.page(Page(xml: xml, offset: closed.offset, end: end, endTag: endTag, fault: fault)))
    }
}
