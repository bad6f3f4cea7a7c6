import Foundation
import Testing

extension ServiceTests {
  /// Settings from file, environment and flags.
  @Suite struct ConfigurationTests {
    private let place: ScratchPlace

    init() throws { place = try ScratchPlace() }

    private func file(_ text: String) throws -> String {
      let path = place.path + "/" + UUID().uuidString
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return path
    }

    /// What `--print-config` says of each setting that somebody said: its value, and who.
    private func said(
      _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> (code: Int32, lines: [String], errors: String) {
      let process = try ServeProcess(["serve", "--print-config"] + arguments, environment: environment, in: place)
      let code = await process.end()
      let lines = try process.text(of: process.out).split(separator: "\n").map(String.init)
      return (code, lines.filter { !$0.hasPrefix("#") }, try process.text(of: process.errors))
    }

    @Test func aFlagBeforeTheEnvironmentBeforeTheFile() async throws {
      let path = try file(
        """
        data: /from/file
        shop: file
        listen: "127.0.0.1:1"
        tls: {cert: c.pem, key: k.pem}
        keyLimits:
          rate: 5
        acceptClock: true
        readModel: false
        """)
      let (code, lines, errors) = try await said(
        ["--config", path, "--listen", "127.0.0.1:3"],
        ["HOLDFAST_LISTEN": "127.0.0.1:2", "HOLDFAST_SHOP": "variable", "HOLDFAST_DATA": ""])
      #expect(code == 0, "\(errors)")
      #expect(
        lines == [
          "data: /from/file  # \(path)", "acceptClock: true  # \(path)",
          "listen: \"127.0.0.1:3\"  # --listen", "tls.cert: \"c.pem\"  # \(path)", "tls.key: \"k.pem\"  # \(path)",
          "shop: variable  # HOLDFAST_SHOP", "keyLimits.rate: 5  # \(path)", "readModel: false  # \(path)",
        ])
    }

    @Test func aFileInJSONAndFromTheEnvironment() async throws {
      let path = try file(#"{"data": "d", "drain": 7, "tls": {"cert": "c", "key": "k"}}"#)
      let (_, lines, _) = try await said([], ["HOLDFAST_CONFIG": path])
      #expect(
        lines == ["data: d  # \(path)", "tls.cert: c  # \(path)", "tls.key: k  # \(path)", "drain: 7  # \(path)"])
    }

    @Test(arguments: [
      ("lissten: \"127.0.0.1:1\"", "there is no setting lissten; did you mean listen?"),
      ("tls:\n  certificate: c", "there is no setting tls.certificate; did you mean tls.cert?"),
      ("entirelyDifferent: 1", "there is no setting entirelyDifferent; docs/configuration.md"),
      ("data: [a, b]", "data in"), ("acceptClock: perhaps", "acceptClock in"), ("data: d\ndata: e", "is neither YAML"),
      ("{", "is neither YAML"), ("", "is neither YAML"), ("data: d\ndrain: soon", "'soon' is invalid for '--drain"),
      ("data: d\nlisten: \"0.0.0.0:1\"", "name the --keys"),
    ])
    func whatAFileMayNotSay(_ content: String, _ words: String) async throws {
      let path = try file(content)
      let (code, lines, errors) = try await said(["--config", path])
      #expect(code == 64)
      #expect(lines.isEmpty)
      #expect(errors.contains(words), "\(errors)")
    }

    @Test func aMissingFileAndAMisspeltVariable() async throws {
      let missing = try await said(["--config", "nowhere.yaml"])
      #expect(missing.code == 64)
      #expect(missing.errors.contains("nowhere.yaml cannot be read"))
      let misspelt = try await said(
        ["--data", "d"], ["HOLDFAST_LISTN": "x", "HOLDFAST_SERVICE_PORT_HTTP": "tcp://10.0.0.1"])
      #expect(misspelt.code == 0)
      #expect(misspelt.errors.contains("HOLDFAST_LISTN is no setting; did you mean HOLDFAST_LISTEN?"))
      #expect(!misspelt.errors.contains("SERVICE_PORT"))
    }

    @Test func secretsAreNotPrinted() async throws {
      let (code, lines, errors) = try await said(
        ["--store", "redis://user:hush@127.0.0.1"], ["HOLDFAST_REDIS_PASSWORD": "hush", "REDIS_PASSWORD": "hush"])
      #expect(code == 0)
      #expect(lines == ["store: \"redis://user:***@127.0.0.1\"  # --store"])
      #expect(!errors.contains("hush"))
    }

    @Test func whatIsPrintedIsAFile() async throws {
      let (_, first, _) = try await said(["--data", "a b", "--listen", "[::1]:0", "--key-limits-rate", "9"])
      let (code, second, errors) = try await said(["--config", try file(first.joined(separator: "\n"))])
      #expect(code == 0, "\(errors)")
      func values(_ lines: [String]) -> [String] { lines.map { $0.components(separatedBy: "  #")[0] } }
      #expect(values(first) == values(second))
      #expect(second.count == 3)
    }

    /// A row of docs/configuration.md.
    private struct Row: Hashable {
      let key: String
      let variable: String
      let flag: String
      let standard: String
    }

    private static func rows() throws -> [Row] {
      let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
      let text = try String(contentsOfFile: root + "/docs/configuration.md", encoding: .utf8)
      return text.components(separatedBy: "\n").filter { $0.hasPrefix("| `") }.map { line in
        let cells = line.components(separatedBy: "|").map { $0.trimmingCharacters(in: [" ", "`"]) }
        return Row(key: cells[1], variable: cells[2], flag: cells[3], standard: cells[4])
      }
    }

    @Test func theTableIsTheProgram() async throws {
      let rows = try Self.rows()
      // Every setting is written, with its default, and nothing else is.
      let process = try ServeProcess(["serve", "--print-config", "--data", "d"], in: place)
      #expect(await process.end() == 0)
      let printed = try process.text(of: process.out).split(separator: "\n").map { line in
        line.drop { $0 == "#" || $0 == " " }.split(separator: ":", maxSplits: 1).map {
          $0.trimmingCharacters(in: [" ", "\""])
        }
      }
      #expect(printed.map { $0[0] } == rows.map(\.key))
      for (row, words) in zip(rows, printed) where row.key != "data" {
        #expect(words.dropFirst().first ?? "" == row.standard, "\(row.key)")
      }
      // Every flag of the command can be set, but for those that are about the settings themselves.
      let help = try await Holdfast.run("serve", "--help-hidden", in: place)
      let flags = Set(help.out.matches(of: /(?m)^  (--[a-z-]+)/).map { String($0.output.1) })
      #expect(flags.subtracting(["--config", "--print-config", "--version"]) == Set(rows.map(\.flag)))
      for row in rows {
        let words = row.flag.dropFirst(2).split(separator: "-")
        #expect(row.variable == "HOLDFAST_" + words.joined(separator: "_").uppercased())
        #expect(row.key.lowercased().replacing(".", with: "") == words.joined())
      }
    }

    @Test func theExampleOfThePageIsGood() async throws {
      let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
      let text = try String(contentsOfFile: root + "/docs/configuration.md", encoding: .utf8)
      let example = try #require(text.firstMatch(of: /```yaml\n([^`]*)```/)).output.1
      let (code, lines, errors) = try await said(["--config", try file(String(example))])
      #expect(code == 0, "\(errors)")
      #expect(lines.count == 7)
    }
  }
}
