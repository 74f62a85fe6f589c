import Foundation
import TestSupport
import Testing

/// The filter `tessera sentences`, by its real binary.
@Suite struct SentencesCommandTests {
    private func run(_ arguments: [String], _ input: String) throws -> String {
        let outcome = try Binary.run(["sentences"] + arguments, input: Data(input.utf8))
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    /// 3 MiB of paragraphs of many lengths, one of them longer than a block.
    private static let text: String = {
        var text = ""
        for number in 0..<20_000 {
            let paragraph = "Dr. Oduya saw No. \(number). It was “new”. She left…\u{A0}He did not. "
            text += String(repeating: paragraph, count: number == 7_000 ? 20_000 : number % 4) + "\n"
            if number % 9 == 0 { text += "\r\n \n" }
        }
        return text
    }()

    @Test(arguments: ["line", "blank-line"])
    func `the result does not depend on the number of jobs nor on how the input arrives`(paragraphs: String) throws {
        let one = try run(["--paragraphs", paragraphs, "--jobs", "1"], Self.text)
        #expect(try run(["--paragraphs", paragraphs, "--jobs", "3"], Self.text) == one)
        let folder = TemporaryDirectory()
        let file = try folder.write(Self.text, to: "text.txt")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", "cat \"$1\" | \"$0\" sentences --paragraphs \(paragraphs)", Binary.path, file]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        #expect(output.fileHandleForReading.readDataToEndOfFile() == Data(one.utf8))
        process.waitUntilExit()
    }

    @Test func `nothing but white space is lost`() throws {
        func solid(_ text: String) -> [Character] { text.filter { !$0.isWhitespace } }
        for paragraphs in ["line", "blank-line"] {
            #expect(solid(try run(["--paragraphs", paragraphs], Self.text)) == solid(Self.text))
        }
    }

    @Test func `offsets are those of characters in the input`() throws {
        let scalars = Array(Self.text.unicodeScalars)
        for line in try run(["--offsets"], Self.text).split(separator: "\n").prefix(30_000) {
            let parts = line.split(separator: "\t", maxSplits: 2)
            let (begin, end) = (try #require(Int(parts[0])), try #require(Int(parts[1])))
            var slice = String.UnicodeScalarView()
            slice.append(contentsOf: scalars[begin..<end])
            if String(slice) != parts[2] {
                Issue.record("\(line)")
                return
            }
        }
    }

    @Test func `hard-wrapped lines make one sentence and a blank line ends a paragraph`() throws {
        let output = try run(["--paragraphs", "blank-line"], "It was\nlate. We\r\nleft.\n \t\nNobody\nwaved")
        #expect(output == "It was late.\nWe left.\n\nNobody waved\n\n")
    }

    @Test(arguments: [
        (#"{"id":"a","lang":"en","text":"One. Two."}"#, #"{"id":"a","sentences":["One.","Two."]}"#),
        (#" { "text" : "One.\nTwo" , "id" : 12 } "#, #"{"id":12,"sentences":["One.","Two"]}"#),
        (
            #"{"id":"q","text":"\"Hm.\" \\ \t Caf\u00e9 \ud83d\ude00. Da\/s."}"#,
            "{\"id\":\"q\",\"sentences\":[\"\\\"Hm.\\\" \\\\ \\t Café 😀.\",\"Da/s.\"]}"
        ),
        (#"{"id":1.5,"text":"One. Two.","more":{"a":[1,{"b":"}"}]}}"#, #"{"id":1.5,"sentences":["One.","Two."]}"#),
        (
            #"{"id":1,"text":"Ein „Tag“ — vorbei.\nA\u0001b\tc\fd clé. Ü\"x\\"}"#,
            #"{"id":1,"sentences":["Ein „Tag“ — vorbei.","A\u0001b\tc\fd clé.","Ü\"x\\"]}"#
        ),
        (#"{"id":null,"text":"","flag":true}"#, #"{"id":null,"sentences":[]}"#),
        (#"{"id":"d","lang":"de","text":"Am 3. Mai. Dann."}"#, #"{"id":"d","sentences":["Am 3. Mai.","Dann."]}"#),
    ])
    func `records are read whatever their form and written in one`(record: String, expected: String) throws {
        #expect(try run(["--jsonl"], record + "\n\n") == expected + "\n")
    }

    @Test func `offsets count characters wherever in the text they stand`() throws {
        for length in 0..<20 {
            let first = String(repeating: "é", count: length) + "aЖ語😀."
            let record = "{\"id\":1,\"text\":\"\(first) Next one.\"}\n"
            let places = "[[0,\(length + 5)],[\(length + 6),\(length + 15)]]"
            let expected = "{\"id\":1,\"offsets\":\(places),\"sentences\":[\"\(first)\",\"Next one.\"]}\n"
            #expect(try run(["--jsonl", "--offsets"], record) == expected)
            #expect(try run(["--offsets"], "\(first) Next one.\n").hasPrefix("0\t\(length + 5)\t\(first)\n"))
        }
    }

    @Test(arguments: ["[]", "{", #"{"id":1}"#, #"{"id":1,"text":"a"#, #"{"id":1,"text":7}"#, #"{"text":"\ud800"}x"#])
    func `a line that is no record is a failure`(line: String) throws {
        let outcome = try Binary.run(["sentences", "--jsonl"], input: Data((line + "\n").utf8))
        #expect(outcome.status == 65)
        #expect(outcome.errors.hasPrefix("tessera: "))
    }

    @Test func `what is wrong with a record names the byte at which its line begins`() throws {
        let outcome = try Binary.run(
            ["sentences", "--jsonl"], input: Data("{\"id\":1,\"text\":\"One.\"}\n\n{}\n".utf8))
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("standard input, line at byte 24"))
    }

    @Test func `packs, rule files and what was learnt change what is known`() throws {
        let folder = TemporaryDirectory()
        let rules = try folder.write("never: Grafi\n", to: "rules.txt")
        #expect(try run([], "Grafi. Adele came.\n") == "Grafi.\nAdele came.\n\n")
        #expect(
            try run(["--abbreviations", rules], "Grafi. Adele came. She sat.\n") == "Grafi. Adele came.\nShe sat.\n\n")
        let cited = "See 12 Cranch. Marshall wrote it.\n"
        #expect(try run([], cited).split(separator: "\n").count == 1)
        #expect(try run(["--pack", "general,biomedical"], cited).split(separator: "\n").count == 2)
        var corpus = ""
        for number in 0..<400 { corpus += "Qovast. Adele saw house \(number % 7) by the road. The house was old.\n" }
        let learnt = try folder.write(try run(["--learn", "--jobs", "2"], corpus), to: "learnt.txt")
        #expect(try run(["--abbreviations", learnt], "Here is Qovast. Adele.\n") == "Here is Qovast. Adele.\n\n")
        #expect(try Binary.run(["sentences", "--pack", "medical"], input: Data()).status == 64)
        #expect(try Binary.run(["sentences", "--learn", "--jsonl"], input: Data()).status == 64)
        #expect(try Binary.run(["sentences", "--abbreviations", folder.file("none")], input: Data()).status == 66)
        let wrong = try folder.write("maybe: a\n", to: "wrong.txt")
        #expect(try Binary.run(["sentences", "--abbreviations", wrong], input: Data()).status == 65)
    }
}
