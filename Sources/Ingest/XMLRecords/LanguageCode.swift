/// Codes of languages.
enum LanguageCode {
    /// The two letters of BCP 47 for a code of three (ISO 639-2, bibliographic or terminological); others stay.
    static func short(_ code: String) -> String {
        let lower = code.lowercased()
        return table[lower] ?? lower
    }

    private static let table: [String: String] = {
        let pairs = """
            eng en fre fr fra fr ger de deu de spa es ita it por pt dut nl nld nl rus ru jpn ja chi zh zho zh kor ko ara ar \
            pol pl cze cs ces cs slo sk slk sk slv sl hrv hr srp sr bos bs bul bg rum ro ron ro hun hu gre el ell el tur tr \
            ukr uk dan da swe sv nor no nob nb nno nn fin fi ice is isl is est et lav lv lit lt heb he per fa fas fa hin hi \
            tha th vie vi ind id may ms msa ms cat ca glg gl baq eu eus eu wel cy cym cy gle ga alb sq sqi sq mac mk mkd mk \
            arm hy hye hy geo ka kat ka aze az kaz kk uzb uz urd ur ben bn tam ta tel te mar mr mal ml pan pa guj gu kan kn \
            lat la epo eo afr af swa sw mon mn
            """.split(separator: " ").map(String.init)
        var table: [String: String] = [:]
        for index in stride(from: 0, to: pairs.count - 1, by: 2) { table[pairs[index]] = pairs[index + 1] }
        return table
    }()
}
