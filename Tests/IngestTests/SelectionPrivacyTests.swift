import Foundation
import Storage
import TestSupport
import Testing

@testable import Ingest

@Suite struct SelectionPrivacyTests {
    private static func replaced(_ text: String, _ kinds: [PrivacyKind] = PrivacyKind.allCases) -> String {
        var bytes = Array(text.utf8)
        var loss: [Loss: LossCount] = [:]
        PrivacyScanner(kinds).replace(in: &bytes, loss: &loss)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("Write to jane.doe+lab@mail.example.co.uk, or o'neil@x.org.", "Write to [EMAIL], or [EMAIL]."),
        ("<ANNA_B@uni-köln.de>; mailto:info@example.museum.", "<[EMAIL]>; mailto:[EMAIL]."),
        ("Call (202) 555-0123 or 202-555-0199 ext. 12.", "Call [PHONE] or [PHONE]."),
        ("Tel. +49 (0)30 901820, Fax: 030/9018299", "Tel. [PHONE], Fax: [PHONE]"),
        ("Tél. : 01 23 45 67 89 / 06.12.34.56.78", "Tél. : [PHONE] / [PHONE]"),
        ("Phone 555-1234 now; or +442079460958.", "Phone [PHONE] now; or [PHONE]."),
        ("+1-202-555-0123 or 1 202 555 0123", "[PHONE] or [PHONE]"),
        ("020 7946 0958; 0171-1234567; (0171) 1234567", "[PHONE]; [PHONE]; [PHONE]"),
        ("(11) 91234-5678; 8 (495) 123-45-67", "[PHONE]; [PHONE]"),
        ("MRN: 00123456 and MRN 12-34-56", "MRN: [RECORD] and MRN [RECORD]"),
        ("Medical Record Number 1234567", "Medical Record Number [RECORD]"),
        ("Patient ID: A1234-567; patient number is 98765", "Patient ID: [RECORD]; patient number is [RECORD]"),
        ("SSN 123-45-6789, 219-09-9999", "SSN [RECORD], [RECORD]"),
        ("Case No. 1:20-cv-01234-ABC, Docket No. 18-966;", "Case No. [RECORD], Docket No. [RECORD];"),
        ("Account No. 000123456789; Acct# 55512345", "Account No. [RECORD]; Acct# [RECORD]"),
        ("IBAN DE89 3704 0044 0532 0130 00 paid", "IBAN [RECORD] paid"),
        ("Card 4111 1111 1111 1111 or 5500005555555559.", "Card [RECORD] or [RECORD]."),
        ("Driver's License Number D1234567", "Driver's License Number [RECORD]"),
        ("NHS number 485 777 3456", "NHS number [RECORD]"),
        ("192.168.1.10, 10.0.0.1:8080 and 2001:db8::ff00:42:8329", "[IP], [IP]:8080 and [IP]"),
        ("See https://example.org/a_(b)?q=1. Or www.example.com/x, ok.", "See [URL]. Or [URL], ok."),
        ("2020-03-12, 03/12/2020, 3/12/20, 12.03.2020 and 12.03.20.", "[DATE], [DATE], [DATE], [DATE] and [DATE]."),
        ("On March 12, 2020 and 12 March 2020, the 3rd of May, 2019", "On [DATE] and [DATE], the [DATE]"),
        ("Am 12. März 2020, le 1er janvier 2020", "Am [DATE], le [DATE]"),
        ("el 12 de marzo de 2020, 12 марта 2020 г., 2020年3月12日", "el [DATE], [DATE] г., [DATE]"),
        ("Dr. Ada Byron saw Mr. J. van der Berg.", "Dr. [NAME] saw Mr. [NAME]."),
        ("Prof. Dr. Hans Meier, Frau Dr. Eva Roth", "Prof. Dr. [NAME], Frau Dr. [NAME]"),
        ("Dr. Dr. Max Heim; Dr. med. Anna Kurz", "Dr. Dr. [NAME]; Dr. med. [NAME]"),
        ("Prof. Dr. med. Dr. h.c. X Y lehrt", "Prof. Dr. med. Dr. h.c. [NAME] lehrt"),
        ("Prof. Dr. rer. nat. habil. Uwe Ott", "Prof. Dr. rer. nat. habil. [NAME]"),
        ("Herr Dr.-Ing. Max Heim, Frau Dipl.-Ing. Eva Roth", "Herr Dr.-Ing. [NAME], Frau Dipl.-Ing. [NAME]"),
        ("Mr. and Mrs. Smith; Mr. & Mrs. Jones", "Mr. and Mrs. [NAME]; Mr. & Mrs. [NAME]"),
        ("Señor y Señora López, Monsieur et Madame Dupont", "Señor y Señora [NAME], Monsieur et Madame [NAME]"),
        ("Prof. Hans Meier Dr. Otto Kahn", "Prof. [NAME] Dr. [NAME]"),
        ("Patient: Mr John Smith; Dr. H. Meier", "Patient: Mr [NAME]; Dr. [NAME]"),
        ("Dr. Michael Herr spoke, Herr Meier Frau Schmidt", "Dr. [NAME] spoke, Herr [NAME] Frau [NAME]"),
        ("M. Lefranc et MM. Roussel, contre M. Paul Petit", "M. [NAME] et MM. [NAME], contre M. [NAME]"),
        ("La Sig.ra Maggi, il signor Galli, don Juan", "La Sig.ra [NAME], il signor [NAME], don [NAME]"),
        ("Pat.-Nr. 4471093; Az. 4 O 217/17; R.G. n. 4417/2019", "Pat.-Nr. [RECORD]; Az. [RECORD]; R.G. n. [RECORD]"),
        ("Numéro de dossier : AB-44120; codice RSSMRA85T10A562S", "Numéro de dossier : [RECORD]; codice [RECORD]"),
        ("vom 02.05. bis 09.05.2020; Urt. v. 5.2.2019", "vom [DATE] bis [DATE]; Urt. v. [DATE]"),
        ("Patient: Doe, John Q. and Herr Müller-Lüdenscheid", "Patient: [NAME] and Herr [NAME]"),
    ])
    func `personal details are replaced by their tags`(text: String, expected: String) {
        #expect(Self.replaced(text) == expected)
    }

    @Test(arguments: [
        "ICD-10 codes E11.9, I10 and S72.001A; ICD-9 250.00; CPT 99213-25.",
        "500 mg twice daily, 0.05 mg/kg, 10-20 mL, 1,000,000 units; 120/80 mmHg; 98.6 F.",
        "Section 1.2.3.4 and § 22-1804.01; D.C. Code § 16-2301; 42 U.S.C. 1983; 28 CFR 35.130.",
        "48 C.F.R. 252.227-7013 and DFARS 252.227-7013(c)(ii).",
        "347 U.S. 483, 495 (1954); 123 F.3d 456; 2010 WL 1234567; 110 Stat. 1321-200.",
        "doi:10.1056/NEJMoa2034577 and 10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
        "PMID 12345678; PMC1234567; NCT01234567; ISBN 978-0-306-40615-7; ISSN 0028-0836.",
        "GenBank accession no. AY263385; EC 1.14.12.17; clinical trial number NCT00004992.",
        "Parkinson's disease, Hodgkin lymphoma, Crohn's disease, Alzheimer's, Down syndrome, Babinski sign.",
        "Dr. Down's syndrome and Dr. Hodgkin lymphoma; DR Congo; suspected of having MS. Neurological Exam",
        "Version 2.10.33.4 was released; v1.2.3.4; build 10.0.19041.1.",
        "J Med (2004) 350 2335-2342; Lancet 2020;395:497-506; N Engl J Med 1999;340:1234-41.",
        "NDC 0143-9284-01; CAS 50-78-2; gene p53; BRCA1; IL-6; CD4 count 350.",
        "In this case no 300 patients were seen; claim 12 of the patent; case 3.",
        "The ratio was 3:2:1 at 12:30:45; std::string and a::b; room 1234; 1990-2000.",
        "Population 1 234 567 in 2010; 3 500 000 km; 100 200 300; 12 345 678 9.",
        "Fig. 12.3.4.1 and Table 10.20.30.40, article 12.10.1999.",
        "It may 12 times happen; march 12 miles; we saw 12 of them.",
        "123-45-678 and 000-12-3456 and 666-12-3456; 4111 1111 1111 1112; DE12 1234 1234 1234 1234 12.",
        "Law 12-60; Act 13-245; Bill 20-500; Pub. L. 111-148; 13/13/2020; 31.13.2020; 2020-13-01.",
        "a@b, @user, foo@, user@localhost; x @ y; 256.1.1.1; 1.2.3; 1::2::3.",
        "OR 1.5 (95% CI 1.2-1.9), p=0.0001; 10^6 cells; 1.2e-10; 5'-ATG-3'.",
        "Dr. Prof. said; Dr. Dr. Hodgkin lymphoma; Mr. and Mrs. were; Prof. Dr. med. is a title.",
        "pH 7.31/52/88/25; M. Crohn; Malcolm M. Greene; le don de Sang; Phoenix, AZ 85004; RSSMRA85T10A562T.",
        "Patient: female; Name: see below; Patient: Stable",
    ])
    func `what only looks like a detail stays`(text: String) {
        #expect(Self.replaced(text) == text)
    }

    /// Sentences as notes, letters, judgements and contracts have them, about people who do not exist.
    @Test func `of labelled sentences enough details of each kind are replaced, and little else`() throws {
        let parts = ["heldout", "development", "fresh", "last"]
        let sentences = try parts.flatMap { try LabelledText.sentences("privacy-" + $0) }
        #expect(sentences.count >= 250)
        let scores = PrivacyScore.of(sentences)
        let minimums: [PrivacyKind: (precision: Double, recall: Double, labels: Int)] = [
            .email: (1, 1, 22), .phone: (1, 1, 43), .record: (1, 0.96, 110), .ip: (1, 1, 7), .url: (1, 1, 7),
            .date: (1, 1, 94), .name: (0.99, 1, 107),
        ]
        for (kind, minimum) in minimums {
            let score = try #require(scores[kind])
            #expect(score.labels >= minimum.labels, "\(kind) \(score)")
            #expect(score.precision >= minimum.precision, "\(kind) \(score)")
            #expect(score.recall >= minimum.recall, "\(kind) \(score)")
        }
    }

    @Test func `only the kinds asked for are replaced, and each is counted`() {
        let text = "Mail a@b.org on 2020-03-12 or call 202-555-0199, or c@d.org."
        var bytes = Array(text.utf8)
        var loss: [Loss: LossCount] = [:]
        PrivacyScanner([.email]).replace(in: &bytes, loss: &loss)
        #expect(
            String(decoding: bytes, as: UTF8.self) == "Mail [EMAIL] on 2020-03-12 or call 202-555-0199, or [EMAIL].")
        #expect(loss == [Loss(kind: "privacy", name: "email"): LossCount(count: 2, bytes: 14)])
    }

    @Test func `replacing a second time changes nothing`() {
        let text = "Dr. Byron, MRN 1234567, tel. 202-555-0199, a@b.org, https://a.org/x, 10.2.3.4, May 5, 2020"
        let once = Self.replaced(text)
        #expect(once == "Dr. [NAME], MRN [RECORD], tel. [PHONE], [EMAIL], [URL], [IP], [DATE]")
        #expect(Self.replaced(once) == once)
    }

    @Test func `time is linear on hostile text, and spans are in order and inside`() {
        let pieces = [
            "1-", "(1)", "a@", "@a.", "+1", "1.1.", "::", "a:", "12 ", "May ", "Dr. A ", "Dr. ", "Mr. and ", "Dr. h.c.",
            "h.", "case no. 1", "www.",
            "http://(",
            "年", "1/1/", "DE89 ", "\u{A0}1", "-", "É",
        ]
        var numbers = SelectionIndexTests.Numbers(state: 5)
        for piece in pieces {
            let text = Array(String(repeating: piece, count: 400_000 / piece.utf8.count).utf8)
            let began = ContinuousClock.now
            _ = PrivacyScanner(PrivacyKind.allCases).spans(in: text)
            #expect(ContinuousClock.now - began < .seconds(2), "\(piece)")
        }
        for _ in 0..<300 {
            var text: [UInt8] = []
            for _ in 0..<60 {
                text += pieces[Int(numbers.next() % UInt64(pieces.count))].utf8
                if numbers.next() % 3 == 0 { text.append(UInt8(truncatingIfNeeded: numbers.next())) }
            }
            var last = 0
            for (range, _) in PrivacyScanner(PrivacyKind.allCases).spans(in: text) {
                #expect(range.lowerBound >= last && range.upperBound <= text.count && !range.isEmpty)
                last = range.upperBound
            }
        }
    }

    @Test func `ingest writes the text with tags and counts them as loss`() throws {
        let directory = TemporaryDirectory()
        let path = try directory.write(#"{"id":"1","text":"Call 202-555-0199 or a@b.org"}"#, to: "a.jsonl")
        var configuration = IngestConfiguration()
        configuration.selection.privacy = [.email, .phone]
        let result = try ingest([path], into: directory.file("corpus"), configuration)
        #expect(result.texts == ["Call [PHONE] or [EMAIL]"])
        #expect(result.losses[Loss(kind: "privacy", name: "phone")] == LossCount(count: 1, bytes: 12))
    }
}
