/// The title and id of a page that cannot be parsed, as far as its first bytes tell.
struct PageName {
    let title: String
    let id: String

    init(_ xml: [UInt8]) {
        let head = xml.prefix(4096)
        title = PageName.content(of: "title", head)
        id = PageName.content(of: "id", head)
    }

    private static func content(of element: String, _ xml: ArraySlice<UInt8>) -> String {
        guard let tag = xml.firstRange(of: Array("<\(element)>".utf8)),
            let end = xml[tag.upperBound...].firstIndex(of: 0x3C)
        else { return "" }
        var text = String(decoding: xml[tag.upperBound..<end], as: UTF8.self)
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#039;", "'"), ("&amp;", "&")] {
            text.replace(entity, with: character)
        }
        return text
    }
}
