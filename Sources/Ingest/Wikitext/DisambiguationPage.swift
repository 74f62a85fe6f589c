/// Tells pages that only list what a title may mean.
public enum DisambiguationPage {
    /// Whether a page says so of itself: by a template of its wiki, by `__DISAMBIG__`, or by its title.
    ///
    /// One pass over the page.
    public static func matches(_ wikitext: [UInt8], title: String) -> Bool {
        if titleEndings.contains(where: { title.hasSuffix($0) }) { return true }
        let bytes = wikitext.span
        var place = 0
        while place + 2 < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "{"), bytes[place + 1] == byte {
                if isTemplate(bytes, place + 2) { return true }
                place += 2
            } else if byte == UInt8(ascii: "_"), bytes[place + 1] == byte, isSwitch(bytes, place + 2) {
                return true
            } else {
                place += 1
            }
        }
        return false
    }

    private static func isTemplate(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
        var place = start
        var name: [UInt8] = []
        while place < bytes.count, name.count < 60, bytes[place] != UInt8(ascii: "|"),
            bytes[place] != UInt8(ascii: "}"),
            bytes[place] != UInt8(ascii: "{")
        {
            if bytes[place].isWhitespace || bytes[place] == UInt8(ascii: "_") {
                if !name.isEmpty, name.last != 0x20 { name.append(0x20) }
            } else {
                name.append(bytes[place].lowercasedASCII)
            }
            place += 1
        }
        if name.last == 0x20 { name.removeLast() }
        if names.find(name) != nil { return true }
        guard name.contains(where: { $0 >= 0x80 }) else { return false }
        return names.find(Array(String(decoding: name, as: UTF8.self).lowercased().utf8)) != nil
    }

    private static func isSwitch(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
        let word = Array("disambig__".utf8)
        for (offset, letter) in word.enumerated() where bytes.at(start + offset).lowercasedASCII != letter {
            return false
        }
        return true
    }

    private static let titleEndings = [
        "(disambiguation)", "(Begriffsklärung)", "(homonymie)", "(desambiguación)", "(disambigua)", "(desambiguação)",
        "(doorverwijspagina)", "(значения)", "(значення)", "(ujednoznacznienie)", "(olika betydelser)", "(曖昧さ回避)",
        "(消歧义)", "(消歧義)", "(توضيح)", "(ابهام‌زدایی)", "(동음이의)", "(định hướng)",
    ]

    private static let names: ByteTable = {
        var table = ByteTable()
        for name in templates.split(separator: "|") {
            let bytes = Array(name.lowercased().utf8)
            _ = table.intern(bytes, 0..<bytes.count)
        }
        return table
    }()

    private static let templates = """
        disambig|disambiguation|dab|dmbox|disamb|disambig-cleanup|disambiguation cleanup|hndis|hndis-cleanup|geodis|\
        place name disambiguation|airport disambiguation|airport disambig|biology disambiguation|\
        callsign disambiguation|chinese title disambiguation|church disambiguation|county disambiguation|\
        genus disambiguation|hospital disambiguation|human name disambiguation|\
        letter–number combination disambiguation|letter-number combination disambiguation|\
        letter-numbercombdisambig|lncd|mathematical disambiguation|mathdab|military unit disambiguation|mil-unit-dis|\
        molecular formula disambiguation|music disambiguation|number disambiguation|numberdis|opus disambiguation|\
        phonetics disambiguation|political party disambiguation|road disambiguation|roaddis|school disambiguation|\
        schooldis|species disambiguation|species latin name disambiguation|species latin name abbreviation disambiguation|\
        station disambiguation|synagogue disambiguation|taxonomic authority disambiguation|taxonomy disambiguation|\
        wikipedia disambiguation|disambig-plants|letter disambiguation|hospitaldis|portal disambiguation|\
        begriffsklärung|bkl|homonymie|homonymes|patronymie|paronymie|toponymie|desambiguación|desambiguacion|desambig|\
        disambigua|desambiguação|dp|doorverwijspagina|dpintro|ujednoznacznienie|неоднозначность|неоднозначность|disambig|\
        багатозначність|дисамбіг|пояснение|förgrening|gren|grensida|peker|etternavn|flertydig|aimai|曖昧さ回避|\
        人名の曖昧さ回避|消歧义|消歧義|消歧義頁|동음이의|동음이의어 문서|توضيح|صفحة توضيح|ابهام‌زدایی|ابهام زدایی|\
        định hướng|trang định hướng|rozcestník|rozcestnik|rozlišovacia stránka|egyért|egyértelműsítő lap|täpsustuslehekülg|\
        täsmennyssivu|täsmennys|anlam ayrımı|anlam ayrim|disambiguasi|nyahkekaburan|apartigilo|argipen|argitu|\
        desambiguació|homònims|homónimos|αποσαφήνιση|פירושונים|višeznačna odrednica|razdvojba|višeznačno|вишезначна одредница|\
        nuorodinis|nuorodinis straipsnis|atdalīšana|disambig2|razločitev|nozīmju atdalīšana|dezambiguizare|dezambiguare|\
        мъгляв|към пояснителна страница|пояснителна страница|бир аталыштагы
        """
}
