import CKernels
import Foundation
import Streaming
import Testing

@testable import Model

/// Compares the gradients of a part of a model with central differences.
///
/// Differences are taken of a number that a pass gives in double precision, along whole directions: a parameter's own
/// gradient and some random ones. Along a direction the change is far above the rounding of fp32, which it is not for a
/// single number; an error of one number of n shows as one of about 1 / √n in a random direction.
struct LayerCheck {
    let model: BertModel
    /// Names of the parameters that the part has, by their beginnings.
    let prefixes: [String]
    /// What comes into the part besides its parameters.
    let input: [Float]
    /// The number, and where asked for the gradient of the input; those of parameters are added to the model's.
    let pass: (_ input: [Float], _ withGradients: Bool) -> (value: Double, gradient: [Float])

    private static let directions = 3
    /// Half of the longest step, in units of a direction whose numbers are about 1.
    private let step = 2e-3
    /// The largest error of a derivative, as a share of a usual one.
    private let tolerance = 5e-3

    /// Records an issue for each gradient that is off.
    func run(_ label: String) {
        model.gradients.zero()
        let gradient = pass(input, true).gradient
        let gradients = model.allGradients
        if !input.isEmpty {
            compare("\(label): input", gradient, from: input) { pass($0, false).value }
        }
        for entry in model.layout.entries {
            let own = Array(gradients[entry.range])
            guard prefixes.contains(where: { entry.name.hasPrefix($0) }) else {
                #expect(own.allSatisfy { $0 == 0 }, "\(label) has no \(entry.name)")
                continue
            }
            // A shift of all keys changes no attention: nothing but rounding is left.
            if entry.name.hasSuffix("key.bias") {
                #expect(own.allSatisfy { abs($0) < 1e-3 }, "\(label): \(entry.name)")
                continue
            }
            let start = model.parameters.values(entry.range)
            compare("\(label): \(entry.name)", own, from: start) {
                model.parameters.set($0, at: entry.offset)
                return pass(input, false).value
            }
            model.parameters.set(start, at: entry.offset)
        }
    }

    private func compare(_ name: String, _ gradient: [Float], from start: [Float], _ value: ([Float]) -> Double) {
        let size = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard size > 0, size.isFinite else {
            Issue.record("\(name) has no gradient")
            return
        }
        // Along a random direction the derivative is about as large as the gradient.
        let root = Double(start.count).squareRoot()
        var directions = [gradient.map { Double($0) / size * root }]
        for number in 0..<Self.directions {
            directions.append(normal(start.count, seed: UInt64(number), name).map(Double.init))
        }
        for (number, direction) in directions.enumerated() {
            func moved(_ length: Double) -> Double {
                value(zip(start, direction).map { Float(Double($0) + length * $1) })
            }
            // The fourth order: what is left is a matter of the fifth derivative.
            let (near, far) = (moved(step) - moved(-step), moved(2 * step) - moved(-2 * step))
            let measured = (8 * near - far) / (12 * step)
            let claimed = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
            let usual = number == 0 ? size * root : size
            let error = abs(measured - claimed) / usual
            #expect(error < tolerance, "\(name), direction \(number): \(measured) where \(claimed) is claimed")
        }
    }
}

/// Normal draws that a seed and a name decide.
func normal(_ count: Int, seed: UInt64, _ name: String) -> [Float] {
    let number = name.utf8.reduce(UInt64(0)) { Philox.mix($0 ^ UInt64($1)) }
    var random = Philox(seed: seed, purpose: Philox.purpose("normal draws"), a: number)
    return (0..<count).map { _ in
        Float((-2 * log(1 - random.unit())).squareRoot() * cos(2 * Double.pi * random.unit()))
    }
}
