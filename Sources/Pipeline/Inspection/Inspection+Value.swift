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

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }

            init(_ name: String) { stringValue = name }
            init?(stringValue: String) { self.init(stringValue) }
            init?(intValue: Int) { nil }
        }

        /// The value as JSON.
        public func encode(to encoder: any Encoder) throws {
            switch self {
            case .text(let value): try value.encode(to: encoder)
            case .whole(let value): try value.encode(to: encoder)
            case .real(let value): try value.encode(to: encoder)
            case .list(let values): try values.encode(to: encoder)
            case .object(let values):
                var container = encoder.container(keyedBy: Key.self)
                for (name, value) in values { try container.encode(value, forKey: Key(name)) }
            }
        }
    }
}
