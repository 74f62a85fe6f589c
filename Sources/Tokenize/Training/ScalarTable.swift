/// A value for each Unicode scalar value, in pages that are made when one of their values is set.
struct ScalarTable<Value> {
    private var pages = [Int32](repeating: -1, count: 0x11_00)
    private var values: [Value] = []
    private let initial: Value

    /// - Parameter initial: the value of all that were not set.
    init(_ initial: Value) { self.initial = initial }

    /// The value of a scalar below 0x110000.
    subscript(scalar: UInt32) -> Value {
        @inline(__always) get {
            let page = pages[Int(scalar >> 8)]
            return page < 0 ? initial : values[Int(page) << 8 | Int(scalar & 0xFF)]
        }
        @inline(__always) set {
            if pages[Int(scalar >> 8)] < 0 { makePage(scalar) }
            values[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)] = newValue
        }
    }

    /// The scalars on pages that were made, in order.
    var scalars: [UInt32] {
        pages.indices.filter { pages[$0] >= 0 }.flatMap { UInt32($0) << 8..<UInt32($0 + 1) << 8 }
    }

    private mutating func makePage(_ scalar: UInt32) {
        pages[Int(scalar >> 8)] = Int32(values.count >> 8)
        values.append(contentsOf: repeatElement(initial, count: 256))
    }
}
