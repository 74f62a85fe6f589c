internal import Storage

/// A page of a dump with its latest revision.
struct MediaWikiPage: Sendable, Equatable {
    /// A version of the page's text.
    struct Revision: Sendable, Equatable {
        var id = ""
        var timestamp = ""
        /// The content model, empty in old dumps: then wikitext.
        var model = ""
        var text: [UInt8] = []
        /// Whether the wiki has hidden the text (`<text deleted="deleted" />`).
        var isDeleted = false
        /// Bytes of text; more than `text` holds when it went over the limit and was dropped.
        var textBytes = 0

        /// Whether `other` replaces this one: newer, or not to be told apart and later in the file.
        func isReplaced(by other: Revision) -> Bool {
            timestamp.isEmpty || other.timestamp.isEmpty || other.timestamp >= timestamp
        }
    }

    var id = ""
    var title = ""
    var hasTitle = false
    /// What the page says of its namespace.
    var namespace = StatedNamespace.none
    /// The target of a `<redirect>` element.
    var redirect: String?
    var revision: Revision?
    /// Whether there is markup inside a text, which no dump has.
    var hasElementsInText = false
    /// Repairs of the encoding inside the page.
    var repairs: [Loss: LossCount] = [:]
}
