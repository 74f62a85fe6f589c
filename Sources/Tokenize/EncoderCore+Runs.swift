internal import CKernels

extension EncoderCore {
    /// Appends the ids of a token of the chunk that the cache did not give.
    mutating func encodeToken(_ index: Int) {
        let (bytes, isWide) = chunk.token(index)
        if isWide || bytes.count > WordCache.longestToken { return encodeLongRun(bytes) }
        let first = ids.count
        if bytes.count == 1, bytes[0] == UInt8(ascii: "\n") {
            ids.append(WordPieceEncoder.lineEnd)
        } else {
            encodeRun(bytes)
        }
        cache.remember(bytes, UnsafeBufferPointer(rebasing: ids.ids[first...]))
    }

    /// Appends the ids of a run in which punctuation, ideographs and white space above ASCII may be, or which is too
    /// long to be remembered: the parts between them are looked up.
    mutating func encodeLongRun(_ run: UnsafeBufferPointer<UInt8>) {
        var (start, position) = (0, 0)
        while position < run.count {
            let (scalar, next) = UTF8Decoding.next(run, at: position)
            let kind = table[scalar].kind
            if kind == NormalizationTable.Kind.alone.rawValue {
                encodePart(UnsafeBufferPointer(rebasing: run[start..<position]))
                ids.append(single(scalar))
                start = next
            } else if kind == NormalizationTable.Kind.space.rawValue {
                encodePart(UnsafeBufferPointer(rebasing: run[start..<position]))
                start = next
            }
            position = next
        }
        encodePart(UnsafeBufferPointer(rebasing: run[start...]))
    }

    /// The id of a word of one character that stays as it is.
    @inline(__always)
    private mutating func single(_ scalar: UInt32) -> UInt32 {
        if scalar < EncoderCore.singlesCount, singles[Int(scalar)] > 0 { return singles[Int(scalar)] - 1 }
        word.clear()
        word.append(scalar)
        var id = unknownID
        let room = ids.end
        if matcher.match(word.bytes, into: room) == 1 { id = room[0] }
        if scalar < EncoderCore.singlesCount { singles[Int(scalar)] = id + 1 }
        return id
    }

    private mutating func encodePart(_ part: UnsafeBufferPointer<UInt8>) {
        guard let base = part.baseAddress, part.count > 0 else { return }
        ids.reserve()
        guard part.count <= WordCache.longestToken else { return encodeRun(part) }
        let found = withUnsafePointer(to: cache.tables) {
            kernels.pointee.find(base, part.count, $0, ids.end, IDBuffer.padding)
        }
        if found >= 0 {
            ids.count += found
            return
        }
        let first = ids.count
        encodeRun(part)
        cache.remember(part, UnsafeBufferPointer(rebasing: ids.ids[first...]))
    }

    /// Normalises a run and appends the ids of its words.
    private mutating func encodeRun(_ run: UnsafeBufferPointer<UInt8>) {
        guard let base = run.baseAddress else { return }
        let first = ids.count
        word.clear()
        var position = 0
        while position < run.count {
            let (scalar, next) = UTF8Decoding.next(run, at: position)
            let entry = table[scalar]
            switch NormalizationTable.Kind(rawValue: entry.kind) {
            case .keep: word.append(base + position, next - position, characters: 1)
            case .drop: break
            case .map: word.append(table.bytes + entry.start, entry.length, characters: entry.characters)
            case .space: endWord()
            case .alone:
                endWord()
                word.append(base + position, next - position, characters: 1)
                endWord()
            case .hangul: appendLetters(of: scalar)
            default:
                ids.count = first
                return encodeSlowly(run)
            }
            position = next
        }
        endWord()
    }

    /// The arithmetic of Unicode 15, §3.12: a syllable is a lead, a vowel and perhaps a tail.
    private mutating func appendLetters(of syllable: UInt32) {
        let index = syllable - 0xAC00
        word.append(0x1100 + index / 588)
        word.append(0x1161 + index % 588 / 28)
        if index % 28 > 0 { word.append(0x11A7 + index % 28) }
    }

    @inline(__always)
    private mutating func endWord() {
        guard word.characters > 0 else { return }
        append(word.bytes, isTooLong: word.isTooLong)
        word.clear()
    }

    /// Appends the ids of the pieces of a normalised word; a word with a part that is no piece is `[UNK]` as a whole.
    @inline(__always)
    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, isTooLong: Bool) {
        ids.reserve()
        let count = isTooLong ? 0 : matcher.match(bytes, into: ids.end)
        if count == 0 { ids.append(unknownID) } else { ids.count += count }
    }

    /// Any run at all, with canonical ordering of what the quick way cannot do.
    private mutating func encodeSlowly(_ run: UnsafeBufferPointer<UInt8>) {
        normalizer.normalize(run.span, 0..<run.count)
        normalizer.bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for (index, end) in normalizer.ends.enumerated() {
                let tooLong = normalizer.lengths[index] > word.longest
                append(UnsafeBufferPointer(rebasing: bytes[start..<end]), isTooLong: tooLong)
                start = end
            }
        }
    }
}
