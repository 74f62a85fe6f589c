internal import Foundation

extension Inspection {
    /// A value of a list: printed for people, encoded as JSON.
    public enum Value: Sendable, Encodable, CustomStringConvertible {
        case text(String)
        case whole(Int)
        case real(Double)
        case list([Value])
        case object([(String, Value)])

        /// A printed value: what looks like a number is one.
        init(printed text: String) {
            if let whole = Int(text) {
                self = .whole(whole)
            } else if let real = Double(text), real.isFinite {
                self = .real(real)
            } else {
                self = .text(text)
            }
        }

        /// The value for people.
        public var description: String {
            switch self {
            case .text(let value): value
            case .whole(let value): "\(value)"
            case .real(let value): String(format: "%.2f", value)
            case .list(let values): values.map(\.description).joined(separator: " ")
            case .object(let values): values.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
            }
        }

        /// The value as JSON.
        public func encode(to encoder: any Encoder) throws {
            switch self {
            case .text(let value): try value.encode(to: encoder)
            case .whole(let value): try value.encode(to: encoder)
            case .real(let value): try value.encode(to: encoder)
            case .list(let values): try values.encode(to: encoder)
            case .object(let values):
                // As a dictionary's, keys are left as they are: a word or a path is no name to be respelt.
                var container = encoder.singleValueContainer()
                try container.encode(Dictionary(values, uniquingKeysWith: { $1 }))
            }
        }
    }
}
