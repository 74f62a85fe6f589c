public import Storage

/// Turns wikitext into plain text: one paragraph a line, no blank lines.
///
/// Works on bytes in linear time, in three passes: the matcher finds what belongs together, the expander writes text for
/// links, tags and templates or drops them, the layout makes paragraphs and tidies. A value keeps its buffers between
/// pages, so use one per worker.
public struct WikitextCleaner {
    private var expander: WikitextExpander
    private var layout: WikitextLayout

    /// Creates a cleaner for pages of one wiki.
    public init(options: WikitextOptions = WikitextOptions(), namespaces: WikiNamespaces = .english) {
        expander = WikitextExpander(options: options, namespaces: namespaces)
        layout = WikitextLayout(options: options)
    }

    /// The plain text of a page in UTF-8.
    /// - Parameters:
    ///   - wikitext: UTF-8. Bytes that are not are passed through as they are.
    ///   - loss: what was dropped is added here, by what it stood in; text inside something dropped is not counted again.
    public mutating func clean(_ wikitext: [UInt8], loss: inout [Loss: LossCount]) -> [UInt8] {
        guard wikitext.count < Int(Int32.max) / 2 else {
            loss[Loss(kind: "page", name: "too long"), default: LossCount()] += LossCount(
                count: 1, bytes: wikitext.count)
            return []
        }
        expander.expand(wikitext)
        layout.lay(expander.out)
        note(.list, "item", layout.droppedItems)
        note(.table, "stray row", layout.strayRows)
        expander.ledger.flush(into: &loss)
        return layout.out
    }

    private mutating func note(_ kind: LossLedger.Kind, _ name: String, _ dropped: (count: Int, bytes: Int)) {
        for index in 0..<dropped.count {
            expander.ledger.add(kind, name, size: index == 0 ? dropped.bytes : 0)
        }
    }
}
