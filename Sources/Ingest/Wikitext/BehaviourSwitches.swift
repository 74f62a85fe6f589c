/// Words between double underscores that steer a page and are no text: MediaWiki's own and its translations.
enum BehaviourSwitches {
    /// Whether a word, its ASCII letters in lower case, is one.
    ///
    /// Words in other scripts always are: nobody writes them else.
    static func contains(_ word: [UInt8]) -> Bool {
        names.find(word) != nil || word.contains { $0 >= 0x80 }
    }

    private static let names: ByteTable = {
        var table = ByteTable()
        for word in words.split(separator: " ") {
            let bytes = Array(word.utf8)
            _ = table.intern(bytes, 0..<bytes.count)
        }
        return table
    }()

    private static let words = """
        notoc forcetoc toc noeditsection newsectionlink nonewsectionlink nogallery hiddencat expectunusedcategory \
        nocontentconvert nocc notitleconvert notc start end index noindex staticredirect disambig noglobal \
        expectunusedtemplate archivedtalk notalk expectwithoutscans expected_unconnected_page nosection \
        kein_inhaltsverzeichnis inhaltsverzeichnis_erzwingen inhaltsverzeichnis abschnitte_nicht_bearbeiten keine_galerie \
        versteckte_kategorie neuer_abschnittslink kein_neuer_abschnittslink indexieren nicht_indexieren \
        permanente_weiterleitung wartungskategorie \
        aucunsommaire aucunetdm sommaire tdm forcersommaire forcertdm sectionnoneditable lienpourajoutersection \
        aucungalerie catcachee aucunindex redirectionstatique categoriecachee \
        notdc forzartdc forzar_tdc tdc tabla_de_contenidos noeditarseccion sin_galeria nogaleria cat_oculta categoriaoculta \
        noindexar indexar vinculo_a_nueva_seccion \
        noindice forzaindice indice nomodificasezione nogalleria nuovasezione categoria_nascosta \
        semtdc semsumario forcartdc forcarsumario sumario naoeditarsecao semeditarsecao semgaleria indexar naoindexar \
        catoculta linkdenovasecao \
        geeninhoud geeninhoudsopgave ingehoudfo inhoud forceerinhoud nietbewerkbaresectie verborgencat geengalerij \
        bez_spisu bez_spisu_tresci spis spis_tresci wymuszaj_spis bez_galerii kategoria_ukryta \
        ingeninnehallsforteckning innehallsforteckning allinnehallsforteckning interedigerasektion ingetgalleri gomdkat \
        ingenindhold indhold tvingindhold ingeninnholdsfortegnelse innholdsfortegnelse tvinginnholdsfortegnelse \
        ei_sisallysluetteloa sisallysluettelo bezobsahu obsah nincstartalomjegyzek tartalomjegyzek nemindex \
        faracuprins cuprins icindekiler_yok icindekiler daftarisi tanpadaftarisi khongmucluc mucluc
        """
}
