extension WikitextOptions {
    /// Sections of the big Wikipedias that hold apparatus, not prose.
    public static let apparatusSections: [String] = sections.split(separator: "|").map(String.init)

    private static let sections = """
        References|Reference|Notes and references|References and notes|Footnotes|Notes|Endnotes|Citations|\
        Notes and citations|Sources|Bibliography|Works cited|Selected bibliography|General references|Cited sources|\
        External links|External link|Weblinks|See also|Further reading|Further information|Literature|\
        References and further reading|Sources and further reading|Notes and sources|Explanatory notes|\
        Einzelnachweise|Einzelnachweise und Anmerkungen|Anmerkungen und Einzelnachweise|Anmerkungen|Belege|Nachweise|\
        Quellen|Literatur|Siehe auch|Fußnoten|Quellen und Einzelnachweise|Literatur und Quellen|Weblink|\
        Notes et références|Références|Référence|Notes|Lien externe|Liens externes|Voir aussi|Bibliographie|Annexes|\
        Articles connexes|Sources et bibliographie|Liens internes et externes|\
        Referencias|Notas y referencias|Notas|Enlaces externos|Véase también|Bibliografía|Fuentes|\
        Note|Bibliografia|Voci correlate|Collegamenti esterni|Altri progetti|\
        Referências|Notas e referências|Ligações externas|Ver também|\
        Referenties|Noten|Voetnoten|Externe link|Externe links|Zie ook|Literatuur|Bronnen|\
        Bronnen, noten en/of referenties|Przypisy|Linki zewnętrzne|Zobacz też|Uwagi|\
        Примечания|Литература|Ссылки|См. также|Источники|Примітки|Література|Посилання|Див. також|Джерела|\
        Бележки|Външни препратки|Вижте също|Источници|Референце|Спољашње везе|Види још|\
        Referenser|Externa länkar|Se även|Källor|Noter|Litteratur|Fotnoter|Kilder|Referanser|Eksterne lenker|Se også|\
        Referencer|Eksterne henvisninger|Eksterne kilder|Litteratur|Lähteet|Aiheesta muualla|Katso myös|Viitteet|\
        Kirjallisuutta|Reference|Externí odkazy|Související články|Literatura|Poznámky|Referencie|Externé odkazy|\
        Pozri aj|Jegyzetek|Források|További információk|Kapcsolódó szócikkek|Irodalom|Note|Legături externe|Vezi și|\
        Bibliografie|Kaynakça|Dış bağlantılar|Ayrıca bakınız|Notlar|Izvori|Vanjske poveznice|Povezani članci|Sklici|\
        Zunanje povezave|Glej tudi|Viited|Välislingid|Vaata ka|Šaltiniai|Nuorodos|Taip pat skaitykite|Atsauces|\
        Ārējās saites|Skatīt arī|Παραπομπές|Εξωτερικοί σύνδεσμοι|Δείτε επίσης|Βιβλιογραφία|Πηγές|\
        Referències|Enllaços externs|Vegeu també|Erreferentziak|Kanpo estekak|Ikus, gainera|Ligazóns externas|Véxase tamén|\
        Referencoj|Eksteraj ligiloj|Vidu ankaŭ|Referensi|Pranala luar|Lihat pula|Rujukan|Pautan luar|Lihat juga|\
        Chú thích|Tham khảo|Liên kết ngoài|Xem thêm|脚注|注釈|出典|参考文献|外部リンク|関連項目|注釈・出典|\
        参考资料|參考資料|參考文獻|外部链接|外部連結|外部鏈接|参见|參見|参看|注释|註釋|延伸阅读|延伸閱讀|相关条目|相關條目|\
        각주|외부 링크|같이 보기|참고 문헌|출처|참고 자료|مراجع|المراجع|وصلات خارجية|انظر أيضا|انظر أيضًا|هوامش|منابع|\
        پیوند به بیرون|جستارهای وابسته|پانویس|הערות שוליים|קישורים חיצוניים|ראו גם|לקריאה נוספת|सन्दर्भ|बाहरी कड़ियाँ|\
        इन्हें भी देखें|อ้างอิง|แหล่งข้อมูลอื่น|ดูเพิ่ม|তথ্যসূত্র|বহিঃসংযোগ|আরও দেখুন|மேற்கோள்கள்|வெளி இணைப்புகள்
        """
}
