/// The elements of JATS (NISO Z39.96, and the NLM tag sets before it) that are not merely passed through.
///
/// An element that is not named here, such as `<italic>`, gives the text in it.
enum ArticleElement: String, CaseIterable {
    case other = ""
    // What an article is made of.
    case article, front, body, back
    case floatsGroup = "floats-group"
    case frontStub = "front-stub"
    case subArticle = "sub-article"
    case response
    // What is known of it.
    case journalTitle = "journal-title"
    case articleID = "article-id"
    case articleTitle = "article-title"
    case titleGroup = "title-group"
    case subtitle
    case permissions, license
    case copyrightStatement = "copyright-statement"
    case licenseP = "license-p"
    case licenseRef = "license_ref"
    case pubDate = "pub-date"
    case year, month, day
    case abstract
    case transAbstract = "trans-abstract"
    // Paragraphs and what holds them.
    case sec, title, p, label, list
    case listItem = "list-item"
    case defList = "def-list"
    case defItem = "def-item"
    case term, def
    case dispQuote = "disp-quote"
    case verseGroup = "verse-group"
    case verseLine = "verse-line"
    case boxedText = "boxed-text"
    case statement, speech, speaker, attrib, preformat, code, question, answer, app
    case appGroup = "app-group"
    case glossary, lineBreak = "break"
    // What stands beside the text.
    case fig, caption, table, tr, td, th
    case figGroup = "fig-group"
    case tableWrap = "table-wrap"
    case tableWrapGroup = "table-wrap-group"
    case tableWrapFoot = "table-wrap-foot"
    case supplementaryMaterial = "supplementary-material"
    case media, graphic
    case inlineGraphic = "inline-graphic"
    case altText = "alt-text"
    case longDesc = "long-desc"
    case objectID = "object-id"
    // Formulas.
    case dispFormula = "disp-formula"
    case dispFormulaGroup = "disp-formula-group"
    case texMath = "tex-math"
    case annotation
    case annotationXML = "annotation-xml"
    // References and notes.
    case xref, sup
    case refList = "ref-list"
    case ref, fn
    case fnGroup = "fn-group"
    case ack, bio, notes
    case relatedArticle = "related-article"
    case relatedObject = "related-object"
    case indexTerm = "index-term"
    case selfURI = "self-uri"

    /// Numbers by name, for the parser; `other` is 0.
    static let codes = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().dropFirst().map { ($0.element.rawValue, $0.offset) })

    static func of(_ code: Int) -> ArticleElement { allCases[code] }

    /// Whether it begins and ends a paragraph.
    var isBlock: Bool {
        switch self {
        case .sec, .title, .subtitle, .p, .list, .listItem, .defList, .defItem, .dispQuote, .verseGroup, .verseLine,
            .boxedText, .statement, .speech, .attrib, .preformat, .code, .question, .answer, .app, .appGroup, .glossary,
            .abstract, .body, .back, .caption, .tr, .table:
            true
        default: false
        }
    }

    /// Whether it floats beside the text: it does not part the paragraph it stands in, but follows it.
    var isFloat: Bool { self == .fig || self == .tableWrap || self == .figGroup || self == .tableWrapGroup }

    /// Whether it goes with all in it, counted as loss under its name.
    var isDropped: Bool {
        switch self {
        case .subArticle, .response, .transAbstract, .supplementaryMaterial, .media, .graphic, .inlineGraphic, .altText,
            .longDesc, .objectID, .dispFormula, .dispFormulaGroup, .texMath, .annotation, .annotationXML, .fn, .fnGroup,
            .ack, .bio, .notes, .tableWrapFoot, .relatedArticle, .relatedObject, .indexTerm, .selfURI:
            true
        default: false
        }
    }
}
