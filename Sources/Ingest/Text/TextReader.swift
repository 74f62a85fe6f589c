internal import Foundation
internal import Storage
internal import Streaming

/// The texts of one or several files: a document a file, or a document a passage between blank lines.
final class TextReader: ItemReader {
    private let files: [SourceFile]
    private let unit: TextDocumentUnit
    private let maxBytes: Int
    private var nextFile = 0
    private var passages: PassageReader?
    private var before = 0
    private var current: (any ByteSource)?

    init(_ files: [SourceFile], unit: TextDocumentUnit, maxBytes: Int) {
        self.files = files
        self.unit = unit
        self.maxBytes = maxBytes
    }

    var consumed: Int { before + (current?.consumed ?? 0) }
    let site = SiteInformation()

    func next() throws(Failure) -> RawItem? {
        while true {
            try Cancellation.check()
            if let item = try passages?.next() { return item }
            passages = nil
            guard nextFile < files.count else { return nil }
            let file = files[nextFile]
            nextFile += 1
            if let item = try open(file) { return item }
        }
    }

    /// Opens the file; gives its document when files are documents.
    private func open(_ file: SourceFile) throws(Failure) -> RawItem? {
        before = consumed
        current = nil
        // In a folder an empty file is one left out; alone it is a mistake.
        if files.count > 1, try Files.size(file.path) == 0 {
            return RawItem(content: .rejected(Rejection(externalID: file.name, reason: "empty")), rawBytes: 0)
        }
        let source = try Compression.open(file.path)
        current = source
        if unit == .passage {
            passages = PassageReader(source, name: files.count > 1 ? file.name : "", limit: maxBytes)
            return nil
        }
        return try wholeText(source, file)
    }

    private func wholeText(_ source: any ByteSource, _ file: SourceFile) throws(Failure) -> RawItem {
        var bytes: [UInt8] = []
        var count = 0
        while let piece = try source.next() {
            try Cancellation.check()
            if count == 0 { try TextReader.checkBeginning(piece, path: file.path) }
            count += piece.count
            if count <= maxBytes { bytes += piece } else { bytes = [] }
        }
        guard count <= maxBytes else {
            return RawItem(
                content: .rejected(
                    Rejection(
                        externalID: file.name, reason: "too-large",
                        detail: "\(count) bytes, at most \(maxBytes) make one document; take passages as documents")),
                rawBytes: count)
        }
        return RawItem(content: .text(bytes, name: file.name, title: file.title), rawBytes: count)
    }

    /// Refuses what was surely not meant as plain text.
    static func checkBeginning(_ piece: [UInt8], path: String) throws(Failure) {
        // UTF-16 of plain text begins with a mark; `<` and a zero byte is left to XML.
        if piece.starts(with: [0xFF, 0xFE]) || piece.starts(with: [0xFE, 0xFF]) {
            try DumpHead.refuseSixteenBits(piece, path: path)
        }
        guard SourceFormat(content: piece) == .mediawiki, piece.firstRange(of: Array("<mediawiki".utf8)) != nil else {
            return
        }
        throw Failure(
            .badData, "is taken for plain text but holds a MediaWiki dump", at: path, remedy: "give --format mediawiki")
    }
}

/// The passages of a text: lines up to a blank one.
struct PassageReader {
    private var lines: LineReader
    private let name: String
    private let limit: Int
    private var number = 0
    private var isFirst = true

    /// - Parameter name: put before the passages' numbers, when there are several files.
    init(_ source: any ByteSource, name: String, limit: Int) {
        lines = LineReader(source, limit: limit)
        self.name = name
        self.limit = limit
    }

    mutating func next() throws(Failure) -> RawItem? {
        var text: [UInt8] = []
        var rawBytes = 0
        var isTooLong = false
        while let line = try lines.next() {
            if isFirst { try TextReader.checkBeginning(line.bytes, path: lines.source.path) }
            isFirst = false
            rawBytes += line.rawBytes
            let isBlank = !line.isTooLong && line.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if isBlank {
                if text.isEmpty, !isTooLong { continue }
                break
            }
            isTooLong = isTooLong || line.isTooLong || text.count + line.bytes.count >= limit
            if isTooLong { text = [] } else { text += line.bytes + [0x0A] }
        }
        guard isTooLong || !text.isEmpty else { return nil }
        number += 1
        let id = name.isEmpty ? String(number) : "\(name)#\(number)"
        if isTooLong {
            return RawItem(
                content: .rejected(Rejection(externalID: id, reason: "too-large", detail: "\(rawBytes) bytes")),
                rawBytes: rawBytes)
        }
        return RawItem(content: .text(text, name: id, title: ""), rawBytes: rawBytes)
    }
}
