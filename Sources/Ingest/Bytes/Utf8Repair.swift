internal import Storage

/// Makes a byte stream valid UTF-8 without characters that XML and text forbid, piece by piece.
///
/// An invalid sequence becomes U+FFFD, one for each maximal ill-formed part (Unicode 15, §3.9, U+FFFD substitution);
/// so do U+FFFE and U+FFFF. A control character other than tab, line feed and carriage return becomes a space. Where
/// pieces are cut makes no difference. Every repair is kept with its place until it is asked for.
struct Utf8Repair {
    /// A repair at a byte of the output.
    struct Repair: Equatable {
        var offset: Int
        /// Bytes of the input it replaced.
        var bytes: Int
        var isControl: Bool

        var loss: Loss { Loss(kind: "encoding", name: isControl ? "control-character" : "invalid-utf8") }
    }

    private var carry: [UInt8] = []
    private var written = 0
    private var repairs: [Repair] = []
    private var firstRepair = 0

    /// The piece repaired; an unfinished sequence at its end waits for the next.
    mutating func repair(_ piece: [UInt8]) -> [UInt8] { pass(piece, isLast: false) }

    /// What was still waiting.
    mutating func finish() -> [UInt8] { pass([], isLast: true) }

    /// Counts the repairs before byte `offset` of the output and forgets them.
    mutating func takeLoss(before offset: Int, into loss: inout [Loss: LossCount]) {
        while firstRepair < repairs.count, repairs[firstRepair].offset < offset {
            let repair = repairs[firstRepair]
            loss[repair.loss, default: LossCount()] += LossCount(count: 1, bytes: repair.bytes)
            firstRepair += 1
        }
        if firstRepair == repairs.count {
            repairs.removeAll(keepingCapacity: true)
            firstRepair = 0
        }
    }

    /// A whole text repaired, its repairs counted.
    static func repaired(_ bytes: [UInt8], loss: inout [Loss: LossCount]) -> [UInt8] {
        var filter = Utf8Repair()
        var result = filter.repair(bytes)
        let rest = filter.finish()
        if !rest.isEmpty { result += rest }
        filter.takeLoss(before: .max, into: &loss)
        return result
    }

    private mutating func pass(_ piece: [UInt8], isLast: Bool) -> [UInt8] {
        let input = carry.isEmpty ? piece : carry + piece
        carry = []
        var output: [UInt8] = []
        // Bytes before `copied` are in the output already.
        var copied = 0
        var at = 0
        while true {
            at = input.withUnsafeBufferPointer { Utf8Scan.validEnd($0, from: at) }
            guard at < input.count else { break }
            let ill = Utf8Scan.illFormed(input, at: at)
            if ill.mayGoOn, !isLast {
                carry = Array(input[at...])
                break
            }
            output += input[copied..<at]
            let isControl = input[at] < 0x20
            repairs.append(Repair(offset: written + output.count, bytes: ill.count, isControl: isControl))
            output += isControl ? [0x20] : [0xEF, 0xBF, 0xBD]
            at += ill.count
            copied = at
        }
        if copied == 0, carry.isEmpty {
            output = input
        } else {
            output += input[copied..<at]
        }
        written += output.count
        return output
    }
}

/// Where valid text ends, and what stands there.
enum Utf8Scan {
    /// What needs a look: control characters and all beyond ASCII.
    private static let special = ByteSet { $0 >= 0x80 || $0 < 0x20 && $0 != 0x0A && $0 != 0x09 && $0 != 0x0D }

    /// The first byte from `start` on that does not belong to a valid and allowed character, or the end.
    static func validEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let special = self.special
        var at = start
        while at < bytes.count {
            if bytes[at] < 0x80 {
                at = special.first(in: bytes, from: at, to: bytes.count)
                guard at < bytes.count else { break }
            }
            let length = characterLength(bytes, at)
            if length == 0 { return at }
            at += length
        }
        return at
    }

    /// The length of the valid, allowed character at `at`; 0 when there is none.
    private static func characterLength(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        let lead = bytes[at]
        if lead < 0x80 { return lead >= 0x20 || lead == 0x0A || lead == 0x09 || lead == 0x0D ? 1 : 0 }
        let length = sequenceLength(lead)
        guard length > 0, at + length <= bytes.count, secondRange(lead).contains(bytes[at + 1]) else { return 0 }
        for index in 2..<max(2, length) where bytes[at + index] & 0xC0 != 0x80 { return 0 }
        let isNonCharacter = lead == 0xEF && bytes[at + 1] == 0xBF && bytes[at + 2] >= 0xBE
        return isNonCharacter ? 0 : length
    }

    /// The maximal ill-formed part at `at`, and whether more bytes could still make it a character.
    static func illFormed(_ bytes: [UInt8], at: Int) -> (count: Int, mayGoOn: Bool) {
        let lead = bytes[at]
        let length = sequenceLength(lead)
        guard length > 0 else { return (1, false) }
        var count = 1
        while count < length {
            guard at + count < bytes.count else { return (count, true) }
            let range = count == 1 ? secondRange(lead) : 0x80...0xBF
            guard range.contains(bytes[at + count]) else { return (count, false) }
            count += 1
        }
        return (count, false)
    }

    private static func sequenceLength(_ lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    /// The second bytes that `lead` allows: no overlong forms, no surrogates, nothing above U+10FFFF.
    private static func secondRange(_ lead: UInt8) -> ClosedRange<UInt8> {
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
