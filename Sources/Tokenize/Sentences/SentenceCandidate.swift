/// A place where a sentence may end.
struct SentenceCandidate {
    /// What the mark is.
    enum Mark {
        /// A full stop, which also ends abbreviations.
        case stop
        /// A question or exclamation mark.
        case strong
        /// Three stops or more, or the sign for it.
        case ellipsis
        /// A full stop of a script in which nothing else looks like it: no space need follow.
        case full
    }

    var mark: Mark
    /// How many full stops there are among the marks.
    var stops: Int
    /// Where the first mark begins.
    var start: Int
    /// Where the marks end.
    var marksEnd: Int
    /// Where the closing quotes, brackets, note marks and smileys after them end: the end of the sentence, if it is one.
    var end: Int
    /// Where the next word or its opening quote begins.
    var next: Int
    /// Whether there is a closing quote between the mark and `end`.
    var quoted = false
    /// Whether there is a closing bracket between the mark and `end`.
    var bracketed = false
    /// Whether a note mark such as `[12]` follows the marks.
    var noted = false
    /// Whether a smiley or another thing that closes no quotation follows the marks.
    var smiled = false
}
