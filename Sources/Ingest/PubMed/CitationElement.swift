/// The elements of PubMed's XML that mean something; the others are passed over.
///
/// https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html describes them.
enum CitationElement: Int, CaseIterable {
    case other
    case pubmedArticle, pubmedBookArticle, medlineCitation, bookDocument, pmid
    case article, articleTitle, vernacularTitle, abstract, otherAbstract, abstractText, copyrightInformation, language
    case journal, title, isoAbbreviation, medlineJournalInfo, medlineTA, book, bookTitle
    case pubDate, articleDate, contributionDate, year, month, day, medlineDate, season
    case reference, referenceList, keywordList, commentsCorrectionsList
    case deleteCitation, deleteDocument

    /// Its name in the XML.
    var name: String {
        switch self {
        case .other: ""
        case .pmid: "PMID"
        case .isoAbbreviation: "ISOAbbreviation"
        case .medlineTA: "MedlineTA"
        default: rawName.prefix(1).uppercased() + rawName.dropFirst()
        }
    }

    private var rawName: String { "\(self)" }

    /// Numbers by name, for the parser.
    static let codes = Dictionary(uniqueKeysWithValues: allCases.dropFirst().map { ($0.name, $0.rawValue) })
}
