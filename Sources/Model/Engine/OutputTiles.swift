/// An output matrix cut into tiles of at most 128 rows and about 512 columns, whole panels wide.
struct OutputTiles: Sendable {
    private let rows: Int
    private let columns: Int
    private let height: Int
    private let width: Int
    private let panelWidth: Int

    init(rows: Int, columns: Int, panelWidth: Int) {
        self.rows = rows
        self.columns = columns
        self.panelWidth = panelWidth
        height = min(128, max(16, rows / 8 & ~15))
        width = max(1, 512 / panelWidth) * panelWidth
    }

    private var across: Int { (columns + width - 1) / width }

    var count: Int { (rows + height - 1) / height * across }

    subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let (down, right) = index.quotientAndRemainder(dividingBy: across)
        return (
            down * height..<min(rows, (down + 1) * height), right * width..<min(columns, (right + 1) * width)
        )
    }

    /// The panels of a tile's columns.
    func panels(_ columns: Range<Int>) -> Range<Int> {
        columns.lowerBound / panelWidth..<(columns.upperBound + panelWidth - 1) / panelWidth
    }
}
