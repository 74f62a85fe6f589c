internal import Foundation

/// How a signature is cut into bands: two texts meet when all rows of one band agree.
///
/// Texts of similarity `s` meet with the probability 1 - (1 - s^rows)^bands.
struct BandLayout: Sendable, Equatable {
    /// Rows of a band.
    let rows: Int
    /// Bands; what is left of the places is not used.
    let bands: Int

    /// The widest bands with which texts as similar as `threshold` still meet with a probability of 0.94 or more.
    init(threshold: Double) {
        var rows = 1
        for candidate in [2, 3, 4, 5, 6, 8, 10, 12, 16]
        where Self.probability(threshold, candidate, MinHash.places / candidate) >= 0.94 {
            rows = candidate
        }
        self.rows = rows
        bands = MinHash.places / rows
    }

    private static func probability(_ similarity: Double, _ rows: Int, _ bands: Int) -> Double {
        1 - pow(1 - pow(similarity, Double(rows)), Double(bands))
    }

    /// The probability that texts of this similarity meet.
    func probability(_ similarity: Double) -> Double { Self.probability(similarity, rows, bands) }

    /// A key for each band of a signature.
    func keys(of signature: [UInt64]) -> [UInt64] {
        (0..<bands).map { band in
            var key = WordScanner.finish(UInt64(band + 1) &* 0x9E37_79B9_7F4A_7C15)
            for row in band * rows..<(band + 1) * rows {
                let value = signature[row / 4] >> UInt64(16 * (row % 4)) & 0xFFFF
                key = WordScanner.finish(key ^ value)
            }
            return key
        }
    }
}
