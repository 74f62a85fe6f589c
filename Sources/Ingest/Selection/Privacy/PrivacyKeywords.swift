/// Words that say what the number, date or name beside them is, by the hash of their lower case.
struct PrivacyKeywords: Sendable {
    /// What a word can be; several at once.
    struct Meaning: OptionSet {
        let rawValue: UInt16

        /// A telephone number follows: `tel`.
        static let phone = Meaning(rawValue: 1)
        /// A record number follows: `mrn`.
        static let record = Meaning(rawValue: 2)
        /// With a word for `number` after it, a record number follows: `account`.
        static let recordHead = Meaning(rawValue: 4)
        /// A word for `number`.
        static let number = Meaning(rawValue: 8)
        /// A month in English, which has a capital letter.
        static let englishMonth = Meaning(rawValue: 16)
        /// A month in a language that may write it small.
        static let month = Meaning(rawValue: 32)
        /// A name follows: `Dr`.
        static let title = Meaning(rawValue: 64)
        /// With a colon after it, a name follows: `patient`.
        static let nameLabel = Meaning(rawValue: 128)
        /// A number after it is one of the text's own: `section`.
        static let ownNumber = Meaning(rawValue: 256)
        /// It may stand between a keyword and the number: `is`.
        static let filler = Meaning(rawValue: 512)
        /// A word that goes with a person's name to make the name of a disease: `syndrome`.
        static let eponymNoun = Meaning(rawValue: 1024)
        /// A part of a title, which a stop follows: `med.`.
        static let titlePart = Meaning(rawValue: 2048)
        /// It may join two titles: `and`.
        static let titleJoint = Meaning(rawValue: 4096)
        /// A title that may be written small: `signora`.
        static let smallTitle = Meaning(rawValue: 8192)
        /// A title only where the words before it let it be one, as with `M.`, `Don` and `Sr.` often not.
        static let contextTitle = Meaning(rawValue: 16384)
        /// It may stand before such a title: `le`, `contra`.
        static let beforeTitle = Meaning(rawValue: 32768)
    }

    /// One table for all scanners.
    static let shared = PrivacyKeywords()

    private static let words: [(Meaning, String)] = [
        (
            .phone,
            """
            tel telephone phone phones ph fax facsimile telefax mobile mob cell cellphone pager telefon telefonnummer
            telefonnr handy mobil rufnummer tél téléphone télécopie portable teléfono móvil celular telefono cellulare
            telefone telemóvel telefoon tlf puhelin телефон тел факс τηλ τηλέφωνο telefonszám telefonní
            """
        ),
        (
            .record,
            """
            mrn ssn mrno ssno patientennummer patientennr fallnummer versichertennummer krankenversichertennummer
            kontonummer aktenzeichen az geschäftszeichen geschäftsnummer kassenzeichen aufnahmenummer fallnr
            sozialversicherungsnummer rentenversicherungsnummer steuernummer steueridentifikationsnummer
            ausweisnummer personalausweisnummer passnummer reisepassnummer führerscheinnummer versicherungsnummer
            versicherungsscheinnummer policennummer policennr schadennummer schadensnummer vertragsnummer vertragsnr
            kundennummer kundennr mitgliedsnummer personalnummer matrikelnummer vorgangsnummer depotnummer
            krankenkassennummer pesel dni nif cpf bsn personnummer
            """
        ),
        (
            .recordHead,
            """
            record records patient hospital chart account accounts acct case docket civil criminal cause file policy
            claim member subscriber beneficiary certificate license licence passport security visit encounter admission
            specimen prescription insurance medicare medicaid nhs inmate booking badge bar employee student
            vehicle serial tax taxpayer identification routing group dossier expediente pratica fascicolo
            processo historia cuenta compte conto konto sécurité siniestro póliza police pt rg pourvoi procedimiento
            autos recurso cartella sinistro polizza matricola afiliado adhérent allocataire warrant auth
            authorization authorisation referral registration permit customer client loan mortgage incident
            arrest visa alien pension payroll membership enrollment enrolment participant subject reservation
            complaint petition probate parcel donor estate retainer matter panel kunde kunden mitglied vertrag akte
            index clinic barcode rollo
            contrat client abonné contrato cliente socio contratto utente ricovero ricetta ordonnance
            """
        ),
        (.number, "no nos number numbers num nr nummer id ids numero número numéro nº n ref reference"),
        (
            .englishMonth,
            """
            january february march april may june july august september october november december jan feb mar apr jun
            jul aug sep sept oct nov dec
            """
        ),
        (
            .month,
            """
            janvier février mars avril mai juin juillet août septembre octobre novembre décembre enero febrero marzo
            abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre gennaio febbraio aprile
            maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março maio junho julho setembro outubro
            dezembro januar jänner februar märz april juni juli august september oktober november dezember januari
            februari maart mei augustus october december stycznia lutego marca kwietnia maja czerwca lipca sierpnia
            września października listopada grudnia января февраля марта апреля мая июня июля августа сентября октября
            ноября декабря
            """
        ),
        (
            .title,
            """
            mr mrs ms miss dr prof professor herr herrn frau fräulein mme mmes mlle monsieur madame maître dre señor
            señora señorita sra srta dra doña dott dottor dottoressa sig signor signora signorina
            """
        ),
        (.smallTitle, "monsieur madame señor señora señorita don doña signor signora signorina dott dottor dottoressa"),
        (.contextTitle, "m mm pr don sr"),
        (
            .beforeTitle,
            """
            et à de par que pour avec contre sur chez où vu ainsi entre ou dont selon cher le au du auprès el al del a y
            con por contra según estimado señor muy e il dal per gentile egregio vs
            """
        ),
        (
            .titlePart,
            """
            med phil rer nat jur iur oec pol habil theol vet dent ing agr sc scient techn forest paed disc dipl mag
            univ psych pharm hc h e mult
            """
        ),
        (.titleJoint, "and und et y e og och en"),
        (
            .nameLabel,
            """
            patient name physician surgeon provider attending doctor plaintiff defendant petitioner respondent
            witness mother father spouse guardian client
            """
        ),
        (
            .ownNumber,
            """
            section sections sec version ver v chapter art article articles rule table fig figure part para paragraph
            clause item release build appendix annex step ec dfars kernel firmware driver abschnitt artikel kapitel tabelle abbildung
            """
        ),
        (
            .filler,
            "is was are at of or and the no number nr clínica clinica sociale social médical ist lautet est es è"
        ),
        (
            .eponymNoun,
            """
            disease syndrome lymphoma sarcoma sign test reflex palsy chorea dementia tumor tumour anemia anaemia
            thyroiditis phenomenon criteria scale score method stain law theorem effect contracture esophagus ataxia
            """
        ),
    ]

    private static let bits: UInt64 = 11
    private var keys = [UInt64](repeating: 0, count: 1 << Int(bits))
    private var meanings = [UInt16](repeating: 0, count: 1 << Int(bits))

    private init() {
        for (meaning, list) in Self.words {
            for word in list.split(whereSeparator: \.isWhitespace) {
                // Only ASCII is folded while reading, so a capital beyond it is a spelling of its own.
                let lower = String(word)
                for spelling in Set([lower, lower.prefix(1).uppercased() + lower.dropFirst(), lower.uppercased()]) {
                    add(Self.hash(Array(spelling.utf8)), meaning)
                }
            }
        }
    }

    private mutating func add(_ hash: UInt64, _ meaning: Meaning) {
        var slot = Int(hash >> (64 - Self.bits))
        while keys[slot] != 0, keys[slot] != hash { slot = (slot + 1) & (keys.count - 1) }
        keys[slot] = hash
        meanings[slot] |= meaning.rawValue
    }

    private static func hash(_ word: [UInt8]) -> UInt64 {
        word.withUnsafeBufferPointer { hash($0, 0..<word.count) }
    }

    @inline(__always)
    private static func hash(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for at in range {
            let byte = text[at]
            hash = (hash ^ UInt64(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)) &* 0x100_0000_01B3
        }
        return WordScanner.finish(hash)
    }

    /// What a word means; longer ones than any here mean nothing.
    @inline(__always)
    func meaning(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Meaning {
        guard range.count <= 40 else { return [] }
        let hash = Self.hash(text, range)
        var slot = Int(hash >> (64 - Self.bits))
        while keys[slot] != 0 {
            if keys[slot] == hash { return Meaning(rawValue: meanings[slot]) }
            slot = (slot + 1) & (keys.count - 1)
        }
        return []
    }
}
