/// What a page of a dump says of its namespace.
enum StatedNamespace: Sendable, Equatable {
    /// Nothing, as in dumps before schema 0.6: the title and the head of the dump tell.
    case none
    /// Its number.
    case number(Int)
    /// Something that is no number: the page is damaged, and the title is not asked, since it may be damaged too.
    case damaged(String)

    /// - Parameters:
    ///   - text: what stands in the element, without white space around it.
    ///   - hasElements: whether there is markup in it.
    init(text: String, hasElements: Bool) {
        if let number = Int(text), !hasElements {
            self = .number(number)
        } else {
            self = .damaged(hasElements ? "\(text)<" : text)
        }
    }
}
