/// Rows cut into panels of equal height, the unit of parallel work and of partial sums over rows.
///
/// The height depends on the number of rows alone, never on the number of threads: so do the results.
struct RowPanels: Sendable {
    /// Most rows of a panel: what a panel's layer computes stays in the second-level cache.
    static let limit = 64
    let rows: Int
    let height: Int

    init(_ rows: Int) {
        self.rows = rows
        let sixteenth = (rows + 15) / 16
        height = min(RowPanels.limit, max(32, (sixteenth + 31) & ~31))
    }

    var count: Int { (rows + height - 1) / height }

    subscript(index: Int) -> Range<Int> { index * height..<min(rows, (index + 1) * height) }
}
