/// What announces a person's name.
extension PrivacyPass {
    static let mostTitles = 8

    /// Whether a word with the meaning of a title is written as one.
    func isTitle(_ word: Range<Int>) -> Bool {
        let meaning = keywords.meaning(text, word)
        guard isCapital(word.lowerBound) else { return meaning.contains(.smallTitle) }
        if meaning.contains(.contextTitle) { return isContextTitle(word) }
        return !isCapital(word.lowerBound + 1) && meaning.contains(.title)
    }

    /// `M. Lefranc`, not `John M. Lefranc`: at the beginning of a line or sentence, or behind a word like `contre`.
    private func isContextTitle(_ word: Range<Int>) -> Bool {
        // `M.` and `MM.` have their stop; the others have one capital.
        if word.count == 1 || isCapital(word.lowerBound + 1) {
            guard byte(word.upperBound) == UInt8(ascii: "."), byte(word.upperBound + 1) == 0x20, word.count <= 2
            else { return false }
        }
        if isDon(word), byte(word.upperBound) != 0x20 { return false }
        var end = word.lowerBound
        if end == 0 || byte(end - 1) == 0x0A { return true }
        guard byte(end - 1) == 0x20 else { return false }
        end -= 1
        if byte(end - 1) == UInt8(ascii: ";") { return true }
        // A sentence's end, not an initial's stop.
        if byte(end - 1) == UInt8(ascii: ".") { return isSmallLetter(end - 2) && isSmallLetter(end - 3) }
        var start = end
        while end - start < 12, isLetter(start - 1) || byte(start - 1) >= 0x80 { start -= 1 }
        return keywords.meaning(text, start..<end).contains(.beforeTitle)
    }

    /// Whether a title is `don`, which has no stop and is a river and a first name as well.
    func isDon(_ title: Range<Int>) -> Bool {
        keywords.meaning(text, title).isSuperset(of: [.contextTitle, .smallTitle])
    }

    private static let pageants: Set<String> = [
        "America", "Earth", "International", "Italia", "Mondo", "Mundo", "Teen", "USA", "Universe", "Universo", "World",
    ]

    /// Whether `Miss` and what is behind it are a contest's.
    func isPageant(_ title: Range<Int>, _ name: Int) -> Bool {
        guard title.count == 4, byte(title.lowerBound + 1) == UInt8(ascii: "i") else { return false }
        let end = max(name, nameWordEnd(name))
        return Self.pageants.contains(String(decoding: text[name..<end], as: UTF8.self))
            || byte(end) == 0x20 && number(end + 1, 4) != nil
    }

    /// Diseases that German calls by `M.`, Morbus, and a name.
    private static let diseases: Set<String> = [
        "Addison", "Alzheimer", "Basedow", "Bechterew", "Behçet", "Boeck", "Bowen", "Crohn", "Cushing", "Dupuytren",
        "Fabry", "Forestier", "Gaucher", "Hirschsprung", "Hodgkin", "Huntington", "Köhler", "Ledderhose", "Menière",
        "Meulengracht", "Ormond", "Osgood-Schlatter", "Osler", "Paget", "Parkinson", "Perthes", "Pick", "Raynaud",
        "Scheuermann", "Schlatter", "Still", "Sudeck", "Waldenström", "Werlhof", "Whipple", "Wilson",
    ]

    /// Whether `M.` and the name behind it are a disease's.
    func isMorbus(_ title: Range<Int>, _ name: Int) -> Bool {
        title.count == 1
            && Self.diseases.contains(String(decoding: text[name..<max(name, nameWordEnd(name))], as: UTF8.self))
    }

    private func isSmallLetter(_ at: Int) -> Bool { isLetter(at) && !isCapital(at) }

    /// Whether a word behind others of a name is a title, not a name like it: at its start, or with a name behind it.
    func isTitle(_ word: Range<Int>, afterWords words: Int) -> Bool {
        guard isTitle(word) else { return false }
        let end = partsEnd(word.upperBound)
        return words == 0 || byte(end) == 0x20 && beginsLikeName(end + 1)
    }

    /// The end of the title that begins at a place behind another one: `Dr.`, `med.`, `h.c.`, `and Mrs.`; nil when
    /// there is none.
    func stackedTitleEnd(_ start: Int) -> Int? {
        if byte(start) == UInt8(ascii: "&"), byte(start + 1) == 0x20 { return titleEnd(start + 2) }
        let end = nameWordEnd(start)
        guard end > start else { return nil }
        if keywords.meaning(text, start..<end).contains(.titleJoint), byte(end) == 0x20 { return titleEnd(end + 1) }
        return titleEnd(start)
    }

    private func titleEnd(_ start: Int) -> Int? {
        let wordEnd = nameWordEnd(start)
        if wordEnd > start, isTitle(start..<wordEnd) { return partsEnd(wordEnd) }
        let end = lettersEnd(start)
        guard end > start else { return nil }
        guard keywords.meaning(text, start..<end).contains(.titlePart),
            byte(end) == UInt8(ascii: ".") || end - start > 2 && !isCapital(start)
        else { return nil }
        // A single letter is a part only with another behind it: `h.c.`, but `H. Meier`.
        if end - start == 1, isCapital(start) || !isLetter(end + 1) { return nil }
        return partsEnd(end)
    }

    /// The end of a title with its stop and what is joined to it: `Dr.-Ing.`, `h.c.`.
    func partsEnd(_ start: Int) -> Int {
        var end = start
        for _ in 0..<Self.mostTitles where byte(end) == UInt8(ascii: ".") {
            end += 1
            if let feminine = feminineEnd(end) { return feminine }
            let next = byte(end) == UInt8(ascii: "-") ? end + 1 : end
            let stop = lettersEnd(next)
            guard stop > next, byte(stop) == UInt8(ascii: ".") else { break }
            end = stop
        }
        return end
    }

    /// The end of what makes an Italian title a woman's: `Sig.ra`, `Dott.ssa`.
    private func feminineEnd(_ start: Int) -> Int? {
        let end = lettersEnd(start)
        guard end > start, byte(end) == 0x20 else { return nil }
        let letters = (start..<end).map { byte($0) }
        return ["ra", "na", "ssa"].contains { letters.elementsEqual($0.utf8) } ? end : nil
    }

    private func lettersEnd(_ start: Int) -> Int {
        var end = start
        while end - start < 40, isLetter(end) { end += 1 }
        return end
    }
}
