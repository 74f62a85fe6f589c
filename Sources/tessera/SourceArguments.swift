public import ArgumentParser
public import Ingest

/// How the sources of `ingest` are written and which of their parts are taken.
struct SourceArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Field or column of the text; dots lead into objects.", valueName: "name"))
    var textField = RecordFields().text

    @Option(help: ArgumentHelp("Field or column of the document's name.", valueName: "name"))
    var idField = RecordFields().id

    @Option(help: ArgumentHelp("Field or column of the title.", valueName: "name"))
    var titleField = RecordFields().title

    @Option(help: ArgumentHelp("Field or column of the address.", valueName: "name"))
    var urlField = RecordFields().url

    @Option(help: ArgumentHelp("Field or column of the language.", valueName: "name"))
    var languageField = RecordFields().language

    @Option(help: ArgumentHelp("Field or column of the licence.", valueName: "name"))
    var licenceField = RecordFields().licence

    @Option(help: ArgumentHelp("Field or column of the revision.", valueName: "name"))
    var revisionField = RecordFields().revision

    @Option(help: ArgumentHelp("Field or column of the date, taken where there is no revision.", valueName: "name"))
    var dateField = RecordFields().date

    @Option(help: ArgumentHelp("Character between the columns of a table, or 'tab'.", valueName: "character"))
    var delimiter = ""

    @Option(help: "What the first row of a table is: the names of its columns, or 'none' of that.")
    var header: TableOptions.Header = .row

    @Option(help: "What a double quote in a table means: 'rfc4180', or 'none' for nothing special.")
    var quoting: TableOptions.Quoting = .rfc4180

    @Option(help: "Captions of figures and tables in JATS articles.")
    var captions: WikitextOptions.Keep = .keep

    @Option(help: "Marks of citations in JATS articles, where they are no part of a sentence.")
    var citations: WikitextOptions.Keep = .drop

    @Option(
        help: ArgumentHelp(
            "Of a folder take files like this alone, as in '*.txt' or 'notes/**'. May be repeated.",
            valueName: "pattern"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Of a folder leave out files and folders like this.", valueName: "pattern"))
    var exclude: [String] = []

    /// Enters the options into `configuration`.
    func apply(to configuration: inout IngestConfiguration) {
        configuration.fields.text = textField
        configuration.fields.id = idField
        configuration.fields.title = titleField
        configuration.fields.url = urlField
        configuration.fields.language = languageField
        configuration.fields.licence = licenceField
        configuration.fields.revision = revisionField
        configuration.fields.date = dateField
        configuration.tables.delimiter = delimiter
        configuration.tables.header = header
        configuration.tables.quoting = quoting
        configuration.articles.captions = captions
        configuration.articles.citations = citations
        configuration.files.include = include
        configuration.files.exclude = exclude
    }
}

extension TableOptions.Header: ExpressibleByArgument {}
extension TableOptions.Quoting: ExpressibleByArgument {}
