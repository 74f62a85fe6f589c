import Foundation
import TestSupport
import Testing

@Suite struct CleanCommandTests {
    @Test(arguments: [
        (#"{"id":"a","text":"''x'' [[y|z]]"}"#, #"{"id":"a","text":"x z"}"#),
        (
            #" { "text" : "a\nb\n\nc \"d\" \\ \u00e9\ud83d\ude00" , "id" : 7 } "#,
            #"{"id":7,"text":"a b\nc \"d\" \\ é😀"}"#
        ),
        (#"{"id":null,"more":[1,{"a":2}],"text":"{{nowrap|a}}"}"#, #"{"id":null,"text":"a"}"#),
        (#"{"text":""}"#, #"{"id":"","text":""}"#),
        (#"{"id":"p","title":"Mars","text":"{{PAGENAME}} is"}"#, #"{"id":"p","text":"Mars is"}"#),
        (#"{"id":"\u0061\"","text":"é/ü"}"#, #"{"id":"\u0061\"","text":"é/ü"}"#),
    ])
    func `a record a line, in and out`(_ line: String, _ expected: String) throws {
        let result = try Binary.run(["clean", "--jsonl"], input: Data((line + "\n\n").utf8))
        #expect(result.output == expected + "\n")
    }

    @Test(arguments: [#"{"id":1}"#, #"{"id":1,"text":2}"#, #"["a"]"#, #"{"id":1,"text":"a}"#, "text"])
    func `a line that is no record ends it with bad data`(_ line: String) throws {
        let result = try Binary.run(["clean", "--jsonl"], input: Data((line + "\n").utf8))
        #expect(result.status == 65)
    }

    @Test func `what is no UTF-8 becomes the replacement character`() throws {
        let page = Data([0xFF] + Array("[[a]] \u{1}b ".utf8) + [0xC3])
        #expect(try Binary.run(["clean"], input: page).output == "\u{FFFD}a b \u{FFFD}\n")
        let id = Data([UInt8](#"{"id":""#.utf8) + [0xFF] + Array(#"","text":"\u0001x "#.utf8) + [0xE2, 0x80])
        let result = try Binary.run(["clean", "--jsonl"], input: id + Data("\"}\n".utf8))
        #expect(result.output == "{\"id\":\"\u{FFFD}\",\"text\":\"x \u{FFFD}\"}\n")
    }

    @Test func `records before a bad line are written`() throws {
        let lines =
            #"{"id":1,"text":"a"}"# + "\n" + #"{"id":2,"text":"b"}"# + "\nbad\n" + #"{"id":3,"text":"c"}"# + "\n"
        let result = try Binary.run(["clean", "--jsonl"], input: Data(lines.utf8))
        #expect(result.status == 65)
        #expect(result.output == "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}\n")
    }

    @Test func `options say what stays`() throws {
        let directory = TemporaryDirectory()
        let page = Data("a\n== B ==\n* c\n== Notes ==\nd\n{|\n|e\n|}\n{{mine|f}}".utf8)
        #expect(try Binary.run(["clean"], input: page).output == "a\nB\nc\n")
        let options = ["clean", "--headings", "drop", "--lists", "drop", "--tables", "text", "--sections-drop", "X, Y"]
        #expect(try Binary.run(options, input: page).output == "a\nd\ne\n")
        let rules = try directory.write("[templates]\nmine = <$1>\n", to: "rules.txt")
        let ours = ["clean", "--sections-drop", "", "--template-rules", rules]
        #expect(try Binary.run(ours, input: page).output == "a\nB\nc\nNotes\nd\n<f>\n")
        let bad = try directory.write("mine\n", to: "bad.txt")
        let failed = try Binary.run(["clean", "--template-rules", bad], input: page)
        #expect(failed.status == 65 && failed.errors.contains("bad.txt"))
    }
}
