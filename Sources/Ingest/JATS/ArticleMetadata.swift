/// What a JATS article says of itself.
struct ArticleMetadata {
    var pmid = ""
    var pmcid = ""
    var doi = ""
    var title: [UInt8] = []
    var language = ""
    var journal = ""
    var licenceAddress = ""
    var licenceText = ""
    var copyright = ""
    /// The earliest complete date of publication, as it was last found.
    var date = RecordDate()

    /// The name: PMID, else PMCID, else DOI; empty without any.
    var id: String { [pmid, pmcid, doi].first { !$0.isEmpty } ?? "" }

    /// Where it can be read.
    var url: String {
        if !pmcid.isEmpty { return "https://pmc.ncbi.nlm.nih.gov/articles/\(pmcid)/" }
        if !doi.isEmpty { return "https://doi.org/\(doi)" }
        return pmid.isEmpty ? "" : "https://pubmed.ncbi.nlm.nih.gov/\(pmid)/"
    }

    /// The licence: a short name where its address is one of Creative Commons, else the address, else its words, else
    /// whose the copyright is.
    var licence: String {
        if let name = ArticleMetadata.creativeCommons(licenceAddress) { return name }
        if !licenceAddress.isEmpty { return licenceAddress }
        return String((licenceText.isEmpty ? copyright : licenceText).prefix(300))
    }

    mutating func setID(_ type: String, _ value: String) {
        switch type {
        case "pmid": pmid = value
        case "doi": doi = value
        case "pmc", "pmcid", "pmc-uid", "pmcaid":
            if pmcid.isEmpty || type == "pmcid" { pmcid = value.hasPrefix("PMC") ? value : "PMC\(value)" }
        default: break
        }
    }

    /// `CC BY-NC 4.0` for `https://creativecommons.org/licenses/by-nc/4.0/`.
    static func creativeCommons(_ address: String) -> String? {
        let parts = address.lowercased().split(whereSeparator: { $0 == "/" || $0 == "?" || $0 == "#" }).map(String.init)
        guard let host = parts.firstIndex(where: { $0.hasSuffix("creativecommons.org") }), host + 2 < parts.count else {
            return nil
        }
        let version = host + 3 < parts.count && parts[host + 3].first?.isNumber == true ? " " + parts[host + 3] : ""
        switch (parts[host + 1], parts[host + 2]) {
        case ("licenses", let kind): return "CC \(kind.uppercased())\(version)"
        case ("publicdomain", "zero"): return "CC0\(version)"
        case ("publicdomain", "mark"): return "Public Domain Mark\(version)"
        default: return nil
        }
    }
}
