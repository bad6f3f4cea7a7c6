import Foundation
import Testing

extension ServiceTests {
  /// Sources as a configuration describes them.
  @Suite struct SourceConfigurationTests {
    private let place: ScratchPlace

    init() throws { place = try ScratchPlace() }

    private static let pull = """
      data: journal
      shop: uk
      sources:
        erp:
          kind: pull
          url: https://erp.example/stock
          interval: 5m
          expectedEvery: 24h
          headers:
            Authorization: Bearer ${ERP_TOKEN}
            X-Api-Key: hush
          rows: items
          fields: {sku: code, location: "=leeds", units: qty, asOf: changedAt, includes: {pos: tills.closedAt}}
          cursor: {path: next, parameter: after}

      """

    private func run(
      _ command: [String], _ content: String, _ environment: [String: String] = [:]
    ) async throws -> (code: Int32, lines: [String], errors: String) {
      let path = place.path + "/holdfast.yaml"
      try Data(content.utf8).write(to: URL(fileURLWithPath: path))
      let process = try ServeProcess(command + ["--config", path], environment: environment, in: place)
      let code = await process.end()
      let lines = try process.text(of: process.out).split(separator: "\n").map(String.init)
      return (code, lines, try process.text(of: process.errors))
    }

    private func said(
      _ content: String, _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> [String] {
      let (code, lines, errors) = try await run(["serve", "--print-config"] + arguments, content, environment)
      #expect(code == 0, "\(errors)")
      return lines.filter { $0.hasPrefix("sources.") }.map { $0.replacing(place.path + "/holdfast.yaml", with: "FILE") }
    }

    @Test func aSourceIsAMapOfSettings() async throws {
      #expect(
        try await said(Self.pull) == [
          "sources.erp.cursor.parameter: after  # FILE", "sources.erp.cursor.path: next  # FILE",
          "sources.erp.expectedEvery: 24h  # FILE", "sources.erp.fields.asOf: changedAt  # FILE",
          "sources.erp.fields.includes.pos: \"tills.closedAt\"  # FILE",
          "sources.erp.fields.location: \"=leeds\"  # FILE", "sources.erp.fields.sku: code  # FILE",
          "sources.erp.fields.units: qty  # FILE",
          "sources.erp.headers.Authorization: \"Bearer ${ERP_TOKEN}\"  # FILE",
          "sources.erp.headers.X-Api-Key: \"***\"  # FILE", "sources.erp.interval: 5m  # FILE",
          "sources.erp.kind: pull  # FILE", "sources.erp.rows: items  # FILE",
          "sources.erp.url: \"https://erp.example/stock\"  # FILE",
        ])
    }

    /// One setting of a source can be said where the others are not.
    @Test func aFlagBeforeTheEnvironmentBeforeTheFile() async throws {
      let lines = try await said(
        Self.pull, "--sources", "erp.interval=7s", "--sources", "wms.kind=push",
        environment: ["HOLDFAST_SOURCES": "erp.interval=6s,erp.url=https://staging.example/stock"])
      #expect(lines.contains("sources.erp.interval: 7s  # --sources"))
      #expect(lines.contains("sources.erp.url: \"https://staging.example/stock\"  # HOLDFAST_SOURCES"))
      #expect(lines.contains("sources.erp.rows: items  # FILE"))
      #expect(lines.contains("sources.wms.kind: push  # --sources"))
      // What is printed is a file that says the same.
      let again = try await said("data: journal\nshop: uk\n" + lines.joined(separator: "\n"))
      func values(_ lines: [String]) -> [String] { lines.map { $0.components(separatedBy: "  #")[0] } }
      #expect(values(again) == values(lines))
    }

    @Test(arguments: [
      ("erp: {kind: push}\n  pos: {kind: drop}", "sources.pos.path is missing"),
      ("erp: {kind: poll}", "sources.erp.kind is one of push, drop, pull"),
      ("erp: {url: x}", "sources.erp.kind is one"),
      ("erp: push", "'erp=push' is invalid for '--sources"), ("erp:\n    kind: [push]", "is not one value"),
      ("erp: {kind: push, kind: drop}", "is neither YAML"), ("my erp: {kind: push}", "sources.my erp is no name"),
      ("erp: {kind: push, path: /srv}", "sources.erp.path is for a source of kind drop; this one is of kind push"),
      ("erp: {kind: drop, pth: /srv}", "sources.erp.pth is no setting of a source; did you mean path?"),
      ("erp: {kind: drop, path: /srv, settle: 1.5}", "sources.erp.settle is whole seconds"),
      ("erp: {kind: push, expectedEvery: 400d}", "sources.erp.expectedEvery is whole seconds"),
      ("erp: {kind: pull}", "sources.erp.url is missing"),
      ("erp: {kind: pull, url: \"ftp://x\"}", "sources.erp.url is an http or https URL"),
      ("erp: {kind: pull, url: \"http://u:hush@x/\"}", "sources.erp.url is an http or https URL"),
      ("erp: {kind: pull, url: \"http://x/\"}", "sources.erp.fields is missing"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {skus: a}}", "sources.erp: \"skus\" is no field"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {sku: a..b}}", "sources.erp: \"a..b\" is not a path"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {sku: a}, cursor: {path: n}}", "cursor.parameter is missing"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {sku: a}, cursor: {start: n}}", "goes with a cursor.path"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {sku: a}, pages: {parameter: p}}", "goes with a pages.path"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {sku: a}, snapshot: {asOf: p}}", "goes with a snapshot.url"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {sku: a}, snapshot: {url: x}}", "snapshot.url is an http"),
      (
        "erp: {kind: pull, url: \"http://x/\", fields: {sku: a}, snapshot: {url: \"http://x/a\", complete: onHand}}",
        "snapshot.complete is some of allocated, pending and open"
      ),
      ("erp: {kind: push, snapshot: {url: \"http://x/a\"}}", "snapshot.url is for a source of kind pull"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {sku: a}, headers: {Host: h}}", "headers.Host is no header"),
      ("erp: {kind: pull, url: \"http://x/\", fields: {sku: a}, headers: {A: \"${\"}}", "headers.A \"${\" is not"),
      ("erp: {kind: push}\n  e2: {kind: pull, source: erp, url: \"http://x/\", fields: {sku: a}}", "described twice"),
      ("a: {kind: drop, path: /srv/drop}\n  b: {kind: drop, path: /srv/./drop/}", "the folder of two sources"),
    ])
    func whatIsNoSource(_ sources: String, _ words: String) async throws {
      let (code, _, errors) = try await run(["serve", "--print-config"], "data: d\nsources:\n  " + sources)
      #expect(code == 64)
      #expect(errors.contains(words), "\(errors)")
      #expect(!errors.contains("hush"))
    }

    @Test func theSameSourceTwice() async throws {
      let drop = ["serve", "--print-config", "--drop", "erp=/srv/a"]
      let (code, _, errors) = try await run(drop + ["--drop", "erp=/srv/b"], "data: d")
      #expect(code == 64)
      #expect(errors.contains("the source erp of the shop main is described twice"), "\(errors)")
      let other = try await run(drop, "data: d\nsources: {erp: {kind: push}}")
      #expect(other.code == 64)
      #expect(other.errors.contains("described twice"), "\(other.errors)")
      // The same name in another shop is another source.
      let shops = try await run(drop, "data: d\nsources: {erp: {kind: push, shop: de}}")
      #expect(shops.code == 0, "\(shops.errors)")
    }

    @Test func aSecretThatIsNotThereStopsTheStart() async throws {
      let (code, _, errors) = try await run(
        ["serve", "--data", place.data, "--listen", "127.0.0.1:0"], Self.pull)
      #expect(code == 1)
      #expect(errors.contains("the source erp: there is no secret ERP_TOKEN: set ERP_TOKEN, or ERP_TOKEN_FILE"))
    }

    // MARK: What doctor says

    private func findings(_ content: String, _ environment: [String: String] = [:]) async throws -> [String] {
      let (_, lines, errors) = try await run(
        ["doctor", "--json", "--data", place.data, "--listen", "127.0.0.1:0"], content, environment)
      let list = try? JSONSerialization.jsonObject(with: Data(lines.joined().utf8)) as? [[String: String]]
      return try #require(list, "\(errors)").filter { $0["subject"]?.hasPrefix("source ") == true }
        .map { "\($0["level"] ?? "") \($0["subject"] ?? ""): \($0["what"] ?? "")" }
    }

    @Test func doctorLooksAtWhatIsAsked() async throws {
      let token = place.path + "/token"
      #expect(
        try await findings(Self.pull, ["ERP_TOKEN_FILE": token]) == [
          "failure source erp: the header Authorization: ERP_TOKEN_FILE: \(token) cannot be read: check the path, and "
            + "whether this user may read it",
          "warning source erp: the header X-Api-Key holds a secret itself",
        ])
      try Data("t".utf8).write(to: URL(fileURLWithPath: token))
      let clear = Self.pull.replacing("https:", with: "http:").replacing(
        "X-Api-Key: hush", with: "X-Api-Key: ${ERP_TOKEN}")
      #expect(
        try await findings(clear, ["ERP_TOKEN_FILE": token]) == [
          "warning source erp: http://erp.example/stock is asked without TLS"
        ])
      #expect(
        try await findings(clear.replacing("erp.example", with: "127.0.0.1"), ["ERP_TOKEN": "t"]) == [
          "good source erp: http://127.0.0.1/stock is asked every 300.0 seconds"
        ])
    }

    @Test func doctorLooksAtFolders() async throws {
      let folder = place.path + "/drop"
      let content = "shop: uk\nsources: {3pl: {kind: drop, path: \(folder)}, pos: {kind: push}}"
      let push = "good source pos: calls POST /v1/ingest/pos"
      #expect(try await findings(content) == ["warning source 3pl: there is no folder \(folder)", push])
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      #expect(try await findings(content) == ["good source 3pl: leaves files in \(folder)", push])
      // /dev/shm is another file system than any disk.
      try FileManager.default.createSymbolicLink(atPath: folder + "/done", withDestinationPath: "/dev/shm")
      #expect(
        try await findings(content) == [
          "failure source 3pl: \(folder)/done is on another file system than \(folder)", push,
        ])
    }
  }
}
