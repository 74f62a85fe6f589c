/// Redirects that only the text tells of, as in dumps older than the `<redirect>` element.
enum RedirectText {
    /// The word after `#` in the wikis' languages, upper case.
    private static let words: Set<String> = [
        "REDIRECT", "REDIRECTION", "WEITERLEITUNG", "REDIRECCIÓN", "REDIRECCION", "REDIRECIONAMENTO", "RINVIA",
        "RINVIO",
        "REDIRECCIÓ", "DOORVERWIJZING", "OMDIRIGERING", "OMDIRIGERA", "OMDIRIGER", "VIDERESTILLING", "OHJAUS",
        "UUDELLEENOHJAUS", "PATRZ", "PRZEKIERUJ", "TAM", "PŘESMĚRUJ", "PRESMERUJ", "ÁTIRÁNYÍTÁS", "YÖNLENDİR",
        "YÖNLENDİRME", "PREUSMJERI", "PREUSMERI", "ALIDIREKTU", "PERENAPRAVLENIE", "ПЕРЕНАПРАВЛЕНИЕ", "ПЕРЕНАПР",
        "ПЕРЕНАПРАВЛЕННЯ", "ПРЕНАСОЧВАНЕ", "ПРЕУСМЕРИ", "ΑΝΑΚΑΤΕΥΘΥΝΣΗ", "הפניה", "تحويل", "تغییر_مسیر", "تغییرمسیر",
        "重定向", "重新導向", "転送", "リダイレクト", "넘겨주기", "เปลี่ยนทาง", "ĐỔI",
    ]

    /// The target when `text` is a redirect.
    static func target(of text: [UInt8]) -> String? {
        let head = text.prefix(600)
        guard let hash = head.firstIndex(where: { $0 > 0x20 }), head[hash] == 0x23,
            let open = head[hash...].firstRange(of: Array("[[".utf8))
        else { return nil }
        let word = String(decoding: head[(hash + 1)..<open.lowerBound], as: UTF8.self)
            .filter { !$0.isWhitespace && $0 != ":" }
        // Two words in some languages, as in Vietnamese: the first of them tells enough.
        let first =
            String(decoding: head[(hash + 1)..<open.lowerBound], as: UTF8.self)
            .split(whereSeparator: { $0.isWhitespace || $0 == ":" }).first.map(String.init) ?? ""
        guard words.contains(word.uppercased()) || words.contains(first.uppercased()) else { return nil }
        let rest = head[open.upperBound...]
        let end = rest.firstIndex { $0 == 0x5D || $0 == 0x7C || $0 == 0x0A } ?? rest.endIndex
        return String(decoding: rest[..<end], as: UTF8.self)
    }
}
