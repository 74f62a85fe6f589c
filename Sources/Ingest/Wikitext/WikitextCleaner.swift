public import Storage

/// Turns wikitext into plain text: one paragraph a line, no blank lines.
///
/// Works on bytes in linear time, in passes over buffers that are kept between pages: the preprocessor finds templates,
/// tags and comments, the expander renders or drops them, tables are dropped or marked, the inliner resolves links and
/// HTML, the layout makes paragraphs and tidies. Use one value per worker. Memory: about six times the longest page.
public struct WikitextCleaner {
    private var expander: WikitextExpander
    private var tables: WikitextTables
    private var inliner: WikitextInliner
    private var layout: WikitextLayout

    /// Creates a cleaner for pages of one wiki.
    public init(options: WikitextOptions = WikitextOptions(), namespaces: WikiNamespaces = .english) {
        expander = WikitextExpander(options: options, rules: .standard(with: options.templateRules))
        tables = WikitextTables(options: options)
        inliner = WikitextInliner(options: options, namespaces: namespaces)
        layout = WikitextLayout(options: options)
    }

    /// The plain text of a page in UTF-8.
    /// - Parameters:
    ///   - wikitext: UTF-8. Bytes that are not are passed through as they are; `repaired` gives text without.
    ///   - title: the page's title, for the variables that name it.
    ///   - loss: what was dropped is added here, by what it stood in; text inside something dropped is not counted again.
    public mutating func clean(_ wikitext: [UInt8], title: String = "", loss: inout [Loss: LossCount]) -> [UInt8] {
        guard wikitext.count < Int(Int32.max) / 2 else {
            loss[Loss(kind: "page", name: "too long"), default: LossCount()] += LossCount(
                count: 1, bytes: wikitext.count)
            return []
        }
        expander.expand(wikitext, title: title)
        // Copies of references, not of bytes.
        var text = expander.out
        if tables.mayHoldTables(text.span) {
            tables.rewrite(text.span, &expander.ledger)
            text = tables.out
            note(.table, "stray row", tables.strayRows)
        }
        inliner.resolve(text.span, &expander.ledger)
        text = inliner.out
        layout.lay(text.span)
        note(.list, "item", layout.droppedItems)
        expander.ledger.flush(into: &loss)
        return layout.out
    }

    /// A text in UTF-8 without invalid sequences, which become U+FFFD, and without control characters, which become
    /// blanks: what `ingest` makes of any text before it is cleaned.
    public static func repaired(_ text: [UInt8], loss: inout [Loss: LossCount]) -> [UInt8] {
        Utf8Repair.repaired(text, loss: &loss)
    }

    private mutating func note(_ kind: LossLedger.Kind, _ name: String, _ dropped: (count: Int, bytes: Int)) {
        for index in 0..<dropped.count {
            expander.ledger.add(kind, name, size: index == 0 ? dropped.bytes : 0)
        }
    }
}
