/// Puts a `NormalizationTable` together.
struct NormalizationTableBuilder {
    private(set) var pages: [UInt16] = []
    private(set) var entries: [UInt32] = []
    private(set) var bytes: [UInt8] = []

    private let options: TokenizerOptions
    private let properties = ScalarProperties.reference
    private static let hangul: ClosedRange<UInt32> = 0xAC00...0xD7A3

    init(_ options: TokenizerOptions) { self.options = options }

    mutating func build() {
        entries = [UInt32](repeating: NormalizationTable.Kind.keep.rawValue, count: 256)
        pages.reserveCapacity(0x1100)
        var last: ScalarProperties.Entry?
        for number in 0..<UInt32(0x1100) {
            // Long runs of pages are all ideographs or all for private use.
            let same = properties.onlyEntry(ofPage: number)
            if let same, same == last, let page = pages.last {
                pages.append(page)
            } else {
                pages.append(isPlain(number) ? 0 : addPage(number))
            }
            last = same.map { $0.isDisjoint(with: [.decomposes, .lowers]) && !isHangul(number) } == true ? same : nil
        }
        bytes += [UInt8](repeating: 0, count: 32)
    }

    private func isPlain(_ number: UInt32) -> Bool {
        properties.isPlain(page: number) && !isHangul(number)
    }

    private func isHangul(_ page: UInt32) -> Bool { (0xAC...0xD7).contains(page) }

    /// The number of a page with these entries, the last one if it has the same.
    private mutating func addPage(_ number: UInt32) -> UInt16 {
        let start = entries.count
        for scalar in number << 8..<(number + 1) << 8 { entries.append(entry(of: scalar)) }
        if entries[start - 256..<start] == entries[start...] { entries.removeLast(256) }
        return UInt16(entries.count >> 8 - 1)
    }

    private mutating func entry(of scalar: UInt32) -> UInt32 {
        let entry = properties[scalar]
        if entry.contains(.dropped) { return NormalizationTable.Kind.drop.rawValue }
        if entry.contains(.space) || scalar == 0x20 { return NormalizationTable.Kind.space.rawValue }
        if options.stripsAccents, NormalizationTableBuilder.hangul.contains(scalar) {
            return NormalizationTable.Kind.hangul.rawValue
        }
        let alone = entry.contains(.punctuation) || options.splitChinese && entry.contains(.ideograph)
        let unchanged = alone ? NormalizationTable.Kind.alone.rawValue : NormalizationTable.Kind.keep.rawValue
        if entry.isDisjoint(with: [.mark, .decomposes, .lowers]), entry.combiningClass == 0 { return unchanged }
        let result = mapped(scalar, entry)
        if result == [scalar], !isReordered(scalar, entry) { return unchanged }
        if alone || result.contains(where: { isAlone($0) || isReordered($0, properties[$0]) }) {
            return NormalizationTable.Kind.complex.rawValue
        }
        return map(to: result)
    }

    /// Decomposed, without marks, in lower case, as far as the options say so; canonical order apart.
    private func mapped(_ scalar: UInt32, _ entry: ScalarProperties.Entry) -> [UInt32] {
        var parts = [scalar]
        if options.stripsAccents {
            if entry.contains(.decomposes) { parts = Array(properties.decomposition(of: scalar)) }
            parts.removeAll { properties[$0].contains(.mark) }
        }
        guard options.lowercase else { return parts }
        return parts.flatMap { properties[$0].contains(.lowers) ? Array(properties.lowercase(of: $0)) : [$0] }
    }

    /// Whether canonical ordering may move it.
    private func isReordered(_ scalar: UInt32, _ entry: ScalarProperties.Entry) -> Bool {
        options.stripsAccents && entry.combiningClass != 0 && !entry.contains(.mark)
    }

    private func isAlone(_ scalar: UInt32) -> Bool { properties[scalar].contains(.punctuation) }

    private mutating func map(to scalars: [UInt32]) -> UInt32 {
        let start = bytes.count
        for scalar in scalars { UTF8Decoding.append(scalar, to: &bytes) }
        let length = bytes.count - start
        guard length < 32, scalars.count < 8 else { return NormalizationTable.Kind.complex.rawValue }
        return NormalizationTable.Kind.map.rawValue | UInt32(length) << 3 | UInt32(scalars.count) << 8
            | UInt32(start) << 11
    }
}
