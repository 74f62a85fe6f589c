import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct SelectionLanguageTests {
    private static func guess(_ text: String) -> LanguageIdentifier.Guess {
        var identifier = LanguageIdentifier()
        return identifier.guess(Array(text.utf8))
    }

    /// Sentences written for this test.
    @Test(arguments: [
        (
            "en",
            "The ferry leaves the harbour twice a day, and in winter nobody knows whether it will come back before night."
        ),
        (
            "de",
            "Die Fähre verlässt den Hafen zweimal am Tag, und im Winter weiß niemand, ob sie vor der Nacht zurückkommt."
        ),
        (
            "fr",
            "Le bateau quitte le port deux fois par jour, et en hiver personne ne sait s'il reviendra avant la nuit."
        ),
        ("es", "El barco sale del puerto dos veces al día, y en invierno nadie sabe si volverá antes de la noche."),
        ("it", "Il traghetto lascia il porto due volte al giorno, e d'inverno nessuno sa se tornerà prima di notte."),
        ("pt", "O barco sai do porto duas vezes por dia, e no inverno ninguém sabe se ele voltará antes da noite."),
        (
            "nl",
            "De veerboot verlaat de haven twee keer per dag, en in de winter weet niemand of hij voor de nacht terugkomt."
        ),
        (
            "sv",
            "Färjan lämnar hamnen två gånger om dagen, och på vintern vet ingen om den kommer tillbaka före natten."
        ),
        (
            "da",
            "Færgen forlader havnen to gange om dagen, og om vinteren ved ingen, om den kommer tilbage inden natten."
        ),
        ("fi", "Lautta lähtee satamasta kahdesti päivässä, eikä talvella kukaan tiedä, palaako se ennen yötä."),
        ("pl", "Prom opuszcza port dwa razy dziennie, a zimą nikt nie wie, czy wróci przed nocą."),
        ("cs", "Trajekt opouští přístav dvakrát denně a v zimě nikdo neví, jestli se vrátí před nocí."),
        ("hu", "A komp naponta kétszer hagyja el a kikötőt, és télen senki sem tudja, hogy visszatér-e éjszaka előtt."),
        (
            "ro",
            "Feribotul pleacă din port de două ori pe zi, iar iarna nimeni nu știe dacă se va întoarce înainte de noapte."
        ),
        ("tr", "Feribot günde iki kez limandan ayrılır ve kışın geceden önce geri dönüp dönmeyeceğini kimse bilmez."),
        ("ru", "Паром выходит из порта два раза в день, и зимой никто не знает, вернётся ли он до ночи."),
        ("uk", "Пором виходить з порту двічі на день, і взимку ніхто не знає, чи повернеться він до ночі."),
        (
            "bg",
            "Фериботът напуска пристанището два пъти на ден и през зимата никой не знае дали ще се върне преди нощта."
        ),
        ("el", "Το πλοίο φεύγει από το λιμάνι δύο φορές την ημέρα και τον χειμώνα κανείς δεν ξέρει αν θα γυρίσει."),
        ("ar", "تغادر العبارة الميناء مرتين في اليوم، وفي الشتاء لا يعرف أحد هل ستعود قبل الليل."),
        ("fa", "کشتی روزی دو بار از بندر می‌رود و در زمستان هیچ کس نمی‌داند که آیا پیش از شب باز خواهد گشت."),
        ("he", "המעבורת יוצאת מהנמל פעמיים ביום, ובחורף איש אינו יודע אם תחזור לפני הלילה."),
        ("hi", "नाव दिन में दो बार बंदरगाह से निकलती है और सर्दियों में कोई नहीं जानता कि वह रात से पहले लौटेगी या नहीं।"),
        ("zh", "渡船每天两次离开港口，冬天没有人知道它能不能在天黑以前回来。"),
        ("ja", "渡し船は一日に二回港を出るが、冬には夜までに戻ってくるかどうか誰にも分からない。"),
        ("ko", "나룻배는 하루에 두 번 항구를 떠나지만 겨울에는 밤이 되기 전에 돌아올지 아무도 모른다."),
        ("th", "เรือข้ามฟากออกจากท่าวันละสองครั้ง และในฤดูหนาวไม่มีใครรู้ว่าจะกลับมาก่อนค่ำหรือไม่"),
        (
            "vi",
            "Chuyến phà rời bến cảng hai lần mỗi ngày, và mùa đông không ai biết nó có trở về trước khi trời tối hay không."
        ),
    ])
    func `the language of a sentence is told`(language: String, text: String) {
        let guess = Self.guess(text)
        #expect(guess.language == language)
        #expect(guess.confidence > 0.5, "\(guess.confidence)")
    }

    @Test(arguments: [
        "", "12 + 34 = 46; 2020-01-01", "🥖🧀 → ← ★", "aGVsbG8gd29ybGQgaXMgcXhqeiB3dnEgeGt6anE",
        "xq zvk qjx wpt kkz vvq zzx jqk xvw pqz kxj wvz qqx zkj",
        "ATGCCGTAAGCTTGCATGCCTGCAGGTCGACTCTAGAGGATCCCCGGGTACCGAGCTCGAATTC",
    ])
    func `what is no language is not told with confidence`(text: String) {
        #expect(Self.guess(text).confidence < 0.5, "\(Self.guess(text))")
    }

    /// The number is what `fold` and `kind` of Scripts/make_language_model.py give, hashed in the same way.
    @Test func `letters are read as the model was made`() {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in 0..<0x30000 as Range<UInt32> where !(0xD800..<0xE000).contains(scalar) {
            let kind: UInt64 =
                switch LanguageText.kind(scalar) {
                case .space: 0
                case .letter: 1
                case .alone: 2
                }
            hash = (hash ^ (UInt64(LanguageText.fold(scalar)) << 2 | kind)) &* 0x100_0000_01B3
        }
        #expect(hash == 0xB648_561C_F9B8_075C)
    }

    @Test func `of a long text only passages at fixed places are read`() {
        let english = "It was not long before the two of them had found what they were looking for. "
        let text = Array(String(repeating: english, count: 100_000).utf8)
        let began = ContinuousClock.now
        var identifier = LanguageIdentifier()
        for _ in 0..<20 { #expect(identifier.guess(text).language == "en") }
        #expect(ContinuousClock.now - began < .seconds(1))
        text.withUnsafeBufferPointer { text in
            let ranges = LanguageIdentifier.ranges(text)
            #expect(ranges.reduce(0) { $0 + $1.count } <= LanguageIdentifier.wholeBytes)
            #expect(ranges.last?.upperBound == text.count)
        }
    }

    @Test func `any bytes can be looked at`() {
        var numbers = SelectionIndexTests.Numbers(state: 3)
        var identifier = LanguageIdentifier()
        for length in 0..<300 {
            let bytes = (0..<length * 9).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
            let guess = identifier.guess(bytes)
            #expect((0...1).contains(guess.confidence))
        }
    }

    @Test func `ingest names languages the source does not, and keeps those asked for`() throws {
        let directory = TemporaryDirectory()
        let english = "It was not long before the two of them had found what they were looking for in the town."
        let german = "Es dauerte nicht lange, bis die beiden gefunden hatten, was sie in der Stadt suchten."
        let path = try directory.write(
            """
            {"id":"1","text":"\(english)"}
            {"id":"2","text":"\(german)"}
            {"id":"3","language":"xx","text":"\(english) Again."}
            {"id":"4","text":"1234 5678"}
            """, to: "a.jsonl")
        var configuration = IngestConfiguration()
        configuration.selection.language.identify = true
        let named = try ingest([path], into: directory.file("named"), configuration)
        #expect(named.documents.map(\.language) == ["en", "de", "xx", ""])
        configuration.selection.language.keep = ["en", "nb"]
        let kept = try ingest([path], into: directory.file("kept"), configuration)
        #expect(kept.documents.map(\.externalID) == ["1", "3"])
        #expect(kept.rejections == ["language": 2])
        configuration.selection.language.keep = ["klingon"]
        let failure = #expect(throws: Failure.self) { try ingest([path], into: directory.file("no"), configuration) }
        #expect(failure?.code == .usage)
    }

    /// Articles about Berlin; a piece of 600 bytes is a text.
    ///
    /// Some pieces are lists of German book titles.
    @Test(.enabled(if: SharedData.isThere)) func `articles in many languages are told apart`() throws {
        let languages = [
            "af", "ar", "az", "be", "bn", "ckb", "cs", "cy", "de", "el", "et", "fa", "fr", "ga", "hr", "hy", "id", "is",
            "ja", "kk", "lt", "ml", "mr", "pl", "ru", "sl", "sr", "sw", "te", "th", "tl", "tt", "ur",
        ]
        var shares: [(String, Double)] = []
        for language in languages {
            let directory = TemporaryDirectory()
            let dump = SharedData.path("mediawiki/minidumps/\(language)/wiki.xml.bz2")
            let documents = try ingest([dump], into: directory.file("c")).documents
            let text = documents.reduce(into: [UInt8]()) { $0 += $1.text + [0x0A] }
            var identifier = LanguageIdentifier()
            let pieces = Array(stride(from: 0, to: max(1, text.count - 599), by: 600).prefix(40))
            let right = pieces.filter { start in
                let guess = identifier.guess(Array(text[start..<min(start + 600, text.count)])).language
                return guess == language || language == "hr" && guess == "bs"
            }
            shares.append((language, Double(right.count) / Double(pieces.count)))
        }
        let mean = shares.reduce(0) { $0 + $1.1 } / Double(shares.count)
        #expect(mean > 0.97, "\(shares.filter { $0.1 < 1 })")
    }
}
