/// Bytes of running text with white space as XML means it: any run of it is one space, none at the ends.
struct FlowText {
    private(set) var bytes: [UInt8] = []
    private var spaceIsDue = false

    var isEmpty: Bool { bytes.isEmpty }

    /// Appends text; white space at its ends joins with what is there.
    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        var at = 0
        while at < text.count {
            let start = at
            // Words with one space between them go as they are.
            while at < text.count {
                if text[at] > 0x20 {
                    at += 1
                } else if text[at] == 0x20, at > start, at + 1 < text.count, text[at + 1] > 0x20 {
                    at += 2
                } else {
                    break
                }
            }
            if at > start { appendWords(UnsafeBufferPointer(rebasing: text[start..<at])) }
            if at < text.count {
                spaceIsDue = true
                at += 1
            }
        }
    }

    private mutating func appendWords(_ words: UnsafeBufferPointer<UInt8>) {
        settle()
        bytes.append(contentsOf: words)
    }

    mutating func append(_ text: String) {
        Array(text.utf8).withUnsafeBufferPointer { append($0) }
    }

    /// Parts what comes from what is there, like a space.
    mutating func space() { spaceIsDue = true }

    /// Writes a space that is due, so that the end of the bytes is where the next word begins.
    mutating func settle() {
        if spaceIsDue, !bytes.isEmpty, bytes.last != 0x20 { bytes.append(0x20) }
        spaceIsDue = false
    }

    /// Takes the text out, without white space at its end.
    mutating func take() -> [UInt8] {
        while bytes.last == 0x20 { bytes.removeLast() }
        spaceIsDue = false
        defer { bytes = [] }
        return bytes
    }
}
