import ChannelIntake
import Foundation
import InventoryService
import Reconciliation
import Testing

extension ServiceTests {
  /// A source's complete list: sent by a person, or asked for; compared, or what a shop is rebuilt from.
  @Suite(.timeLimit(.minutes(5))) struct SnapshotRouteTests {
    private static let csv = ["Content-Type": "text/csv"]
    private static let skus = (0..<10).map { "s\($0)" }
    private static let asOf = "asOf=2026-01-05T12:00:00Z"

    /// A list of the same number of each SKU, but for some.
    private static func list(_ others: [String: Int] = [:], of skus: [String] = skus, else units: Int = 7) -> String {
      "sku,location,units\n" + skus.map { "\($0),main,\(others[$0] ?? units)\n" }.joined()
    }

    private static func open(_ body: @escaping @Sendable (HTTPCaller, OpenService) async throws -> Void) async throws {
      try await OpenService.open(keys: [("shop", "admin"), ("shop", "read")], publishing: PublishingRig()) { service in
        let client = service.caller()
        for sku in skus { try await client.count(sku, 7) }
        for sku in skus { try await client.publication(sku, "published") }
        try await body(client, service)
      }
    }

    private static func report(_ asked: HTTPCaller.Answer, _ client: HTTPCaller) async throws -> HTTPCaller.Answer {
      #expect(asked.status == 202, "\(asked.text)")
      let path = try #require(asked.fields["location"])
      return try await client.get(path) { $0.status == 200 }
    }

    private static func send(
      _ list: String, _ query: String, _ client: HTTPCaller, _ fields: [String: String] = csv
    ) async throws -> HTTPCaller.Answer {
      try await report(try await client.post("/v1/snapshots/erp?" + query, list, fields), client)
    }

    private static func rows(_ report: HTTPCaller.Answer) -> [[String: Any]] {
      report.json["rows"] as? [[String: Any]] ?? []
    }

    private static func onHand(_ sku: String, _ client: HTTPCaller) async throws -> Int? {
      try await client.get("/v1/stock/\(sku)/main").number("onHand")
    }

    @Test func anExportIsHeldAgainstWhatIsKnown() async throws {
      try await Self.open { client, _ in
        let dry = try await Self.send(Self.list(["s2": 5, "s4": 90]), Self.asOf + "&dryRun=true", client)
        #expect(Self.rows(dry).map { $0["state"] as? String } == ["planned", "held"])
        #expect(try await Self.onHand("s2", client) == 7)
        let report = try await Self.send(Self.list(["s2": 5, "s4": 90]), Self.asOf, client)
        #expect(Self.rows(report).map { $0["sku"] as? String } == ["s2", "s4"])
        #expect(Self.rows(report).map { $0["state"] as? String } == ["mended", "held"])
        #expect((report.json["lists"] as? [[String: Any]])?.first?["rows"] as? Int == 10)
        #expect(try await Self.onHand("s2", client) == 5)
        #expect(try await Self.onHand("s4", client) == 7, "a rise is asked about")
        #expect(Self.rows(report).allSatisfy { $0["source"] as? String == "erp" }, "the channel was not asked")
      }
    }

    @Test func jsonLinesAreTheSame() async throws {
      try await Self.open { client, _ in
        let rows = Self.skus.map { #"{"kind":"count","sku":"\#($0)","location":"main","units":6}"# }
        let type = ["Content-Type": "application/jsonl"]
        let report = try await Self.send(rows.joined(separator: "\n"), Self.asOf, client, type)
        #expect((report.json["states"] as? [String: Int]) == ["mended": 10])
      }
    }

    @Test func aRefreshIsShownThenApprovedOrDoneAtOnce() async throws {
      try await Self.open { client, _ in
        let less = Self.list(["s2": 90], of: Array(Self.skus.dropLast()))
        let shown = try await Self.send(less, Self.asOf + "&refresh=true", client)
        #expect(Self.rows(shown).map { $0["state"] as? String } == ["held", "held"])
        #expect(shown.json["refresh"] as? [String: Bool] == ["applied": false, "shrinkAllowed": false])
        #expect(try await Self.onHand("s9", client) == 7)
        let id = shown.json["report"] as? String ?? ""
        let done = try await client.post("/v1/reconciliations/\(id)/approve")
        #expect((done.json["states"] as? [String: Int]) == ["mended": 2])
        #expect(try await Self.onHand("s9", client) == 0)
        #expect(try await Self.onHand("s2", client) == 90)

        let later = "asOf=2026-01-06T12:00:00Z&refresh=true&apply=true"
        let few = Self.list(of: ["s0"], else: 3)
        let refused = try await Self.send(few, later, client)
        #expect(Self.rows(refused).isEmpty)
        #expect((refused.json["failures"] as? [String])?.first?.contains("1 rows where 10 are known") == true)
        let meant = try await Self.send(few, later + "&allowShrink=true", client)
        #expect(meant.json["refresh"] as? [String: Bool] == ["applied": true, "shrinkAllowed": true])
        #expect(try await Self.onHand("s0", client) == 3)
        #expect(try await Self.onHand("s5", client) == 0)
      }
    }

    @Test func whatIsNotTaken() async throws {
      try await Self.open { client, service in
        let path = "/v1/snapshots/erp"
        func status(_ query: String, _ fields: [String: String] = Self.csv) async throws -> Int {
          try await client.post(path + query, Self.list(), fields).status
        }
        #expect(try await status("", [:]) == 415)
        #expect(try await status("?refresh=true") == 400, "a refresh needs a time")
        #expect(try await status("?apply=true") == 400)
        #expect(try await status("?allowShrink=true") == 400)
        #expect(try await status("?complete=onHand") == 400)
        #expect(try await status("?asOf=yesterday") == 400)
        #expect(try await service.caller(1).post(path, Self.list(), Self.csv).status == 403)
        let report = try await Self.send("what,is,this\n1,2,3\n", Self.asOf, client)
        #expect((report.json["failures"] as? [String])?.first?.contains("line 1") == true, "\(report.text)")
        let foreign = try await Self.send("shop,sku,location,units\nother,s0,main,0\n", Self.asOf, client)
        #expect((foreign.json["failures"] as? [String])?.first?.contains("0 rows where 10 are known") == true)
        #expect(try await Self.onHand("s0", client) == 7)
      }
    }

    @Test func aBodyMayOnlyBeSoLarge() async throws {
      var settings = ServiceSettings()
      settings.ingestBodyMax = 100
      try await OpenService.open(keys: [("shop", "admin")], settings: settings, publishing: PublishingRig()) {
        service in
        let answer = try await service.caller().post("/v1/snapshots/erp", Self.list(), Self.csv)
        #expect(answer.status == 413)
      }
    }

    @Test func aShopThatIsWrittenNowhereHearsSo() async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        let answer = try await service.caller().post("/v1/snapshots/erp", Self.list(), Self.csv)
        #expect(answer.code == "notReconciled")
      }
    }

    /// The list that the service asks for itself, by the name of its source.
    @Test func aSourceThatCanBeAskedNeedsNoFile() async throws {
      let system = try ForeignSystem { _ in
        let rows = Self.skus.map { #"{"sku":"\#($0)","units":4}"# }.joined(separator: ",")
        return .init(fields: ["Date": "Mon, 05 Jan 2026 12:00:00 GMT"], body: "[\(rows)]")
      }
      defer { system.end() }
      let address = try #require(PullAddress("http://127.0.0.1:\(system.port)/all"))
      let fields = [("sku", "sku"), ("location", "=main"), ("units", "units")]
      var pull = PullSettings(
        address: address, mapping: try RowMapping(rows: "", fields: fields.map { (field: $0.0, rule: $0.1) }))
      pull.list = PullSettings.List(address: address)
      let origin = DeliveryOrigin(shop: "shop", source: "erp")
      let rig = PublishingRig(lists: [try #require(PulledList(SourceSettings(origin: origin, door: .pull(pull))))])
      try await OpenService.open(keys: [("shop", "admin")], publishing: rig) { service in
        let client = service.caller()
        for sku in Self.skus { try await client.count(sku, 7) }
        func look(_ body: String) async throws -> HTTPCaller.Answer {
          try await Self.report(try await client.post("/v1/reconciliations", body), client)
        }
        let shown = try await look(#"{"source":"erp","refresh":true}"#)
        #expect((shown.json["states"] as? [String: Int]) == ["held": 10])
        let done = try await look(#"{"source":"erp","refresh":true,"apply":true}"#)
        #expect((done.json["states"] as? [String: Int]) == ["mended": 10])
        #expect(try await Self.onHand("s0", client) == 4)
        #expect(Self.rows(try await look(#"{"source":"erp"}"#)).isEmpty)
        let unknown = try await client.post("/v1/reconciliations", #"{"source":"wms"}"#)
        #expect(unknown.status == 404)
        #expect(unknown.code == "noList")
        for body in [#"{"refresh":true}"#, #"{"apply":true}"#, #"{"source":"erp","allowShrink":true}"#] {
          #expect(try await client.post("/v1/reconciliations", body).status == 422, "\(body)")
        }
      }
    }

    /// A file of shops for an emulated one, whose only location is named main.
    private static func shops(_ address: String, in place: ScratchPlace) async throws -> String {
      let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
      let told = try await HTTPCaller(port: port).post(
        "/admin/api/2026-04/graphql.json", #"{"query":"{ locations(first: 1) { nodes { id } } }"}"#,
        ["Content-Type": "application/json", "X-Shopify-Access-Token": "shpat_of_the_shop"])
      let location = try #require(told.text.firstMatch(of: /Location\/([0-9]+)/)).output.1
      let (path, secret) = (place.path + "/shops.json", place.path + "/secret")
      try Data("shpat_of_the_shop\n".utf8).write(to: URL(fileURLWithPath: secret))
      try Data(
        """
        [{"shop":"main","domain":"holdfast-test.myshopify.com","accessTokenFile":"\(secret)","secretFile":"\(secret)",
          "adminAddress":"\(address)","defaultLocation":"main","locations":{"\(location)":"main"}}]
        """.utf8
      ).write(to: URL(fileURLWithPath: path))
      return path
    }

    /// From a line of the configuration to a list that is asked for.
    @Test func theServedProgramAsksItsSources() async throws {
      let place = try ScratchPlace()
      let system = try ForeignSystem { asked in
        .init(
          fields: ["Date": "Mon, 05 Jan 2026 12:00:00 GMT"],
          body: asked.path == "/all" ? #"[{"sku":"SKU-1","units":4}]"# : "[]")
      }
      defer { system.end() }
      let emulator = try ServeProcess(
        ["shopify", "emulate", "--port", "0", "--token", "shpat_of_the_shop", "--variants", "3"], in: place)
      var address = ""
      while !address.hasSuffix("\n") {
        try await Task.sleep(for: .milliseconds(20))
        address = try emulator.text(of: emulator.out)
        guard emulator.isRunning else { throw ServeProcess.Failed(words: try emulator.text(of: emulator.errors)) }
      }
      let shops = try await Self.shops(address.trimmingCharacters(in: .newlines), in: place)
      let base = "http://127.0.0.1:\(system.port)"
      let settings = [
        "kind=pull", "url=\(base)/changes", "snapshot.url=\(base)/all", "expectedEvery=1s", "fields.sku=sku",
        "fields.location==main", "fields.units=units",
      ]
      let process = try ServeProcess(
        ["serve", "--data", place.data, "--listen", "127.0.0.1:0", "--shopify-shops", shops]
          + settings.flatMap { ["--sources", "erp.\($0)"] }, in: place)
      let client = HTTPCaller(port: try await process.port())
      try await client.count("SKU-1", 9)
      try await client.publication("SKU-1", "published")
      let refresh = #"{"source":"erp","refresh":true,"apply":true}"#
      _ = try await Self.report(try await client.post("/v1/reconciliations", refresh), client)
      #expect(try await Self.onHand("SKU-1", client) == 4)
      // What came by another door counts as said, for a second.
      try await client.get("/v1/sources/erp") { $0.json["state"] as? String == "silent" }
      let all = try await Self.report(try await client.post("/v1/reconciliations"), client)
      #expect((all.json["lists"] as? [[String: Any]])?.map { $0["source"] as? String } == ["erp"])
      #expect(Self.rows(all).contains { $0["class"] as? String == "sourceSilent" }, "it has told nothing by itself")
      for one in [process, emulator] {
        one.signal(SIGTERM)
        _ = await one.end()
      }
    }

    @Test func theProgramSendsAFile() async throws {
      let place = try ScratchPlace()
      try await Self.open { client, service in
        let tokens = place.path + "/token"
        try Data(service.tokens[0].utf8).write(to: URL(fileURLWithPath: tokens))
        let file = place.path + "/erp.csv"
        try Data(Self.list(["s3": 4]).utf8).write(to: URL(fileURLWithPath: file))
        func run(_ command: String, _ arguments: String...) async throws -> Holdfast.Run {
          let asked = [command, "--url", "http://127.0.0.1:\(service.port)", "--token-file", tokens]
          let process = try ServeProcess(asked + arguments, in: place)
          let code = await process.end()
          return Holdfast.Run(
            code: code, out: try process.text(of: process.out), errors: try process.text(of: process.errors))
        }
        let time = "2026-01-05T12:00:00Z"
        let dry = try await run("reconcile", "--snapshot", file, "--source", "erp", "--as-of", time)
        #expect(dry.code == 0, "\(dry.errors)")
        #expect(dry.out.contains("list of erp, as of 2026-01-05T12:00:00.000Z: 10 rows"), "\(dry.out)")
        #expect(dry.out.contains("1 drifted, 1 open (dry run: nothing was mended)"))
        let shown = try await run("refresh", "--source", "erp", "--snapshot", file, "--as-of", time)
        #expect(shown.code == 0, "\(shown.errors)")
        #expect(shown.out.contains("a refresh\n"))
        #expect(shown.errors.contains("nothing has changed yet; to do it: holdfast reconcile --approve r"))
        #expect(try await Self.onHand("s3", client) == 7)
        let done = try await run(
          "refresh", "--source", "erp", "--snapshot", file, "--as-of", time, "--location", "main", "--apply")
        #expect(done.out.contains("mended"), "\(done.out)\(done.errors)")
        #expect(try await Self.onHand("s3", client) == 4)
        #expect(try await run("refresh", "--source", "erp").errors.contains("noList"))
        #expect(try await run("refresh", "--source", "erp", "--snapshot", file).code == 64)
        #expect(try await run("reconcile", "--snapshot", file).code == 64)
        #expect(try await run("reconcile", "--as-of", time).code == 64)
        #expect(try await run("reconcile", "--source", "erp", "--snapshot", place.path + "/x.xls").code == 64)
      }
    }
  }
}
