internal import Foundation

/// The order of words in everything that is merged: by hash, then length, then bytes.
///
/// A table is nearly in that order as it stands, which spares a sort; and it is the same for every table.
enum WordOrder {
    /// Negative, zero or positive, by length and then by bytes.
    @inline(__always)
    static func compare(
        _ a: UnsafePointer<UInt8>, _ aLength: Int, _ b: UnsafePointer<UInt8>, _ bLength: Int
    ) -> Int {
        aLength != bLength ? aLength - bLength : Int(memcmp(a, b, aLength))
    }

    /// Parts of the order that can be merged apart.
    static let parts = 16

    /// The part a hash belongs to.
    @inline(__always)
    static func part(_ hash: UInt64) -> Int { Int(hash >> 60) }
}
