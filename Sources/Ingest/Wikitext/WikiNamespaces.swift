/// How a wiki names the namespaces that matter to the cleaner: files, categories, and links to other wikis.
public struct WikiNamespaces: Sendable, Equatable {
    /// What a link's prefix makes of the link.
    enum Role: Sendable, Equatable {
        /// A picture or sound shown in place; it goes with its caption.
        case file
        /// A link to a file; its text stays.
        case media
        /// A category of the page.
        case category
        /// The same article in another language.
        case language
    }

    /// Prefixes in lower case, blanks for underscores.
    private var roles: [String: Role] = [:]

    /// The names of the English Wikipedia.
    public static let english = WikiNamespaces(names: [:])

    /// Names from a dump's `<siteinfo>` by namespace number (-2 Media, 6 File, 14 Category), beside the canonical
    /// English ones, which every wiki understands.
    public init(names: [Int: String]) {
        for code in Self.languageCodes.split(separator: " ") { roles[String(code)] = .language }
        for name in ["file", "image"] { roles[name] = .file }
        roles["category"] = .category
        roles["media"] = .media
        for (number, role) in [(6, Role.file), (14, .category), (-2, .media)] {
            guard let name = names[number], !name.isEmpty else { continue }
            roles[Self.normalised(name)] = role
        }
    }

    /// The role of a link's prefix, given as the text before its first colon.
    func role(of prefix: some Collection<UInt8>) -> Role? {
        roles[Self.normalised(String(decoding: prefix, as: UTF8.self))]
    }

    private static func normalised(_ name: String) -> String {
        var words = ""
        for part in name.lowercased().split(whereSeparator: { $0 == " " || $0 == "_" || $0 == "\t" }) {
            if !words.isEmpty { words += " " }
            words += part
        }
        return words
    }

    /// Prefixes of the language editions of Wikipedia.
    private static let languageCodes = """
        aa ab ace ady af ak als alt am ami an ang ann anp ar arc ary arz as ast atj av avk awa ay az azb ba ban bar \
        bat-smg bbc bcl bdr be be-tarask be-x-old bew bg bh bi bjn blk bm bn bo bpy br bs btm bug bxr ca cbk-zam cdo ce \
        ceb ch cho chr chy ckb co cr crh cs csb cu cv cy da dag de dga din diq dsb dtp dty dv dz ee el eml en eo es et eu \
        ext fa fat ff fi fiu-vro fj fo fon fr frp frr fur fy ga gag gan gcr gd gl glk gn gom gor got gpe gsw gu guc gur \
        guw gv ha hak haw he hi hif ho hr hsb ht hu hy hyw hz ia iba id ie ig igl ii ik ilo inh io is it iu ja jam jbo \
        jv ka kaa kab kbd kbp kcg kg kge ki kj kk kl km kn knc ko koi kr krc ks ksh ku kus kv kw ky la lad lb lbe lez \
        lfn lg li lij lld lmo ln lo lrc lt ltg lv mad mai map-bms mdf mg mh mhr mi min mk ml mn mni mnw mo mos mr mrj ms \
        mt mus mwl my myv mzn na nah nap nds nds-nl ne new ng nia nl nn no nov nqo nr nrm nso nv ny oc olo om or os pa pag \
        pam pap pcd pcm pdc pfl pi pih pl pms pnb pnt ps pt pwn qu rm rmy rn ro roa-rup roa-tara rsk ru rue rup rw sa sah \
        sat sc scn sco sd se sg sgs sh shi shn si simple sk skr sl sm smn sn so sq sr srn ss st stq su sv sw syl szl szy \
        ta tay tcy tdd te tet tg th ti tig tk tl tly tn to tok tpi tr trv ts tt tum tw ty tyv udm ug uk ur uz ve vec vep vi \
        vls vo vro wa war wo wuu xal xh xmf yi yo yue za zea zgh zh zh-classical zh-min-nan zh-yue zu
        """
}
