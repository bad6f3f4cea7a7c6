import Foundation
import InventoryService
import Testing

extension ServiceTests {
  /// Drift, from a number that somebody changed at the channel to a report of it.
  @Suite("Reconciliations") struct ReconciliationRouteTests {
    private static func look(
      _ client: HTTPCaller, _ body: String = #"{"dryRun":true}"#
    ) async throws -> HTTPCaller.Answer {
      let asked = try await client.post("/v1/reconciliations", body)
      #expect(asked.status == 202)
      let id = try #require(asked.json["report"] as? String)
      #expect(asked.fields["location"] == "/v1/reconciliations/\(id)")
      return try await client.get("/v1/reconciliations/\(id)") { $0.status == 200 }
    }

    @Test func aHandEditIsFoundAndWrittenOver() async throws {
      let rig = PublishingRig()
      try await OpenService.open(keys: [("shop", "admin ingest:erp")], publishing: rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        try await rig.channel.change("a", to: 9)
        let dry = try await Self.look(client)
        let row = try #require((dry.json["rows"] as? [[String: Any]])?.first)
        #expect(row["class"] as? String == "editedByHand")
        #expect(row["ours"] as? Int == 5)
        #expect(row["theirs"] as? Int == 9)
        #expect(row["state"] as? String == "planned")
        #expect(try await rig.channel.held("a") == 9, "a dry run writes nothing")

        let report = try await Self.look(client, "{}")
        #expect((report.json["states"] as? [String: Int]) == ["mended": 1])
        for _ in 0..<1_500 where try await rig.channel.held("a") != 5 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try await rig.channel.held("a") == 5)
      }
    }

    @Test func aReportHasThreeForms() async throws {
      let rig = PublishingRig()
      try await OpenService.open(keys: [("shop", "admin ingest:erp")], publishing: rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        try await rig.channel.change("a", to: 9)
        let path = "/v1/reconciliations/\(try await Self.look(client).json["report"] as? String ?? "")"
        let table = try await client.get(path + "?format=csv")
        #expect(table.fields["content-type"] == "text/csv; charset=utf-8")
        #expect(table.text.split(separator: "\r\n").count == 2)
        let page = try await client.get(path + "?format=html")
        #expect(page.fields["content-type"] == "text/html; charset=utf-8")
        #expect(page.text.contains("<svg"))
        #expect(try await client.get(path + "?format=pdf").status == 400)
      }
    }

    @Test func theProgramAsksShowsAndWrites() async throws {
      let rig = PublishingRig()
      let place = try ScratchPlace()
      try await OpenService.open(keys: [("shop", "admin ingest:erp")], publishing: rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        try await rig.channel.change("a", to: 9)
        let tokens = place.path + "/token"
        try Data(service.tokens[0].utf8).write(to: URL(fileURLWithPath: tokens))
        func reconcile(_ arguments: String...) async throws -> Holdfast.Run {
          let asked = ["reconcile", "--url", "http://127.0.0.1:\(service.port)", "--token-file", tokens]
          let process = try ServeProcess(asked + arguments, in: place)
          let code = await process.end()
          return Holdfast.Run(
            code: code, out: try process.text(of: process.out), errors: try process.text(of: process.errors))
        }
        let page = place.path + "/drift.html"
        let dry = try await reconcile("--out", page)
        #expect(dry.code == 0, "\(dry.errors)")
        #expect(dry.out.contains("1 drifted, 1 open (dry run: nothing was mended)"))
        #expect(dry.out.contains("a/main"))
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains("<svg"))
        #expect(try await rig.channel.held("a") == 9)
        #expect(try await reconcile("--apply", "--location", "main", "--sku", "a").out.contains("mended"))
        #expect(try await reconcile("--list").out.split(separator: "\n").count == 3)
        let unknown = try await reconcile("--undo", "r1")
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("unknownReport"))
        #expect(try await reconcile("--sku", "a").code == 64)
        #expect(try await reconcile("--approve", "r1", "--rows", "one").code == 64)
      }
    }

    @Test func nobodyButAnAdministratorChangesAnything() async throws {
      let rig = PublishingRig(["ours", "theirs"])
      let keys = [(shop: "ours", scopes: "read"), (shop: "theirs", scopes: "admin")]
      try await OpenService.open(keys: keys, publishing: rig) { service in
        let (ours, theirs) = (service.caller(), service.caller(1))
        #expect(try await ours.post("/v1/reconciliations", "{}").status == 403)
        let dry = try await Self.look(theirs).json["report"] as? String ?? ""
        let ofDry = try await theirs.post("/v1/reconciliations/\(dry)/approve", "{}")
        #expect(ofDry.status == 409)
        #expect(ofDry.json["code"] as? String == "dryRunReport")
        let id = try await Self.look(theirs, "{}").json["report"] as? String ?? ""
        #expect(try await theirs.get("/v1/reconciliations/\(id)").status == 200)
        let answer = try await ours.get("/v1/reconciliations/\(id)")
        #expect(answer.status == 404, "another shop's report")
        for word in ["approve", "reject", "undo"] {
          #expect(try await ours.post("/v1/reconciliations/\(id)/\(word)", "{}").status == 403)
          #expect(try await theirs.post("/v1/reconciliations/\(id)/\(word)", "{}").status == 200)
          #expect(
            try await theirs.post("/v1/reconciliations/r1/\(word)", "{}").json["code"] as? String == "unknownReport")
        }
        #expect(try await ours.get("/v1/reconciliations").text == #"{"reports":[]}"#)
      }
    }

    /// Its own books are looked at: here a count that is months old.
    @Test func aShopThatIsWrittenNowhereIsLookedAtToo() async throws {
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place)
      let client = HTTPCaller(port: port)
      try await client.count("a", 5)
      let report = try await Self.look(client, "{}")
      #expect((report.json["classes"] as? [String: Int]) == ["staleCount": 1])
      #expect(report.json["failures"] as? [String] == [])
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }

    @Test func aServiceWithoutAPlaceForReportsSaysSo() async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        let answer = try await service.caller().get("/v1/reconciliations")
        #expect(answer.status == 404)
        #expect(answer.json["code"] as? String == "notReconciled")
      }
    }
  }
}
