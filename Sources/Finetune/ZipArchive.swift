/// A ZIP archive of small files, stored without compression (PKWARE APPNOTE 6.3.3, the parts that storing needs).
struct ZipArchive {
    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds a file; its name is ASCII.
    ///
    /// Dates are those of the format's first day, so that equal files give equal bytes.
    mutating func add(_ name: String, _ content: [UInt8]) {
        let offset = body.count
        let header = ZipArchive.header(Array(name.utf8), content)
        append(0x0403_4b50, bytes: 4, to: &body)
        body += header + Array(name.utf8) + content
        append(0x0201_4b50, bytes: 4, to: &directory)
        append(20, bytes: 2, to: &directory)
        directory += header
        // No comment, disk 0, no attributes.
        directory += [UInt8](repeating: 0, count: 10)
        append(offset, bytes: 4, to: &directory)
        directory += Array(name.utf8)
        count += 1
    }

    /// The whole archive.
    var bytes: [UInt8] {
        var end: [UInt8] = []
        append(0x0605_4b50, bytes: 4, to: &end)
        append(0, bytes: 4, to: &end)
        append(count, bytes: 2, to: &end)
        append(count, bytes: 2, to: &end)
        append(directory.count, bytes: 4, to: &end)
        append(body.count, bytes: 4, to: &end)
        append(0, bytes: 2, to: &end)
        return body + directory + end
    }

    /// What the local header and the directory's entry share: version, flags, method, date, CRC, sizes, lengths.
    private static func header(_ name: [UInt8], _ content: [UInt8]) -> [UInt8] {
        var header: [UInt8] = []
        for (value, bytes) in [(20, 2), (0, 2), (0, 2), (0, 2), (33, 2)] { append(value, bytes: bytes, to: &header) }
        append(Int(crc32(content)), bytes: 4, to: &header)
        append(content.count, bytes: 4, to: &header)
        append(content.count, bytes: 4, to: &header)
        append(name.count, bytes: 2, to: &header)
        append(0, bytes: 2, to: &header)
        return header
    }

    /// CRC-32 of IEEE 802.3, as ZIP has it.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

private func append(_ value: Int, bytes: Int, to target: inout [UInt8]) {
    for shift in 0..<bytes { target.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
}
