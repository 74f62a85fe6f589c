internal import CKernels
internal import Foundation
internal import Streaming

/// A dense row-major matrix kept for backward or made to be a factor: fp32, or bf16 in mixed precision.
///
/// Threads that share one write different rows of it; hence the unchecked conformance.
struct StoredMatrix: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let rows: Int
    let columns: Int
    let isHalf: Bool

    /// Bytes of an element.
    var width: Int { isHalf ? 2 : 4 }

    /// The kernels' word for the format.
    var half: Int32 { isHalf ? 1 : 0 }

    /// The start of a row.
    func row(_ index: Int) -> UnsafeMutableRawPointer { base + index * columns * width }

    /// Sets the first columns to zero.
    func clear(columns: Int) {
        for index in 0..<rows { memset(row(index), 0, columns * width) }
    }

    /// The matrix itself where it is fp32.
    var floats: MatrixView? {
        isHalf ? nil : MatrixView(base.assumingMemoryBound(to: Float.self), rows: rows, columns: columns)
    }
}

extension ActivationArena {
    /// A stored matrix with whatever was there before.
    func stored(_ rows: Int, _ columns: Int, isHalf: Bool) -> StoredMatrix {
        let elements = rows * columns
        return StoredMatrix(
            base: UnsafeMutableRawPointer(take(isHalf ? (elements + 1) / 2 : elements)), rows: rows, columns: columns,
            isHalf: isHalf)
    }
}

extension ActivationArena {
    /// Room for a dense matrix as a factor: the matrix itself in fp32, a copy to be filled in bf16.
    func factor(_ matrix: MatrixView, isHalf: Bool) -> StoredMatrix {
        guard !isHalf else { return stored(matrix.rows, matrix.columns, isHalf: true) }
        let base = UnsafeMutableRawPointer(matrix.base)
        return StoredMatrix(base: base, rows: matrix.rows, columns: matrix.columns, isHalf: false)
    }
}

extension Engine {
    /// A dense matrix as a factor: itself in fp32, a copy in bf16.
    func factor(_ x: MatrixView) -> StoredMatrix {
        let factor = arena.factor(x, isHalf: isHalf)
        guard isHalf else { return factor }
        let panels = RowPanels(x.rows)
        pool.parallelFor(panels.count) { panel in
            round(x[rows: panels[panel]], into: factor, row: panels[panel].lowerBound)
        }
        return factor
    }

    /// The opposite: fills a dense matrix with the numbers of a factor that is a copy.
    func restore(_ factor: StoredMatrix, into x: MatrixView) {
        guard factor.isHalf else { return }
        let panels = RowPanels(x.rows)
        pool.parallelFor(panels.count) { panel in
            let (first, count) = (panels[panel].lowerBound, panels[panel].count)
            kernels.from_bf16(factor.row(first).assumingMemoryBound(to: UInt16.self), x.row(first), count * x.columns)
        }
    }

    /// Fills rows of what `ActivationArena.factor` made with these dense ones.
    func round(_ x: MatrixView, into factor: StoredMatrix, row: Int) {
        guard factor.isHalf else { return }
        kernels.to_bf16(x.base, factor.row(row).assumingMemoryBound(to: UInt16.self), x.rows * x.columns)
    }
}
