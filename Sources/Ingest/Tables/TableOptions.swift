internal import Streaming

/// How a table of comma- or tab-separated values is written.
public struct TableOptions: Sendable, Equatable, Codable {
    /// Whether the first row names the columns.
    public enum Header: String, Sendable, Codable, CaseIterable {
        /// It does.
        case row
        /// It is data; columns go by number.
        case none
    }

    /// What a double quote means.
    public enum Quoting: String, Sendable, Codable, CaseIterable {
        /// At a field's beginning it opens a quoted field, as RFC 4180 says.
        case rfc4180
        /// It is a character like others.
        case none
    }

    /// The character between fields; empty: a comma, in `tsv` a tab.
    public var delimiter = ""
    /// What the first row is.
    public var header = Header.row
    /// What a double quote means.
    public var quoting = Quoting.rfc4180

    /// The usual.
    public init() {}

    /// The delimiter as a byte.
    func delimiterByte(usual: UInt8) throws(Failure) -> UInt8 {
        switch delimiter {
        case "": return usual
        case "tab", "\\t": return 0x09
        default:
            guard let byte = delimiter.utf8.first, delimiter.utf8.count == 1, byte < 0x80,
                ![0x22, 0x0A, 0x0D].contains(byte)
            else {
                throw Failure(
                    .usage, "'\(delimiter)' is no delimiter of fields",
                    remedy: "give one ASCII character, as in --delimiter ';', or 'tab'")
            }
            return byte
        }
    }
}
