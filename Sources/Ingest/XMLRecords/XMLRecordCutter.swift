internal import Streaming

/// One record element of an XML file, with its tags, as it stands there.
struct XMLRecord: Sendable {
    enum Fault: Sendable, Equatable {
        /// More bytes than are kept.
        case tooLarge
        /// Another record begins before this one ends.
        case unclosed
        /// The file ends before the record does.
        case cutShort
        /// Only its end is there.
        case beheaded
    }

    /// The element's name.
    var name: StaticString
    /// The element; none when there is a fault.
    var bytes: [UInt8] = []
    /// Bytes of the stream from the record before to this one's end.
    var rawBytes = 0
    /// Where it begins in the decompressed file.
    var offset = 0
    var fault: Fault?
}

/// Cuts the records out of an XML file by looking at tags alone; parsing is for the workers.
///
/// Comments, CDATA and processing instructions are passed over. Memory: one record of at most `limit` bytes and a piece
/// of input. Time: linear.
struct XMLRecordCutter {
    private var window: RollingBuffer
    private let names: [StaticString]
    private let limit: Int
    /// Where the search goes on in the window.
    private var at: Int
    /// The record that is open: its name, and where it begins in the window (below 0 once that was dropped).
    private var open: (name: StaticString, start: Int, offset: Int)?
    private var isTooLarge = false
    private var lastEnd = 0
    /// Whether the root's end tag has been seen.
    private(set) var rootEnded = false
    private let root: [UInt8]

    /// - Parameters:
    ///   - source: from the beginning of the file.
    ///   - names: the elements that are records; a name may begin another's.
    ///   - root: the root element's name as it is written.
    ///   - start: where the root's tag begins.
    init(_ source: any ByteSource, names: [StaticString], root: String, from start: Int, limit: Int) {
        window = RollingBuffer(source)
        self.names = names
        self.limit = limit
        self.root = Array(root.utf8)
        at = start
    }

    /// Where the stream stands, for messages.
    var offset: Int { window.base + at }

    /// The next record, nil at the end.
    mutating func next() throws(Failure) -> XMLRecord? {
        while true {
            guard let tag = window.first(UInt8(ascii: "<"), from: at) else {
                at = window.bytes.count
                if try !load() { return atEnd() }
                continue
            }
            at = tag
            // A tag's name must be whole to be told.
            while window.bytes.count - at < 64, try load() {}
            if let record = try look() { return record }
        }
    }

    /// Loads more, keeping the record that is open or what is not yet looked at.
    private mutating func load() throws(Failure) -> Bool {
        if let record = open, !isTooLarge, window.bytes.count - record.start > limit { isTooLarge = true }
        let kept = isTooLarge ? at : min(at, open?.start ?? at)
        guard try window.load(keepingFrom: kept) else { return false }
        at -= kept
        open?.start -= kept
        return true
    }

    /// What the `<` at `at` begins; gives a record when one ends there.
    private mutating func look() throws(Failure) -> XMLRecord? {
        let following = at + 1 < window.bytes.count ? window.bytes[at + 1] : 0
        switch following {
        case UInt8(ascii: "!"):
            if window.matches("<!--", at: at) == true { return try pass("-->", from: 4) }
            if window.matches("<![CDATA[", at: at) == true { return try pass("]]>", from: 9) }
        case UInt8(ascii: "?"): return try pass("?>", from: 2)
        case UInt8(ascii: "/"):
            at += 2
            if isName(root, at: at) { rootEnded = true }
            guard let open else { return try beheaded() }
            guard isName(open.name, at: at), try passTag() else { return nil }
            return close(open)
        default:
            at += 1
            guard let name = names.first(where: { isName($0, at: at) }) else { return nil }
            defer { open = (name, at - 1, window.base + at - 1) }
            guard let record = open else { return nil }
            return faulty(record, .unclosed, end: at - 1)
        }
        at += 1
        return nil
    }

    /// The end of a record that has not begun: its start tag is damaged.
    private mutating func beheaded() throws(Failure) -> XMLRecord? {
        let begin = lastEnd
        guard let name = names.first(where: { isName($0, at: at) }), try passTag() else { return nil }
        return XMLRecord(name: name, rawBytes: takeRawBytes(at), offset: begin, fault: .beheaded)
    }

    private func isName(_ name: StaticString, at start: Int) -> Bool {
        guard window.matches(name, at: start) == true else { return false }
        return endsName(start + name.utf8CodeUnitCount)
    }

    private func isName(_ name: [UInt8], at start: Int) -> Bool {
        let end = start + name.count
        guard !name.isEmpty, end <= window.bytes.count, window.bytes[start..<end].elementsEqual(name) else {
            return false
        }
        return endsName(end)
    }

    private func endsName(_ end: Int) -> Bool {
        guard end < window.bytes.count else { return false }
        return window.bytes[end] <= 0x20 || window.bytes[end] == 0x3E || window.bytes[end] == 0x2F
    }

    /// Passes to behind the next `>`; false at the end of the file.
    private mutating func passTag() throws(Failure) -> Bool {
        while true {
            if let end = window.first(UInt8(ascii: ">"), from: at) {
                at = end + 1
                return true
            }
            at = window.bytes.count
            guard try load() else { return false }
        }
    }

    /// Passes over what ends with `text`, `from` bytes after here at the earliest.
    private mutating func pass(_ text: StaticString, from: Int) throws(Failure) -> XMLRecord? {
        at += from
        while true {
            guard let end = window.first(text.utf8Start[0], from: at) else {
                at = window.bytes.count
                guard try load() else { return nil }
                continue
            }
            at = end
            switch window.matches(text, at: at) {
            case true?:
                at += text.utf8CodeUnitCount
                return nil
            case false?: at += 1
            case nil:
                guard try load() else {
                    at = window.bytes.count
                    return nil
                }
            }
        }
    }

    private mutating func close(_ record: (name: StaticString, start: Int, offset: Int)) -> XMLRecord {
        open = nil
        if isTooLarge || at - record.start > limit { return faulty(record, .tooLarge, end: at) }
        return XMLRecord(
            name: record.name, bytes: Array(window.bytes[record.start..<at]), rawBytes: takeRawBytes(at),
            offset: record.offset)
    }

    private mutating func faulty(
        _ record: (name: StaticString, start: Int, offset: Int), _ fault: XMLRecord.Fault, end: Int
    ) -> XMLRecord {
        defer { isTooLarge = false }
        return XMLRecord(
            name: record.name, rawBytes: takeRawBytes(end), offset: record.offset,
            fault: fault == .unclosed && end - record.start > limit ? .tooLarge : fault)
    }

    private mutating func takeRawBytes(_ end: Int) -> Int {
        defer { lastEnd = window.base + end }
        return window.base + end - lastEnd
    }

    private mutating func atEnd() -> XMLRecord? {
        guard let record = open else { return nil }
        open = nil
        return faulty(record, .cutShort, end: at)
    }
}
