import Foundation
import TestSupport
import Testing

@testable import Finetune

@Test func `CRC-32 gives the published check value`() {
    #expect(ZipArchive.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
}

@Test func `an archive is what other programs read`() throws {
    let folder = TemporaryDirectory()
    var archive = ZipArchive()
    archive.add("CoLA.tsv", Array("index\tprediction\n0\t1\n".utf8))
    archive.add("RTE.tsv", [])
    try Data(archive.bytes).write(to: URL(filePath: folder.file("a.zip")))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let code =
        "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; "
        + "assert z.namelist() == ['CoLA.tsv', 'RTE.tsv']; assert z.read('CoLA.tsv') == b'index\\tprediction\\n0\\t1\\n'"
    process.arguments = ["python3", "-c", code, folder.file("a.zip")]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
}
