import Storage
import Testing

@testable import Ingest

/// Arguments that no editor writes: numbers beyond what can be counted or measured.
@Suite struct WikitextExtremesTests {
    private static let extremes = [
        "-9223372036854775808", "9223372036854775807", "9223372036854775808", "-1", "0", "999999999999999",
        "-999999999999999", "1e308", "-1e308", "1e-308", "4.9e-324", "1e999", "9e307", "nan", "inf", "-inf", "0x10",
        "1/1e-308", "1e308/1e-9", "1+1/0", "1e308-1e308", "1e9223372036854775807", "1.e", "-", "", "0/0",
        "1,e,5", "9999999999999999999999999999999999999999999999999999999",
    ]

    @Test(arguments: [
        ("{{convert|1e308|km|mi}}", "1e308 kilometres"), ("{{convert|1e306|mi|in}}", "1e306 miles"),
        ("{{convert|1|to|1e308|km}}", "1 to 1e308 kilometres"),
        ("{{convert|1e308|km|sigfig=3}}", "1e308 kilometres"), ("{{convert|9e307|acre|m2}}", "9e307 acres"),
        ("{{cvt|0x10|-|1e308|m}}", "0x10–1e308 m"),
        ("{{death date and age|2000|1|1|-9223372036854775808|1|1}}", "January 1, 2000"),
        ("{{death year and age|9223372036854775807|-9223372036854775808}}", "9223372036854775807"),
        ("{{#titleparts:a/b/c|-9223372036854775808|}}", "a/b/c"), ("{{#titleparts:a/b/c|-1}}", "a/b"),
        ("{{padleft:x|-9223372036854775808}}", "x"), ("{{padleft:x|3}}", "00x"),
        ("{{ordinal|-9223372036854775808}}", "-9223372036854775808th"),
        ("{{nth|99999999999999999999999}}", "99999999999999999999999th"),
        ("{{ord|100000000000000000000021}}", "100000000000000000000021st"), ("{{ordinal|-2}}", "-2nd"),
        ("{{percentage|1e308|1e-308}}", "1e308%"), ("{{convert|1e-300|km|nm}}", "1e-300 kilometres (1.00×10−288 nm)"),
    ])
    func `numbers too large to work with are written as they stand`(_ wikitext: String, _ text: String) {
        #expect(cleaned(wikitext) == text)
    }

    @Test func `no rule fails, whatever its arguments`() {
        var cleaner = WikitextCleaner()
        var loss: [Loss: LossCount] = [:]
        for name in TemplateRules.standard.allNames {
            let head = name.hasSuffix(":") ? name : name.hasSuffix("*") ? name.dropLast() + "fr|" : name + "|"
            var page = ""
            for extreme in Self.extremes {
                page += "{{\(head)\(extreme)}}\n\n"
                page += "{{\(head)\(Array(repeating: extreme, count: 6).joined(separator: "|"))}}\n\n"
                for other in ["1", "a/b", extreme] {
                    page +=
                        "{{\(head)\(other)|\(extreme)|1|\(extreme)|\(other)|\(extreme)|e=\(extreme)|p=\(extreme)}}\n\n"
                }
            }
            let text = cleaner.clean(Array(page.utf8), loss: &loss)
            #expect(String(validating: text, as: UTF8.self) != nil, "\(name)")
        }
    }

    @Test func `no unit fails, whatever its value`() {
        var cleaner = WikitextCleaner()
        var loss: [Loss: LossCount] = [:]
        for code in TemplateRules.standard.units.keys.sorted() {
            var page = ""
            for extreme in Self.extremes {
                for options in ["", "|sigfig=\(extreme)", "|round=\(extreme)", "|\(extreme)", "|ftin", "|m|\(extreme)"]
                {
                    page += "{{convert|\(extreme)|\(code)\(options)}}\n\n{{cvt|1|x|\(extreme)|\(code)\(options)}}\n\n"
                    page += "{{convert|1|\(code)|\(extreme)|in\(options)}}\n\n"
                }
            }
            let text = cleaner.clean(Array(page.utf8), loss: &loss)
            #expect(String(validating: text, as: UTF8.self) != nil, "\(code)")
        }
    }

    @Test func `no operator of an expression fails`() {
        let operators = [
            "+", "-", "*", "/", "div", "mod", "fmod", "^", "e", "round", "=", "<", "and", "or", "not", "abs", "ceil",
            "floor", "trunc", "sqrt", "exp", "ln", "sin", "tan",
        ]
        for left in Self.extremes {
            for right in Self.extremes {
                for sign in operators {
                    let text = cleaned("{{#expr:\(left) \(sign) \(right)}}{{#ifexpr:\(sign) \(left)|a|b}}")
                    #expect(text.hasSuffix("a") || text.hasSuffix("b"))
                    #expect(!text.contains("nan") && !text.contains("inf"))
                }
            }
        }
    }
}
