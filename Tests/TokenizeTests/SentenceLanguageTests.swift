import Foundation
import Testing

@testable import Tokenize

@Suite struct SentenceLanguageTests {
    @Test(arguments: [
        ("de", "Am 3. Oktober kam Dr. Weiß. | Er blieb bis zum 12. November."),
        ("de", "Das gilt z. B. für Äpfel, d. h. für Obst usw. | Die Birne auch."),
        (
            "de",
            "Nach § 1 Abs. 2 S. 1 BGB i. V. m. Art. 4 GG gilt das (vgl. BGH, Urt. v. 4. Mai 2001, Rn. 12). | Es bleibt dabei."
        ),
        ("de", "Im 19. Jahrhundert war das so. | Der II. Weltkrieg kam später."),
        ("de", "Er wohnt in der Goethestr. 5. | Sie wohnt in der Hauptstr. in Bonn."),
        ("de", "Ludwig XIV. war König. | Prof. Dr. h. c. mult. Hans Meier sprach. | Die 1. Mannschaft spielt."),
        ("de", "Der Vertrag der M … Leasing GmbH gilt. | Das war Bergmann's. | Ich gehe (s. Anl. K 3)."),
        ("fr", "J.-P. Martin est né en 1950. | Quelle histoire ! | Et alors ?"),
        ("es", "—¿Vienes? —preguntó ella. | —No —dijo él. | Se fue."),
        ("ru", "«Кто там?» — спросил он. | «Я!» | Она вошла."),
        ("ko", "그는 \"안녕.\" 하고 말했다. | 그리고 갔다."),
        ("fi", "Hän syntyi 3. tammikuuta 1950. | Hän asui esim. Turussa."),
        ("hu", "A 19. században élt. | Dr. Nagy pl. orvos volt."),
        ("de", "„Kommst du?“ | „Ja.“ | Sie ging."),
        ("fr", "M. Durand et Mme. Roux sont là. | Ils parlent, p. ex. de l’art. 3."),
        ("fr", "« Il pleut. » | Nous restons. | C’est ainsi depuis av. J.-C. jusqu’ici."),
        ("es", "El Sr. Gil llegó. | ¿Quién era? | ¡Nadie! | La Dra. Paz vive en EE. UU. desde 1990."),
        ("pt", "O Sr. Lima chegou. | A Dra. Melo saiu às 10 h. | Eles moram na Av. Brasil."),
        ("it", "Il sig. Rossi è qui. | La dott.ssa Bianchi no. | Vedi art. 3, pag. 4."),
        ("ru", "Это было в 1898 г. в Москве. | Он жил на ул. Мира, д. 5, т. е. рядом. | А. П. Орлов молчал."),
        ("ru", "Там были книги, карты и т. д. | Он ушёл."),
        ("nl", "Dhr. Bakker kwam o.a. met prof. Smit. | Zij bleef thuis."),
        ("pl", "Prof. Nowak był tu np. wczoraj. | Dnia 3. maja wyjechał."),
        ("tr", "Dr. Kaya geldi. | Sonra gitti."),
        ("sv", "Det kostar t.ex. 3 kr. | Hon kom bl.a. hit."),
        ("cs", "Přišel např. prof. Novák. | Dne 3. května odjel."),
        ("el", "Πού είναι; | Είναι εδώ. | Ο κ. Νίκου ήρθε."),
        ("ar", "هل وصل القطار؟ | نعم وصل. | ثم غادر!"),
        ("fa", "خانه کوچک است. | رود بزرگ است؟ | بله."),
        ("hi", "डॉ. राव आए। | वे बैठे। | क्या हुआ?"),
        ("bn", "ঘরটি ছোট। | নদীটি বড়।"),
        ("hy", "Տունը փոքր է: | Գետը մեծ է:"),
        ("am", "ቤቱ ትንሽ ነው። | ወንዙ ትልቅ ነው።"),
        ("km", "ផ្ទះតូច។ | ទន្លេធំ។"),
        ("bo", "ཁང་པ་ཆུང་། | ཆུ་བོ་ཆེ།"),
    ])
    func `a language is cut by its own habits`(language: String, text: String) {
        #expect(SentenceSplitterTests.split(text, language: language) == text)
    }

    @Test(arguments: [
        ("zh", "他说：“好。”|然后走了。|“真的吗？”她问。|是！"), ("ja", "「はい。」と言った。|本当？|はい！"),
        ("ja", "川は広いですか?|2階です。|広いです。"), ("zh", "价格是３．５元。|很便宜。"), ("ko", "집은 작다.|강은 크다."),
    ])
    func `scripts that need no space are cut without one`(language: String, marked: String) {
        let joined =
            language == "ko"
            ? marked.replacingOccurrences(of: "|", with: " ") : marked.replacingOccurrences(of: "|", with: "")
        let text = Array(joined.utf8)
        let parts = SentenceSplitter(language: language).sentences(in: text, 0..<text.count)
        #expect(parts.map { String(decoding: text[$0], as: UTF8.self) }.joined(separator: "|") == marked)
    }

    @Test func `a language without a file goes by its script`() {
        #expect(
            SentenceSplitterTests.split("Txus etorri zen. | Gero joan zen.", language: "eu")
                == "Txus etorri zen. | Gero joan zen.")
        #expect(SentenceSplitterTests.split("ነው። | ነው።", language: "xx") == "ነው። | ነው።")
    }
}
