internal import Storage

/// A record of an XML file on its way to a worker.
struct RawXMLRecord: Sendable {
    enum Kind: Sendable { case citation, article }

    var kind: Kind
    /// The element with its tags, as the file has it.
    var bytes: [UInt8]
    /// What stands in for a name where the record states none.
    var name: String
    /// Where it is, for messages.
    var place: String

    /// The row of a record that cannot be parsed.
    func damaged(_ detail: String) -> Rejection {
        Rejection(externalID: name, reason: RawItem.damaged, detail: "\(place): \(detail)")
    }
}
