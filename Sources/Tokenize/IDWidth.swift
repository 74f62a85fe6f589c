/// How many bits an id has in binary output.
public enum IDWidth: Int, Sendable {
    case u16 = 16
    case u32 = 32

    /// The pieces that a vocabulary may have: the greatest number, all ones, ends lines.
    public var maximumPieces: Int { self == .u16 ? Int(UInt16.max) : Int(UInt32.max) }

    /// Appends `ids`, in which `WordPieceEncoder.lineEnd` ends each line, as little-endian numbers.
    public func append(_ ids: [UInt32], to output: inout [UInt8]) {
        switch self {
        case .u16: ids.map { UInt16(truncatingIfNeeded: $0).littleEndian }.withUnsafeBytes { output += $0 }
        case .u32: ids.map(\.littleEndian).withUnsafeBytes { output += $0 }
        }
    }
}
