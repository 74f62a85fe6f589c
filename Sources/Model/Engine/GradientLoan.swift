/// Memory of gradients that are still zero, lent to the activations of a pass.
///
/// A layer's gradients are written when its backward begins. Until then their memory may hold what a layer behind it
/// keeps, whose backward is done by then. So while activations fall from their peak, gradients grow into their place.
struct GradientLoan {
    /// Where each layer keeps its activations; nil for the arena.
    let places: [UnsafeMutablePointer<Float>?]
    /// Whether a layer's gradients may be anything but zero.
    let isLent: [Bool]

    /// - Parameters:
    ///   - rooms: the gradients of each layer, one row each, one behind the other in memory, 64-byte aligned.
    ///   - bytes: what each layer keeps, in multiples of 64; nil where it goes to the arena in any case.
    init(rooms: [MatrixView], bytes: [Int?]) {
        var places = [UnsafeMutablePointer<Float>?](repeating: nil, count: rooms.count)
        // From the last layer down, each as high as it may lie: below its own gradients and below the layer behind it.
        var lowest: UnsafeMutablePointer<Float>?
        for index in rooms.indices.dropFirst().reversed() {
            guard let size = bytes[index] else { continue }
            let floats = size / MemoryLayout<Float>.stride
            let top = min(lowest ?? rooms[index].base, rooms[index].base)
            guard top - rooms[0].base >= floats else { continue }
            lowest = top - floats
            places[index] = lowest
        }
        self.places = places
        isLent = rooms.map { room in lowest.map { room.base + room.columns > $0 } ?? false }
    }
}

/// Gradients whose memory holds something else until they are written for the first time.
///
/// Used by the thread that runs the model alone, between parallel loops.
final class UnwrittenGradients {
    private var weights: [UnsafeMutablePointer<Float>: MatrixView] = [:]

    /// Sets a layer's gradients to zero, but for the weights: `weightGradient` is to write over these.
    /// - Parameter weights: dense and inside the room.
    func begin(_ room: MatrixView, weights: [MatrixView]) {
        var start = room.base
        for weight in weights.sorted(by: { $0.base < $1.base }) {
            zero(start, weight.base)
            start = weight.base + weight.rows * weight.columns
            self.weights[weight.base] = weight
        }
        zero(start, room.base + room.columns)
    }

    /// Whether a weight's gradient is to be written over, this once.
    func isFirst(_ weight: MatrixView) -> Bool { weights.removeValue(forKey: weight.base) != nil }

    /// Sets to zero what has not been written.
    func end() {
        for weight in weights.values { zero(weight.base, weight.base + weight.rows * weight.columns) }
        weights = [:]
    }

    private func zero(_ start: UnsafeMutablePointer<Float>, _ end: UnsafeMutablePointer<Float>) {
        start.update(repeating: 0, count: end - start)
    }
}
