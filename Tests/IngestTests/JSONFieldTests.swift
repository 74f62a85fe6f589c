import Foundation
import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct JSONFieldTests {
    let directory = TemporaryDirectory()

    /// The values of `path` in `line`, or what is wrong with the line.
    func values(_ line: String, _ path: String) -> [String]? {
        var reader = JSONFieldReader(JSONFieldPaths([path]))
        return Array(line.utf8).withUnsafeBufferPointer { bytes in
            guard let isObject = try? reader.read(bytes), isObject else { return nil }
            return reader.values[0].map { value in
                var text: [UInt8] = []
                if value.kind == .escapedString {
                    _ = JSONString.append(bytes, value.range, to: &text)
                } else {
                    text = Array(bytes[value.range])
                }
                return String(decoding: text, as: UTF8.self)
            }
        }
    }

    func fault(_ line: String) -> JSONSyntaxError? {
        var reader = JSONFieldReader(JSONFieldPaths(["a"]))
        let bytes = Array(line.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            do {
                _ = try reader.read(bytes)
                return nil
            } catch let error as JSONSyntaxError {
                return error
            } catch {
                return nil
            }
        }
    }

    @Test func `a path leads through objects and arrays, and a key's last value counts`() {
        #expect(values(#"{"a":"1","b":{"c":"2","a":"3"}}"#, "b.c") == ["2"])
        #expect(values(#"{"b":[{"c":"1"},{"x":"c","c":["2","3"]},"c"],"c":"4"}"#, "b.c") == ["1", "2", "3"])
        #expect(values(#"{"b":{"c":"1"},"b":{"d":"2"}}"#, "b.c") == [])
        #expect(values(#"{"b":{"c":"1","c":"2"},"b":{"c":"3","c":"4"}}"#, "b.c") == ["4"])
        #expect(values(#"{"b":[{"c":"1"},{"c":"2","c":"3"}]}"#, "b.c") == ["1", "3"])
        #expect(values(#"{"b.c":"1","b":{"c":"2"}}"#, "b\\.c") == ["1"])
        #expect(values(#"{"\u0062":"1"}"#, "b") == ["1"])
        #expect(values(#"{"b":null,"c":7}"#, "c") == ["7"])
    }

    @Test func `escapes stand for their characters, halves of pairs alone for U+FFFD`() {
        #expect(values(#"{"a":"\"\\\/\b\f\n\r\té\uD83E\uDD56"}"#, "a") == ["\"\\/\u{8}\u{C}\n\r\té🥖"])
        #expect(values(#"{"a":"\uD83E!\uDD56"}"#, "a") == ["\u{FFFD}!\u{FFFD}"])
        #expect(values(#"{"a":"\uD83E\u0041"}"#, "a") == ["\u{FFFD}A"])
    }

    @Test(arguments: [
        "", "{", "{}x", "{]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":.5}"#,
        #"{"a":+1}"#, #"{"a":1e}"#, #"{"a":-}"#, #"{"a":tru}"#, #"{"a":nul}"#, #"{"a":"x}"#, #"{"a":"\x"}"#,
        #"{"a":"\u12G4"}"#, "{\"a\":\"\t\"}", "{\"a\":\u{B}1}", #"{"a":[1,]}"#, #"{"a":[1 2]}"#, #"{"a":1 "b":2}"#,
        #"{'a':1}"#, #"{"a":NaN}"#, #"{"a":"\"#, #"{"a":"\u12"#,
    ])
    func `what is not JSON is told with its column`(line: String) {
        let fault = fault(line)
        #expect(fault != nil)
        #expect((fault?.column ?? 0) >= 1 && (fault?.column ?? 0) <= line.utf8.count + 2)
        // Foundation thinks so too, but for commas at the end, which it lets pass.
        guard !line.contains(",}"), !line.contains(",]") else { return }
        #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8), options: [.fragmentsAllowed])) == nil)
    }

    @Test(arguments: [
        "{}", "[]", "1", "\"x\"", "null", #" { "a" : [ ] , "b" : { } } "#, #"{"a":-0.5e-10,"b":1E+2,"c":0}"#,
        #"{"":"","a":[[],[{}],[[1]]]}"#, "\r\n\t {\"a\":true,\"b\":false}\n",
    ])
    func `what is JSON is taken`(line: String) { #expect(fault(line) == nil) }

    @Test func `depth has a limit, and a million brackets are no danger`() {
        func nested(_ depth: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        #expect(fault(nested(500)) == nil)
        #expect(fault(nested(1_000_000))?.message == "is nested too deeply")
        #expect(fault(String(repeating: "{\"a\":", count: 1_000_000)) != nil)
    }

    @Test func `random objects are read as Foundation reads them`() throws {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<400 {
            let object = RandomJSON.object(depth: 3, &generator)
            let line = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
            let known = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(values(line, "a") == RandomJSON.strings(known?["a"]), "\(line)")
            let below = known?["b"].map { RandomJSON.below($0, "c") } ?? []
            // Order within an object is its order in the line, which a dictionary does not keep.
            #expect(values(line, "b.c")?.sorted() == below.sorted(), "\(line)")
            // Cut anywhere, it is no JSON any more.
            for cut in 0..<line.utf8.count {
                #expect(fault(String(decoding: line.utf8.prefix(cut), as: UTF8.self)) != nil)
            }
        }
    }

    @Test func `fields by other names, arrays as paragraphs, and a date for a revision`() throws {
        let path = try directory.write(
            """
            {"meta":{"key":12,"when":"2020-05-01"},"body":{"text":["One.","Two.",null,3]},"lang":"fr","l":"CC0"}
            {"meta":{"key":"b"},"body":{"text":"Three."},"revision":"r7","lang":["de"]}
            {"meta":{"key":"c"},"body":"no text here"}
            """, to: "a.jsonl")
        var configuration = IngestConfiguration()
        configuration.fields.id = "meta.key"
        configuration.fields.text = "body.text"
        configuration.fields.language = "lang"
        configuration.fields.licence = "l"
        configuration.fields.date = "meta.when"
        let result = try ingest([path], into: directory.file("corpus"), configuration)
        #expect(result.texts == ["One.\nTwo.", "Three."])
        #expect(result.documents.map(\.externalID) == ["12", "b"])
        #expect(result.documents.map(\.revision) == ["2020-05-01", "r7"])
        #expect(result.documents.map(\.language) == ["fr", "de"])
        #expect(result.documents.map(\.licence) == ["CC0", ""])
        #expect(result.rejections == ["malformed": 1])
        #expect(result.losses[Loss(kind: "json", name: "not-a-string")] == LossCount(count: 1, bytes: 1))
    }

    @Test func `a bad line is a row with its place, its neighbours stay`() throws {
        let bytes = Array("{\"text\":\"a\"}\n{\"text\":\"b\",}\n\n{\"text\":\"c\"}\n".utf8)
        let outcome = try recordOutcomes(JSONLinesReader(PiecesSource(bytes, size: 5), maxBytes: 1000))
        #expect(outcome.texts == ["a", "c"])
        #expect(
            outcome.rejections.map(\.detail) == ["row 2, column 13: is not valid JSON: a key is missing in an object"])
    }
}

/// Arbitrary JSON for comparisons.
enum RandomJSON {
    static func object(depth: Int, _ generator: inout SeededGenerator) -> [String: Any] {
        var object: [String: Any] = [:]
        for key in ["a", "b", "c", "d e", "\u{1F600}\"\\"] where Bool.random(using: &generator) {
            object[key] = value(depth: depth, &generator)
        }
        return object
    }

    static func value(depth: Int, _ generator: inout SeededGenerator) -> Any {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0, 1: return string(&generator)
        case 2: return Int.random(in: -1000...1000, using: &generator)
        case 3: return NSNull()
        case 4: return Bool.random(using: &generator)
        case 5: return (0..<3).map { _ in value(depth: depth - 1, &generator) }
        default: return object(depth: depth - 1, &generator)
        }
    }

    static func string(_ generator: inout SeededGenerator) -> String {
        let pieces = ["plain words ", "\"", "\\", "/", "\n", "\t", "\u{1}", "é", "面", "🥖", "\u{2028}", "{", "]", ","]
        return (0..<Int.random(in: 0..<6, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }
            .joined()
    }

    /// The values that stand for themselves at or in `value`, objects as empty strings.
    static func strings(_ value: Any?) -> [String] {
        switch value {
        case let text as String: [text]
        case let items as [Any]: items.flatMap { strings($0) }
        case is NSNull, nil: []
        case let number as NSNumber where String(cString: number.objCType) == "c": [number.boolValue ? "true" : "false"]
        case let number as NSNumber: [number.stringValue]
        default: [""]
        }
    }

    static func below(_ value: Any, _ key: String) -> [String] {
        switch value {
        case let object as [String: Any]: strings(object[key])
        case let items as [Any]: items.flatMap { below($0, key) }
        default: []
        }
    }
}

/// A small generator that gives the same numbers everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
