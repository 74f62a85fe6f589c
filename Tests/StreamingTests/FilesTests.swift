import Streaming
import Testing

struct FilesTests {
    @Test(arguments: [
        ("a/b", "a"), ("a/b/", "a"), ("b", ""), ("p/", ""), ("/b", "/"), ("/", "/"), ("//", "/"), ("", ""),
        ("a//b", "a"),
        ("/a/b/c.txt", "/a/b"), ("./x", "."), ("é/ü", "é"),
    ])
    func `the folder of a path, of one character too`(path: String, parent: String) {
        #expect(Files.parent(of: path) == parent)
    }

    @Test func `a name that is no UTF-8 is told of as such`() {
        let failure = #expect(throws: Failure.self) { try Files.read("/nowhere/na\u{FFFD}me") }
        #expect(failure?.code == .noInput)
        #expect(failure?.message.contains("not UTF-8") == true)
    }
}
