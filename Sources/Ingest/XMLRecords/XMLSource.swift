internal import Streaming

/// A file of XML records, opened: its prolog is read and refused when it is not safe or not known.
///
/// A document type declaration may name an outer file, which is never fetched; one that declares entities itself is
/// refused, because entities can stand for any amount of text.
struct XMLSource {
    let bytes: any ByteSource
    let prolog: XMLProlog

    /// Opens `path` and reads to the root's tag.
    /// - Parameter crew: threads that decode bzip2 block by block, if any.
    init(_ path: String, crew: ThreadCrew?) throws(Failure) {
        let source = try Compression.open(path, crew: crew)
        guard let first = try source.next() else { throw Compression.isEmpty(path) }
        try DumpHead.refuseSixteenBits(first, path: path)
        prolog = XMLProlog(first)
        bytes = PeekedBytes(first: first, rest: source)
        try check(path)
    }

    private func check(_ path: String) throws(Failure) {
        if prolog.hasInternalSubset {
            throw Failure(
                .badData,
                "has a document type declaration that declares entities or elements, which is not safe to read",
                at: path, remedy: "take the part in [ ] out of <!DOCTYPE ...>")
        }
        guard !prolog.root.isEmpty else {
            throw Failure(
                .badData, "is not XML: no element begins in its first \(ByteSourceSize.piece >> 10) KiB", at: path,
                remedy: "fetch the file again, or give another --format")
        }
        // What says UTF-16 and comes here was translated before.
        let known = ["", "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be"]
        guard known.contains(prolog.encoding) else {
            throw Failure(
                .badData, "is in \(prolog.encoding), only UTF-8 is read", at: path,
                remedy: "convert it first, as with 'iconv -f \(prolog.encoding) -t UTF-8', and change its first line")
        }
    }
}
