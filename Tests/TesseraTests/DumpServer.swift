import Foundation
import TestSupport

/// A server on this machine with the folders of Wikimedia's, which misbehaves as its address asks.
///
/// `http://127.0.0.1:PORT/SCENARIO` is a mirror; the scenarios are told in the program.
///
/// `process` is started in `init` and ended in `deinit` and nowhere else used, hence the unchecked conformance.
final class DumpServer: @unchecked Sendable {
    let folder = TemporaryDirectory()
    private let process = Process()
    let port: Int

    /// Bytes of the dump that it serves.
    static let dump = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })

    init() throws {
        try DumpServer.dump.write(to: URL(filePath: folder.file("dump")))
        let script = try folder.write(DumpServer.program, to: "server.py")
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script, folder.path]
        // A server that holds the test runner's output open would keep it from ending.
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        var found: Int?
        for _ in 0..<600 where found == nil {
            found = (try? String(contentsOfFile: folder.file("port"), encoding: .utf8)).flatMap { Int($0) }
            if found == nil { usleep(50_000) }
        }
        guard let found else { throw CocoaError(.fileNoSuchFile) }
        port = found
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    func mirror(_ scenario: String) -> String { "http://127.0.0.1:\(port)/\(scenario)" }

    /// The requests for the dump's file in a scenario: what the Range header said, `-` without one.
    func ranges(_ scenario: String) -> [String] {
        let log = (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? ""
        return log.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            .filter { $0.count == 2 && $0[0].hasPrefix("/\(scenario)/") && $0[0].hasSuffix("articles.xml.bz2") }
            .map { $0[1] }
    }

    private static let program = #"""
        import hashlib, http.server, json, os, sys, threading, time

        folder = sys.argv[1]
        dump = open(folder + "/dump", "rb").read()
        index = b"10:1:A\n"
        seen = {}

        def files(date):
            head = "xxwiki-%s-pages-articles" % date
            return {head + ".xml.bz2": dump, head + "-multistream.xml.bz2": dump, head + "-multistream-index.txt.bz2": index}

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *rest): pass

            def answer(self, status, body, headers={}):
                self.send_response(status)
                for name, value in headers.items(): self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                parts = self.path.split("/")
                scenario, rest = parts[1], parts[2:]
                with open(folder + "/log", "a") as log:
                    log.write("%s\t%s\n" % (self.path, self.headers.get("Range", "-")))
                count = seen[self.path] = seen.get(self.path, 0) + 1
                if scenario == "agent" and "tester@example.org" not in self.headers.get("User-Agent", ""):
                    return self.answer(403, b"who are you")
                if scenario == "dead": return self.answer(503, b"", {"Retry-After": "0"})
                # The first two answers to everything are errors.
                if scenario == "flaky" and count <= 2: return self.answer(500, b"oops")
                if scenario == "moved":
                    return self.answer(302, b"", {"Location": "/fine/" + "/".join(rest)})
                if not rest or rest[0] != "xxwiki": return self.answer(404, b"no")
                dates = ["20251201", "20260101", "20260201"]
                if rest[1:] == [""]:
                    page = "".join('<a href="%s/">%s/</a>\n' % (d, d) for d in dates) + '<a href="latest/">latest/</a>'
                    return self.answer(200, page.encode())
                date, name = rest[1], rest[2]
                if date not in dates: return self.answer(404, b"no")
                if name == "": return self.answer(200, b"<html>")
                if name == "dumpstatus.json":
                    if scenario == "nostatus": return self.answer(404, b"no")
                    listed = {}
                    for key, body in files(date).items():
                        wrong = scenario == "wrongsum"
                        listed[key] = {"size": len(body), "sha1": hashlib.sha1(body + b"x" * wrong).hexdigest()}
                        if scenario == "huge": listed[key]["size"] = 1 << 60
                    status = "done" if date != "20260201" else "in-progress"
                    jobs = {"articlesdump": {"status": status, "files": listed}, "other": {"status": "waiting"}}
                    return self.answer(200, json.dumps({"version": "0.8", "jobs": jobs}).encode())
                if name == "xxwiki-%s-md5sums.txt" % date:
                    lines = ["%s  %s" % (hashlib.md5(body).hexdigest(), key) for key, body in files(date).items()]
                    return self.answer(200, "\n".join(lines).encode())
                if name not in files(date) or scenario == "gone": return self.answer(404, b"no")
                self.file(scenario, count, files(date)[name])

            def file(self, scenario, count, body):
                # In "changed" the file is another one from the second request on.
                version = "2" if scenario == "changed" and count > 1 else "1"
                tag = '"v%s"' % version
                headers = {"ETag": tag, "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
                if scenario == "changed" and count == 1: body = bytes(b ^ 1 for b in body)
                start, status = 0, 200
                wanted = self.headers.get("Range")
                condition = self.headers.get("If-Range")
                if wanted and scenario != "norange" and condition in (None, tag):
                    start = int(wanted.split("=")[1].rstrip("-"))
                    if start >= len(body):
                        return self.answer(416, b"", {"Content-Range": "bytes */%d" % len(body)})
                    status = 206
                    headers["Content-Range"] = "bytes %d-%d/%d" % (start, len(body) - 1, len(body))
                part = body[start:]
                if scenario == "slow":
                    self.send_response(status)
                    for key, value in headers.items(): self.send_header(key, value)
                    self.send_header("Content-Length", str(len(part)))
                    self.end_headers()
                    self.wfile.write(part[:100000])
                    self.wfile.flush()
                    time.sleep(60)
                    return
                # The transfer breaks off: always in "cut" until half is there, once in the others.
                broken = (scenario in ("norange", "changed") and count == 1) or scenario == "drops" and count <= 3
                if scenario == "cut" or broken:
                    self.send_response(status)
                    for key, value in headers.items(): self.send_header(key, value)
                    self.send_header("Content-Length", str(len(part)))
                    self.end_headers()
                    self.wfile.write(part[:100000] if len(part) > 100000 or broken else part)
                    self.wfile.flush()
                    if len(part) > 100000 or broken: self.close_connection = True
                    return
                self.answer(status, part, headers)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        with open(folder + "/port.new", "w") as file: file.write(str(server.server_address[1]))
        os.rename(folder + "/port.new", folder + "/port")
        server.daemon_threads = True

        def watch(parent):
            # The tests may be killed: then nobody needs this server.
            while os.getppid() == parent: time.sleep(1)
            os._exit(0)

        threading.Thread(target=watch, args=(os.getppid(),), daemon=True).start()
        server.serve_forever()
        """#
}
