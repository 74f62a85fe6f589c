/// Character references of HTML: the names of HTML 4 and a few of HTML 5, and numbers.
enum HTMLEntities {
    /// The character named by `source[start...]` up to a semicolon, the ampersand being just before `start`.
    static func decode(_ source: [UInt8], _ start: Int, _ end: Int) -> (scalar: Unicode.Scalar, end: Int)? {
        guard start < end else { return nil }
        if source[start] == UInt8(ascii: "#") { return number(source, start + 1, end) }
        var stop = start
        while stop < end, stop < start + 24, source[stop].isASCIILetter || source[stop].isASCIIDigit { stop += 1 }
        guard stop > start, stop < end, source[stop] == UInt8(ascii: ";"),
            let index = table.names.find(source, start..<stop)
        else { return nil }
        return (table.scalars[index], stop + 1)
    }

    private static func number(_ source: [UInt8], _ start: Int, _ end: Int) -> (scalar: Unicode.Scalar, end: Int)? {
        guard start < end else { return nil }
        let isHexadecimal = source[start] | 0x20 == UInt8(ascii: "x")
        var stop = isHexadecimal ? start + 1 : start
        let first = stop
        var value: UInt32 = 0
        while stop < end, stop < first + 10, let digit = digit(source[stop], isHexadecimal) {
            value = min(value * (isHexadecimal ? 16 : 10) + digit, 0x11_0000)
            stop += 1
        }
        guard stop > first, stop < end, source[stop] == UInt8(ascii: ";") else { return nil }
        if (0x80..<0xA0).contains(value) { value = windows[Int(value) - 0x80] }
        return Unicode.Scalar(value).map { ($0, stop + 1) }
    }

    private static func digit(_ byte: UInt8, _ isHexadecimal: Bool) -> UInt32? {
        if byte.isASCIIDigit { return UInt32(byte - 0x30) }
        let letter = byte | 0x20
        return isHexadecimal && letter >= 0x61 && letter <= 0x66 ? UInt32(letter - 0x61 + 10) : nil
    }

    /// What 128 to 159 mean to every browser: the letters of Windows-1252.
    private static let windows: [UInt32] = [
        0x20AC, 0x20, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x20, 0x17D,
        0x20,
        0x20, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x20, 0x17E,
        0x178,
    ]

    private static let table: (names: ByteTable, scalars: [Unicode.Scalar]) = {
        var names = ByteTable()
        var scalars: [Unicode.Scalar] = []
        // Latin-1 in order from U+00A0, then pairs of a name and a character.
        for (offset, name) in latin.split(separator: " ").enumerated() {
            add(name, Unicode.Scalar(UInt8(0xA0 + offset)))
        }
        let words = named.split(separator: " ")
        for pair in stride(from: 0, to: words.count - 1, by: 2) {
            if let value = UInt32(words[pair + 1], radix: 16), let scalar = Unicode.Scalar(value) {
                add(words[pair], scalar)
            }
        }
        return (names, scalars)

        func add(_ name: Substring, _ scalar: Unicode.Scalar) {
            let bytes = Array(name.utf8)
            if names.intern(bytes, 0..<bytes.count) == scalars.count { scalars.append(scalar) }
        }
    }()

    private static let latin = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro \
        para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil \
        Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
        Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml \
        igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute \
        thorn yuml
        """

    private static let named = """
        amp 26 lt 3C gt 3E quot 22 apos 27 AMP 26 LT 3C GT 3E QUOT 22 num 23 lbrack 5B rbrack 5D lsqb 5B rsqb 5D lbrace 7B \
        rbrace 7D lcub 7B rcub 7D vert 7C verbar 7C ast 2A sol 2F bsol 5C lowbar 5F colon 3A semi 3B comma 2C period 2E \
        equals 3D plus 2B percnt 25 dollar 24 excl 21 quest 3F commat 40 lpar 28 rpar 29 grave 60 Hat 5E NewLine 20 Tab 20 \
        OElig 152 oelig 153 Scaron 160 scaron 161 Yuml 178 fnof 192 circ 2C6 tilde 2DC \
        Amacr 100 amacr 101 Emacr 112 emacr 113 Imacr 12A imacr 12B Omacr 14C omacr 14D Umacr 16A umacr 16B Ccaron 10C \
        ccaron 10D Zcaron 17D zcaron 17E cacute 107 Cacute 106 sacute 15B Sacute 15A nacute 144 Lstrok 141 lstrok 142 \
        eogon 119 aogon 105 abreve 103 Abreve 102 gbreve 11F Gbreve 11E scedil 15F Scedil 15E inodot 131 imath 131 Idot 130 \
        dstrok 111 Dstrok 110 rcaron 159 Rcaron 158 ecaron 11B uring 16F odblac 151 udblac 171 tcedil 163 \
        Alpha 391 Beta 392 Gamma 393 Delta 394 Epsilon 395 Zeta 396 Eta 397 Theta 398 Iota 399 Kappa 39A Lambda 39B Mu 39C \
        Nu 39D Xi 39E Omicron 39F Pi 3A0 Rho 3A1 Sigma 3A3 Tau 3A4 Upsilon 3A5 Phi 3A6 Chi 3A7 Psi 3A8 Omega 3A9 alpha 3B1 \
        beta 3B2 gamma 3B3 delta 3B4 epsilon 3B5 zeta 3B6 eta 3B7 theta 3B8 iota 3B9 kappa 3BA lambda 3BB mu 3BC nu 3BD xi 3BE \
        omicron 3BF pi 3C0 rho 3C1 sigmaf 3C2 sigma 3C3 tau 3C4 upsilon 3C5 phi 3C6 chi 3C7 psi 3C8 omega 3C9 thetasym 3D1 \
        upsih 3D2 piv 3D6 varphi 3D5 straightphi 3D5 \
        ensp 2002 emsp 2003 thinsp 2009 hairsp 200A numsp 2007 puncsp 2008 zwnj 200C zwj 200D lrm 200E rlm 200F NoBreak 2060 \
        ndash 2013 mdash 2014 horbar 2015 hyphen 2010 dash 2010 lsquo 2018 rsquo 2019 sbquo 201A ldquo 201C rdquo 201D bdquo 201E \
        dagger 2020 Dagger 2021 bull 2022 bullet 2022 hellip 2026 mldr 2026 permil 2030 prime 2032 Prime 2033 lsaquo 2039 \
        rsaquo 203A oline 203E frasl 2044 euro 20AC image 2111 weierp 2118 real 211C trade 2122 alefsym 2135 numero 2116 \
        larr 2190 uarr 2191 rarr 2192 darr 2193 harr 2194 crarr 21B5 lArr 21D0 uArr 21D1 rArr 21D2 dArr 21D3 hArr 21D4 \
        forall 2200 part 2202 exist 2203 empty 2205 nabla 2207 isin 2208 notin 2209 ni 220B prod 220F sum 2211 minus 2212 \
        lowast 2217 radic 221A prop 221D infin 221E ang 2220 and 2227 or 2228 cap 2229 cup 222A int 222B there4 2234 sim 223C \
        cong 2245 asymp 2248 ne 2260 equiv 2261 le 2264 ge 2265 sub 2282 sup 2283 nsub 2284 sube 2286 supe 2287 oplus 2295 \
        otimes 2297 perp 22A5 sdot 22C5 lceil 2308 rceil 2309 lfloor 230A rfloor 230B lang 27E8 rang 27E9 langle 27E8 \
        rangle 27E9 loz 25CA spades 2660 clubs 2663 hearts 2665 diams 2666 check 2713 star 2606 starf 2605 flat 266D natural \
        266E sharp 266F frac13 2153 frac23 2154 frac15 2155 frac18 215B frac38 215C frac58 215D frac78 215E half BD \
        hbar 210F planck 210F ell 2113 deg B0 male 2642 female 2640 ff FB00 fi FB01 fl FB02
        """
}
