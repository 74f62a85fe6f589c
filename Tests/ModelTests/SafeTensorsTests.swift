import Foundation
import Streaming
import TestSupport
import Testing

@testable import Model

@Suite struct SafeTensorsTests {
    private let folder = TemporaryDirectory()

    /// A file made by hand: header text, then bytes.
    private func file(_ header: String, _ data: [UInt8], _ name: String = "hand.safetensors") throws -> String {
        let text = Array(header.utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(text.count) >> (8 * UInt64($0))) }
        try Data(length + text + data).write(to: URL(filePath: folder.file(name)))
        return folder.file(name)
    }

    @Test func `what is written is read again`() throws {
        let buffer = FloatBuffer(count: 7)
        buffer.set([1, -2, 3.5, .infinity, 0, -0.0, .leastNonzeroMagnitude])
        let path = folder.file("a.safetensors")
        try SafeTensors.write(
            [
                .init(name: "w \"quoted\"", shape: [2, 3], content: .floats(buffer, 1..<7)),
                .init(name: "n", shape: [2], content: .integers([-1, Int64.max])),
                .init(name: "empty", shape: [0], content: .integers([])),
            ], metadata: ["step": "12"], to: path)
        let file = try SafeTensorsFile(path)
        #expect(try file.floats("w \"quoted\"") == buffer.values(1..<7))
        #expect(try file.tensor("w \"quoted\"").shape == [2, 3])
        #expect(try file.integers("n") == [-1, Int64.max])
        #expect(try file.integers("empty") == [])
        #expect(file.metadata == ["step": "12", "format": "pt"])
        #expect(!Files.exists(path + ".partial"))
    }

    @Test func `half precision and doubles are read as their values`() throws {
        let header = """
            {"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},\
            "d":{"dtype":"F64","shape":[1],"data_offsets":[12,20]},"i":{"dtype":"I32","shape":[1],"data_offsets":[20,24]}}
            """
        let halves: [UInt8] = [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0x00, 0x7C]
        let doubles = withUnsafeBytes(of: Double(-0.1).bitPattern.littleEndian) { [UInt8]($0) }
        let path = try file(header, halves + [0x80, 0x3F, 0x20, 0xC1] + doubles + [0xFE, 0xFF, 0xFF, 0xFF])
        let file = try SafeTensorsFile(path)
        #expect(try file.floats("h") == [1, -2, 0x1p-24, .infinity])
        #expect(try file.floats("b") == [1, -10])
        #expect(try file.doubles("d") == [-0.1])
        #expect(try file.integers("i") == [-2])
    }

    @Test(arguments: [
        "", "{", "[]", "{\"a\":1}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"Q7\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}",
    ])
    func `a header that lies is refused`(header: String) throws {
        let path = try file(header, [0, 0, 0, 0])
        let failure = #expect(throws: Failure.self) { try SafeTensorsFile(path) }
        #expect(failure?.code == .badData && failure?.place == path)
    }

    @Test func `a file cut short anywhere is refused`() throws {
        let buffer = FloatBuffer(count: 4)
        let path = folder.file("cut.safetensors")
        try SafeTensors.write([.init(name: "a", shape: [4], content: .floats(buffer, 0..<4))], to: path)
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        for count in 0..<whole.count {
            try Data(whole[0..<count]).write(to: URL(filePath: path))
            let failure = #expect(throws: Failure.self) { try SafeTensorsFile(path) }
            #expect(failure?.code == .badData)
        }
    }

    @Test func `flipped bits end in a failure or in a tensor inside the file`() throws {
        let buffer = FloatBuffer(count: 6)
        let path = folder.file("flip.safetensors")
        try SafeTensors.write(
            [
                .init(name: "a", shape: [2, 2], content: .floats(buffer, 0..<4)),
                .init(name: "b", shape: [1], content: .integers([5])),
            ], to: path)
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        for byte in 0..<whole.count - 24 {
            let bit = 8 * byte + byte % 8
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            try Data(damaged).write(to: URL(filePath: path))
            guard let file = try? SafeTensorsFile(path) else { continue }
            for (name, tensor) in file.tensors { #expect(try file.doubles(name).count == tensor.count) }
        }
    }
}
