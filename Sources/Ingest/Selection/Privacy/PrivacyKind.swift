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

    /// What stands in the place of one.
    public var tag: String { "[" + rawValue.uppercased() + "]" }
}
