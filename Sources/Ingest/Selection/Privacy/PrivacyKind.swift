public import Streaming

/// A kind of personal detail that is replaced by a tag of its name, as in `[EMAIL]`.
public enum PrivacyKind: String, Sendable, Codable, CaseIterable {
    /// Mail addresses.
    case email
    /// Telephone and fax numbers.
    case phone
    /// Numbers of records: medical records, social security, cases, dockets, accounts, insurance, licences, bank cards.
    case record
    /// Internet addresses in numbers, versions 4 and 6.
    case ip
    /// Web addresses.
    case url
    /// Dates of a day, in numbers or with the month's name.
    case date
    /// Names after a title or a label, as in `Dr. Ada Byron` and `Patient: Byron, Ada`; never eponyms.
    case name

    /// What stands in the place of one.
    public var tag: String { "[" + rawValue.uppercased() + "]" }

    /// The kinds that a list of names means, in the order of `allCases`; `all` means all.
    public static func named(_ names: [String]) throws(Failure) -> [PrivacyKind] {
        for name in names where name != "all" && PrivacyKind(rawValue: name) == nil {
            throw Failure(
                .usage, "there is no kind of personal detail '\(name)'",
                remedy: "there are: all, " + allCases.map(\.rawValue).joined(separator: ", "))
        }
        return allCases.filter { names.contains("all") || names.contains($0.rawValue) }
    }
}
