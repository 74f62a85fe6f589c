internal import Ingest
internal import Streaming

extension StageOptions {
    /// Reads how sources are written, under the names that `tessera ingest` has for it.
    mutating func readSources(into configuration: inout IngestConfiguration) throws(Failure) {
        try read("text-field", into: &configuration.fields.text)
        try read("id-field", into: &configuration.fields.id)
        try read("title-field", into: &configuration.fields.title)
        try read("url-field", into: &configuration.fields.url)
        try read("language-field", into: &configuration.fields.language)
        try read("licence-field", into: &configuration.fields.licence)
        try read("revision-field", into: &configuration.fields.revision)
        try read("date-field", into: &configuration.fields.date)
        try read("delimiter", into: &configuration.tables.delimiter)
        try choose("header", into: &configuration.tables.header)
        try choose("quoting", into: &configuration.tables.quoting)
        try choose("captions", into: &configuration.articles.captions)
        try choose("citations", into: &configuration.articles.citations)
        try choose("revisions", into: &configuration.revisions)
        if let namespaces = try texts("namespace") {
            configuration.namespaces = try NamespaceChoice.numbers(in: namespaces)
        }
        configuration.files.include = try texts("include") ?? []
        configuration.files.exclude = try texts("exclude") ?? []
    }
}
