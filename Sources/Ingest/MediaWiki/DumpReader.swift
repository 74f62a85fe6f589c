internal import Storage
internal import Streaming

/// The pages of a dump as XML, in order, cut by their tags; parsing them is left to others.
///
/// Damage costs the page it hits: the page, or the place, becomes an item left out (`damaged`), and reading goes on
/// behind it. What is no dump at all is a failure.
final class DumpReader: ItemReader {
    private let source: any ByteSource
    private let path: String
    private var splitter: PageSplitter
    /// Set until the first page.
    private var head: DumpHead?
    private var hasHeadEnded = false
    private(set) var site = SiteInformation()
    private var events: ArraySlice<PageSplitter.Event> = []
    private var pieces: PieceMap
    /// Bytes of XML read, and of those to come how many are to be passed over.
    private var offset = 0
    private var skip = 0
    private(set) var position: SourcePosition?
    /// Where the last item ended, or a stray end of a page stood.
    private var lastEnd = 0
    private var segment = 0
    private var startsChunk = false
    /// Set while a page's end is looked for, behind which the segment begins.
    private var isSynchronizing = false
    /// Whether to stop where the next segment begins.
    private let isOneSegment: Bool
    private var damage: Failure?
    /// What is wrong with the head, until the first page shows that this is a dump all the same.
    private var headDamage: Failure?
    /// Whether nothing was read since damage was told.
    private var isBehindDamage = false
    private var ended = false
    /// Whether bytes of the XML are bytes of the file.
    private var hasPlaces = false

    /// Reads a dump from its beginning.
    /// - Parameters:
    ///   - options: which revisions count, the limit of a page, the size of a segment.
    ///   - isOneSegment: whether to stop where the second segment begins.
    init(_ source: any ByteSource, _ options: DumpOptions, isOneSegment: Bool = false) {
        self.isOneSegment = isOneSegment
        self.source = source
        path = source.path
        splitter = PageSplitter(options)
        head = DumpHead(path: source.path)
        pieces = PieceMap(segmentBytes: options.segmentBytes)
    }

    /// Goes on where an item of the dump has ended.
    /// - Parameters:
    ///   - source: the dump from the position's piece on.
    ///   - site: what the head said.
    convenience init(
        _ source: any ByteSource, _ options: DumpOptions, from position: SourcePosition, site: SiteInformation,
        isOneSegment: Bool = false
    ) {
        self.init(source, options, isOneSegment: isOneSegment)
        beginBehindHead(site)
        self.position = position
        (skip, lastEnd, segment) = (position.skip, position.skip, position.segment)
    }

    /// Reads one segment: from behind the first page's end in it to behind the first one beyond it.
    /// - Parameters:
    ///   - source: the dump from the first piece of the segment on.
    ///   - segment: its number, above 0: the first is read from the dump's beginning.
    convenience init(_ source: any ByteSource, _ options: DumpOptions, segment: Int, site: SiteInformation) {
        self.init(source, options, isOneSegment: true)
        beginBehindHead(site)
        self.segment = segment
        isSynchronizing = true
    }

    private func beginBehindHead(_ site: SiteInformation) {
        (head, hasHeadEnded) = (nil, true)
        self.site = site
        splitter.beginBehindHead(isRootOpen: site.hasRoot)
    }

    var consumed: Int { source.consumed }
    var saysWhereChunksBegin: Bool { true }
    private(set) var reachedEnd = false

    func next() throws(Failure) -> RawItem? {
        while true {
            while let event = events.popFirst() {
                if let item = try item(event) { return item }
            }
            if let damage = damage.take() { return lost(damage.place ?? "", "", damage.description) }
            if ended { return nil }
            try Cancellation.check()
            try step()
            events = splitter.takeEvents()[...]
        }
    }

    private func step() throws(Failure) {
        let piece: [UInt8]?
        do throws(Failure) {
            piece = try source.next()
        } catch {
            // Of a source that gives nothing at all there is nothing to save.
            guard error.code == .badData, offset > 0 || source.recover() else { throw error }
            return interrupt(error)
        }
        if let piece { take(piece) } else { try finish() }
    }

    private func take(_ piece: [UInt8]) {
        hasPlaces = source.lastPiece != nil
        pieces.append(source.lastPiece, offset: offset)
        offset += piece.count
        isBehindDamage = false
        guard skip > 0 else { return splitter.push(piece) }
        let passed = min(skip, piece.count)
        skip -= passed
        splitter.skip(passed)
        if passed < piece.count { splitter.push(Array(piece[passed...])) }
    }

    private func interrupt(_ failure: Failure) {
        if isSynchronizing {
            splitter.interrupt()
        } else {
            if head != nil {
                // A head with a hole in it says nothing to rely on.
                (head, hasHeadEnded) = (nil, true)
                splitter.beginBehindHead(isRootOpen: false)
            }
            splitter.interrupt()
            damage = failure
        }
        isBehindDamage = true
        if !source.recover() { (ended, reachedEnd) = (true, true) }
    }

    private func finish() throws(Failure) {
        (ended, reachedEnd) = (true, true)
        let wasRootOpen = splitter.isRootOpen
        splitter.interrupt()
        if splitter.hadPage {
            if wasRootOpen, !isBehindDamage {
                damage = Failure(.badData, "the dump ends without </mediawiki>", at: place(offset).description)
            }
            return
        }
        guard offset > 0 else { throw Compression.isEmpty(path) }
        // A dump without any page is a whole one all the same: Wikimedia has some.
        for case .head(let bytes) in splitter.takeEvents() { try pushHead(bytes) }
        if let headDamage { throw headDamage }
        try head?.finish(isWhole: true)
    }

    private func item(_ event: PageSplitter.Event) throws(Failure) -> RawItem? {
        switch event {
        case .head(let bytes):
            try pushHead(bytes)
            return nil
        case .beheaded(let end, let hasEndTag):
            return isSynchronizing || ended && !reachedEnd ? nil : beheaded(end, hasEndTag: hasEndTag)
        case .pageEnd(let at):
            endPage(at)
            return nil
        case .page(let page):
            try endHead()
            if let failure = headDamage.take() {
                events.insert(event, at: events.startIndex)
                return isSynchronizing ? nil : lost(failure.place ?? "", "", failure.description)
            }
            return isSynchronizing || ended && !reachedEnd ? nil : item(page)
        }
    }

    private func pushHead(_ bytes: [UInt8]) throws(Failure) {
        do throws(Failure) { try head?.push(bytes) } catch { try giveUpHead(error) }
    }

    private func endHead() throws(Failure) {
        do throws(Failure) { try head?.finish(isWhole: false) } catch { try giveUpHead(error) }
        if let head { site = head.site }
        head = nil
        if !hasHeadEnded { site.hasRoot = splitter.isRootOpen }
        hasHeadEnded = true
    }

    /// A head that is ill-formed costs what it says, not the pages behind it; that of no dump is a failure.
    private func giveUpHead(_ failure: Failure) throws(Failure) {
        guard let known = head?.wholeSite else { throw failure }
        (site, head, headDamage) = (known, nil, failure)
    }

    /// A page's end says where segments begin: it is seen alike by who reads on and by who begins here.
    private func endPage(_ at: Int) {
        let found = pieces.segment(of: at)
        lastEnd = max(lastEnd, at + "</page>".utf8.count)
        if isSynchronizing {
            isSynchronizing = false
            lastEnd = at + "</page>".utf8.count
            position = pieces.position(lastEnd, segment: max(segment, found))
            if isOneSegment, found > segment { endSegment() }
        } else if found > segment {
            startsChunk = true
            if isOneSegment { endSegment() }
        }
        segment = max(segment, found)
        pieces.forget(before: lastEnd)
    }

    private func endSegment() {
        ended = true
        events = []
        damage = nil
    }

    private func item(_ page: PageSplitter.Page) -> RawItem {
        switch page.fault {
        case nil: return item(.page(PageXML(xml: page.xml, place: place(page.offset))), page)
        case .cut:
            let name = PageName(page.xml)
            let reason = damage.take()?.description ?? "the end of the page is missing"
            return lost(name.id.isEmpty ? name.title : name.id, name.title, reason, page)
        case .tooLarge(let bytes):
            let name = PageName(page.xml)
            return item(
                .rejected(
                    Rejection(
                        externalID: name.id.isEmpty ? name.title : name.id, title: name.title, reason: "too-large",
                        detail: "\(bytes) bytes of XML")), page)
        }
    }

    /// A page of which only the end, or a revision, is left: nothing of it is known but where it stood.
    private func beheaded(_ end: Int, hasEndTag: Bool) -> RawItem {
        let rest = PageSplitter.Page(
            xml: [], offset: lastEnd, end: end, endTag: hasEndTag ? end - "</page>".utf8.count : nil, fault: .cut)
        let begin = place(lastEnd).description
        let detail = "the beginning of a page is missing; what is left of it stands behind \(begin)"
        return item(.rejected(Rejection(externalID: begin, title: "", reason: RawItem.damaged, detail: detail)), rest)
    }

    private func place(_ offset: Int) -> XMLPlace {
        let position = pieces.position(offset, segment: 0)
        return XMLPlace(path: path, bit: position.bit, skip: position.skip, isStored: hasPlaces)
    }

    private func lost(_ id: String, _ title: String, _ detail: String, _ page: PageSplitter.Page? = nil) -> RawItem {
        let detail = page.map { "\(detail); the page begins at \(place($0.offset))" } ?? detail
        return item(
            .rejected(Rejection(externalID: id, title: title, reason: RawItem.damaged, detail: detail)), page)
    }

    private func item(_ content: RawItem.Content, _ page: PageSplitter.Page?) -> RawItem {
        let end = page?.end ?? lastEnd
        defer {
            lastEnd = max(lastEnd, end)
            startsChunk = false
        }
        // Who goes on here has passed the page's end.
        let next = page?.endTag.map { max(segment, pieces.segment(of: $0)) } ?? segment
        return RawItem(
            content: content, rawBytes: max(0, end - lastEnd), startsChunk: startsChunk,
            end: pieces.position(end, segment: next))
    }
}

/// Where something stands in the XML of a dump, as far as the stored file can tell.
struct XMLPlace: Sendable, Equatable, CustomStringConvertible {
    var path: String
    /// The piece it came from, and how many bytes into that.
    var bit: Int
    var skip: Int
    /// Whether these are places of the file itself, and not of what was made of it.
    var isStored = true

    var description: String {
        switch Compression(name: path) {
        case .none where !isStored: "\(path): byte \(skip) of the XML in UTF-8"
        case .none: "\(path): byte \((bit >> 3) + skip)"
        case .bzip2: "\(path): byte \(skip) of the block at byte \(bit >> 3)"
        case .gzip, .zstandard: "\(path): byte \(skip) of the XML"
        }
    }
}
