/// What English sentences are split by: words as data.
enum EnglishSentences {
    /// Abbreviations, without their last stop. In lower case any casing is meant, otherwise this one alone.
    static let abbreviations = """
        # Titles and ranks: a name follows.
        never: mr mrs ms mx dr drs prof profs rev revd hon messrs mme mlle mgr fr br gen maj col lt lieut capt cpt
        never: cmdr cdr adm sgt cpl pvt brig sen sens rep reps gov govs pres supt insp det amb atty attys st ste mt ft
        # What leads to something else.
        never: e.g eg i.e ie cf viz vs v n.b nb ca a.k.a aka resp incl
        # Before a number.
        number: no nos num fig figs p pp pg vol vols ch chap chaps sec sects sect secs para paras par pars art arts eq
        number: eqs eqn tab pt pts app ex exs cl ser vers ver c Rs op cat ref refs n nn l ll fn pl col cols
        number: jan feb mar apr jun jul aug sep sept oct nov dec approx
        # May end a sentence.
        rarely: inc co cos corp ltd llc plc pvt pty bros assn assoc
        rarely: dept depts div univ inst acad bldg ave blvd rd ln hwy apt
        rarely: al et.al jr sr esq etc est ext misc max avg tel fax govt mfg intl natl dist
        rarely: u.s u.s.a u.k u.n e.u d.c n.y l.a ph.d m.d b.a m.a b.s m.s j.d ll.b ll.m d.d.s r.n
        rarely: Ala Ariz Ark Cal Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev
        rarely: Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo
        often: a.m p.m b.c a.d b.c.e c.e
        # Courts and statutes.
        rarely: cir ct cts supp app'x dist cong sess stat const amend reg regs rul ord pub crim civ proc evid bankr
        rarely: fed admin ass'n int'l nat'l gov't dep't comm'n comm'r sec'y f.2d f.3d s.ct c.f.r u.s.c l.ed r.d id ibid
        rarely: vet appx rptr instr nom cmt cmts mach fid guar serv servs broad consol mfr mfrs mfg prods elec equip
        rarely: constr hous cnty dig Ed Eds Ann Am So Art Wall Sch Tit Res Cas Fin Ins How Rel App Defs Pls Def Pl Ch
        rarely: harv colum stan geo minn rev cal.app l.rev l.j j.l univ.l transp indus enters ent distrib mgmt mem
        rarely: sys techs tech commc'ns telecomms pharm pharms labs ry r.r co.v lab rels prac proceds seq al
        """

    /// Words that begin a sentence when capitalised after a stop.
    static let starters = """
        the this that these those it he she we they i you a an in on at to for of from by with as if when while where
        after before although though since because but and or nor so yet however thus therefore then there here now
        his her its our their my your who what why how which some many most all both each every such no not none
        also moreover furthermore finally first second third another other others any once until unless despite during
        under upon within without between through instead indeed nevertheless nonetheless meanwhile similarly
        """
}
