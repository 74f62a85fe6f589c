import Ingest
import Storage

/// The plain text of a page.
func cleaned(
    _ wikitext: String, _ options: WikitextOptions = WikitextOptions(), namespaces: WikiNamespaces = .english
) -> String {
    cleanedWithLoss(wikitext, options, namespaces: namespaces).text
}

/// The plain text of a page, and what was dropped.
func cleanedWithLoss(
    _ wikitext: String, _ options: WikitextOptions = WikitextOptions(), namespaces: WikiNamespaces = .english
) -> (text: String, loss: [Loss: LossCount]) {
    var cleaner = WikitextCleaner(options: options, namespaces: namespaces)
    var loss: [Loss: LossCount] = [:]
    let bytes = cleaner.clean(Array(wikitext.utf8), loss: &loss)
    return (String(decoding: bytes, as: UTF8.self), loss)
}
