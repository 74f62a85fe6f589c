/// The first sentence of a life, which the Italian Wikipedia keeps in a template.
extension WikitextExpander {
    /// Writes who somebody was.
    ///
    /// `Adam Smith (Kirkcaldy, 1723 – Edimburgo, 1790) è stato un filosofo scozzese.`
    mutating func biography(_ span: Range<Int>) {
        let mark = out.count
        let isDead = !string("AnnoMorte", span).isEmpty
        let isFemale = string("Sesso", span).uppercased() == "F"
        var names = ["Titolo", "Nome", "Cognome"].map { string($0, span) }
        if string("CognomePrima", span).lowercased().hasPrefix("s") { names.swapAt(1, 2) }
        names.removeAll { $0.isEmpty }
        guard !names.isEmpty else { return }
        append("'''\(names.joined(separator: " "))'''")
        append("PostCognomeVirgola", after: ", ", span)
        append("PostCognome", after: " ", span)
        let pseudonym = string("Pseudonimo", span)
        if !pseudonym.isEmpty { append(", \(isFemale ? "nota" : "noto") con lo pseudonimo di '''\(pseudonym)'''") }
        append(lifetime(isDead: isDead, span))
        let end = out.count
        append("FineIncipit", after: " ", span)
        if out.count == end { append(profession(isDead: isDead, isFemale: isFemale, span)) }
        append("PostNazionalità", after: " ", span)
        let last = out[mark...].last { $0 > 0x20 }
        if string("Punto", span).lowercased() != "no", out.count > end, string("FineIncipit", span).isEmpty,
            let last, !".,;:!?".utf8.contains(last)
        {
            append(".")
        }
    }

    private mutating func append(_ text: String) { out.append(contentsOf: text.utf8) }

    /// Writes an argument after what parts it from the text before it; none if it begins with a mark of its own.
    private mutating func append(_ name: String, after gap: String, _ span: Range<Int>) {
        guard let value = argument(.named(Array(name.utf8)), span), !value.value.isEmpty else { return }
        let mark = out.count
        let isTight = ",;:.".utf8.contains(source[value.value.lowerBound])
        if !(isTight && gap == " ") { append(gap) }
        if !writeValue(value) { out.removeLast(out.count - mark) }
    }

    /// ` (place, day year – place, day year)`.
    private mutating func lifetime(isDead: Bool, _ span: Range<Int>) -> String {
        let birth = event("Nascita", span)
        var text = birth
        if isDead { text = (birth.isEmpty ? "..." : birth) + " – " + event("Morte", span) }
        let before = string("PreData", span)
        if !before.isEmpty { text = text.isEmpty ? before : "\(before); \(text)" }
        return text.isEmpty ? "" : " (\(text))"
    }

    private mutating func event(_ kind: String, _ span: Range<Int>) -> String {
        let place = string("Luogo\(kind)", span) + string("Luogo\(kind)Alt", span)
        let date = [string("GiornoMese\(kind)", span), string("Anno\(kind)", span)].filter { !$0.isEmpty && $0 != "?" }
        let parts = [place, date.joined(separator: " ")].filter { !$0.isEmpty && $0 != "?" }
        return parts.isEmpty && kind == "Morte" ? "..." : parts.joined(separator: ", ")
    }

    /// ` è stato un filosofo ed economista scozzese`.
    private mutating func profession(isDead: Bool, isFemale: Bool, _ span: Range<Int>) -> String {
        var works = ["Attività", "Attività2", "Attività3"].map { string($0, span) }
        works.removeAll { $0.isEmpty }
        guard let first = works.first else { return "" }
        let before = string("PreAttività", span)
        let others = string("AttivitàAltre", span)
        let lead = before.isEmpty ? first : before
        var text = isDead ? " è \(isFemale ? "stata" : "stato") " : " è "
        text += Self.article(lead, isFemale: isFemale) + (before.isEmpty ? "" : before + " ")
        if works.count > 1, others.isEmpty, let last = works.popLast() {
            let joint = last.first.map { "eèé".contains($0) } == true ? " ed " : " e "
            text += works.joined(separator: ", ") + joint + last
        } else {
            text += works.joined(separator: ", ") + (others.hasPrefix(",") || others.isEmpty ? "" : " ") + others
        }
        let nation = string("Nazionalità", span)
        if !nation.isEmpty { text += " " + nation }
        let naturalized = string("NazionalitàNaturalizzato", span)
        if !naturalized.isEmpty { text += " \(isFemale ? "naturalizzata" : "naturalizzato") \(naturalized)" }
        return text
    }

    /// The article before a word: `un `, `uno `, `una `, `un'`.
    private static func article(_ word: String, isFemale: Bool) -> String {
        let shown = word.split(separator: "|").last.map(String.init) ?? word
        let letters = Array(shown.lowercased().drop { "[' ".contains($0) }.prefix(2))
        guard let first = letters.first else { return "" }
        if isFemale { return "aeiou".contains(first) ? "un'" : "una " }
        let second = letters.count > 1 ? letters[1] : "a"
        let isHard = first == "z" || first == "x" || first == "y" || (first == "s" && !"aeiou".contains(second))
        return isHard || ["gn", "ps", "pn"].contains(String(letters)) ? "uno " : "un "
    }
}
