public import Streaming

/// Which namespaces of a wiki are wanted, as a user writes them: numbers, or the English names that every wiki knows.
public enum NamespaceChoice {
    /// The numbers in `texts`, each a list with commas; in rising order, each once.
    public static func numbers(in texts: [String]) throws(Failure) -> [Int] {
        var numbers: Set<Int> = []
        for text in texts {
            for item in text.split(separator: ",", omittingEmptySubsequences: false) {
                numbers.insert(try number(item))
            }
        }
        return numbers.sorted()
    }

    /// Numbers above are no namespace's; MediaWiki has 32 bits for them.
    private static let limit = Int(Int32.max)

    private static func number(_ text: Substring) throws(Failure) -> Int {
        let name = text.split(whereSeparator: { $0 == " " || $0 == "_" }).joined(separator: " ").lowercased()
        if let number = Int(name), (0...limit).contains(number) { return number }
        if let number = names[name] { return number }
        throw Failure(
            .usage, "'\(text)' is no namespace with pages",
            remedy: "give numbers or English names, as in '0,14' or 'main,category': \(known)")
    }

    /// The names of namespaces that have pages, in lower case; those of one wiki stand in its dump alone.
    private static let names: [String: Int] = {
        var names = [
            "main": 0, "article": 0, "articles": 0, "project": 4, "project talk": 5, "image": 6, "image talk": 7,
        ]
        for (number, name) in SiteInformation.englishNamespaces where number > 0 { names[name.lowercased()] = number }
        return names
    }()

    private static let known = SiteInformation.englishNamespaces.filter { $0.key >= 0 && $0.key.isMultiple(of: 2) }
        .sorted { $0.key < $1.key }.map { "\($0.key) \($0.key == 0 ? "main" : $0.value.lowercased())" }
        .joined(separator: ", ")
}
