import Foundation
import HTTPTypes
import InventoryEngine
import StockJournal
import StockLedger
import Testing

@testable import InventoryService

extension ServiceTests {
  /// Publications over HTTP, from a count to the number that a channel holds.
  @Suite struct PublicationTests {
    private static let all = "read hold ingest:erp publish"
    private static let day = "2026-01-02T00:00:00Z"

    private static func open(
      _ rig: PublishingRig, keys: [(shop: String, scopes: String)] = [("shop", all)],
      journal: any JournalStore = MemoryJournal(), settings: ServiceSettings = ServiceSettings(),
      _ body: @escaping @Sendable (OpenService) async throws -> Void
    ) async throws {
      try await OpenService.open(keys: keys, settings: settings, journal: journal, publishing: rig, body)
    }

    /// An answer's text without its times.
    private static func timeless(_ answer: HTTPCaller.Answer) -> String {
      answer.text.replacing(/"20\d\d-[^"]*Z"/, with: "time")
    }

    private static func body(_ sku: String) -> String { #"{"sku":"\#(sku)","location":"main"}"# }

    // MARK: Numbers

    @Test func aNumberThatIsCountedReachesTheChannel() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        let stands = try await client.publication("a", "published")
        #expect(
          Self.timeless(stands)
            == #"{"sku":"a","location":"main","state":"published","target":5,"expected":5,"#
            + #""accepted":{"units":5,"at":time},"confirmed":{"units":5,"at":time},"#
            + #""unattributed":[],"doubted":0,"staleInARow":0,"forced":false}"#)
        #expect(try await rig.channel.held("a") == 5)
        #expect(try await client.hold("a", 2, as: "r-1").status == 201)
        try await client.publication("a", "published", target: 3)
        #expect(try await rig.channel.held("a") == 3)
        let shop = try await client.get("/v1/publications") { !$0.text.contains("waitingSince") }
        #expect(
          shop.text.hasPrefix(#"{"channel":"shopify","paused":false,"down":false,"dryRun":false,"keys":{"active":0,"#),
          "\(shop.text)")
        #expect((shop.json["calls"] as? [String: Int])?["accepted"] == 2)
        #expect((shop.json["rows"] as? [String: Int]) == ["written": 2, "read": 1])
      }
    }

    /// Units that left the channel, and nobody says why.
    @Test func unitsWithoutANameAreShown() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        try await rig.channel.change("a", to: 3)
        try await client.count("a", 9, asOf: Self.day)
        let stands = try await client.publication("a", "published", target: 7)
        let claims = stands.json["unattributed"] as? [[String: Any]]
        #expect(claims?.count == 1)
        #expect(claims?.first?["units"] as? Int == 2)
        #expect(claims?.first?["handedOver"] as? Bool == false)
        #expect(try await rig.channel.held("a") == 7)
        let shop = try await client.get("/v1/publications")
        #expect(shop.number("claims") == 1)
        #expect((shop.json["calls"] as? [String: Int])?["stale"] == 1)
      }
    }

    // MARK: Pausing

    @Test func aPauseHoldsBackAndOutlivesTheService() async throws {
      let rig = PublishingRig()
      let journal = MemoryJournal()
      let waits = #"{"waiting":1,"rows":[{"sku":"a","location":"main","from":5,"to":7}]}"#
      try await Self.open(rig, journal: journal) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        for _ in 1...2 {
          let paused = try await client.post("/v1/publications/pause")
          #expect(paused.status == 200)
          #expect(paused.json["paused"] as? Bool == true)
        }
        try await client.count("a", 7, asOf: Self.day)
        let preview = try await client.get("/v1/publications/preview?limit=10") { $0.number("waiting") == 1 }
        #expect(preview.text == waits)
        #expect(try await client.get("/v1/publications").json["waitingSince"] != nil)
      }
      try await Self.open(rig, journal: await journal.reopened()) { service in
        let client = service.caller()
        #expect(try await client.get("/v1/publications").json["paused"] as? Bool == true)
        let preview = try await client.get("/v1/publications/preview") { $0.number("waiting") == 1 }
        #expect(preview.text == waits)
        #expect(try await rig.channel.held("a") == 5)
        let resumed = try await client.post("/v1/publications/resume", "{}")
        #expect(resumed.json["paused"] as? Bool == false)
        try await client.publication("a", "published", target: 7)
        #expect(try await rig.channel.held("a") == 7)
      }
      #expect(await rig.store.lines.isEmpty)
    }

    @Test func aPauseIsOfOneShop() async throws {
      let rig = PublishingRig(["shop", "other"])
      try await Self.open(rig, keys: [("shop", Self.all), ("other", Self.all)]) { service in
        let (ours, theirs) = (service.caller(0), service.caller(1))
        _ = try await ours.post("/v1/publications/pause")
        #expect(try await theirs.get("/v1/publications").json["paused"] as? Bool == false)
        for client in [ours, theirs] { try await client.count("a", 5) }
        try await theirs.publication("a", "published")
        #expect(try await rig.channels["other"]?.held("a") == 5)
        #expect(try await rig.channels["shop"]?.held("a") == 0)
        #expect(try await ours.get("/v1/publications/keys/a/main").json["state"] as? String == "toRead")
      }
    }

    @Test func aPauseThatCannotBeKeptIsNone() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        await rig.store.breakDown()
        let refused = try await client.post("/v1/publications/pause")
        #expect(refused.status == 503)
        #expect(refused.code == "storeUnavailable")
        #expect(try await client.get("/v1/publications").json["paused"] as? Bool == false)
      }
    }

    // MARK: Dead letters

    @Test func aDeadLetterIsListedRetriedAndDropped() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        try await rig.channel.refuse("a", .notStocked)
        try await client.count("a", 5)
        try await client.count("b", 6)
        try await client.publication("a", "stopped")
        try await client.publication("b", "published")
        let letter =
          #"{"sku":"a","location":"main","trouble":"notStocked","deadLetter":true,"target":5,"expected":0,"#
          + #""accepted":{"units":5,"at":time},"confirmed":{"units":0,"at":time}}"#
        #expect(Self.timeless(try await client.get("/v1/publications/stopped")) == #"{"stopped":[\#(letter)]}"#)
        // What is refused again stops again.
        let again = try await client.post("/v1/publications/retry", Self.body("a"))
        #expect(again.status == 200)
        #expect(again.json["sku"] as? String == "a")
        try await client.publication("a", "stopped")
        // Given up, it goes on with the next number.
        let dropped = try await client.post("/v1/publications/drop", Self.body("a"))
        #expect(dropped.json["state"] as? String == "dropped", "\(dropped.text)")
        #expect(try await client.get("/v1/publications/stopped").text == #"{"stopped":[]}"#)
        try await client.count("a", 7, asOf: Self.day)
        try await client.publication("a", "stopped", target: 7)
        try await rig.channel.refuse("a", nil)
        _ = try await client.post("/v1/publications/retry", Self.body("a"))
        try await client.publication("a", "published", target: 7)
        #expect(try await rig.channel.held("a") == 7)
      }
    }

    @Test func whatHasNotStoppedIsNeitherRetriedNorDropped() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        for word in ["retry", "drop"] {
          let refused = try await client.post("/v1/publications/\(word)", Self.body("a"))
          #expect(refused.status == 409)
          #expect(refused.code == "notStopped")
          #expect(refused.json["state"] as? String == "published")
        }
      }
    }

    /// What is lost on the way may be someone's sale: who orders it answers for that.
    @Test func aForcedNumberIsWrittenOver() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        try await rig.channel.change("a", to: 2)
        let forced = try await client.post("/v1/publications/force", Self.body("a"))
        #expect(forced.status == 200)
        try await client.get("/v1/publications/keys/a/main") { $0.json["forced"] as? Bool == false }
        try await client.publication("a", "published")
        #expect(try await rig.channel.held("a") == 5)
        let last = try #require(await rig.channel.writes.last)
        #expect(last.changeFrom == nil)
      }
    }

    @Test func theStoppedAreListedPageByPage() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        let skus = ["a", "b", "c", "d", "e"]
        for sku in skus {
          try await rig.channel.refuse(sku, .invalidItem)
          try await client.count(sku, 5)
        }
        try await client.get("/v1/publications") { ($0.json["keys"] as? [String: Int])?["stopped"] == 5 }
        var found: [String] = []
        var next: String? = ""
        while let cursor = next {
          let query = cursor.isEmpty ? "" : "&cursor=\(cursor)"
          let page = try await client.get("/v1/publications/stopped?limit=2\(query)")
          let rows = page.json["stopped"] as? [[String: Any]] ?? []
          #expect(rows.count <= 2)
          found += rows.compactMap { $0["sku"] as? String }
          next = page.json["next"] as? String
        }
        #expect(found == skus)
        #expect(try await client.get("/v1/publications/stopped?cursor=!").code == "malformedQuery")
      }
    }

    // MARK: A channel that does not answer

    @Test func aChannelThatIsDownIsShownAndMeasured() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        await rig.channel.become(.down)
        try await client.count("a", 6, asOf: Self.day)
        try await client.publication("a", "outcomeUnknown")
        try await client.get("/v1/publications") { $0.json["down"] as? Bool == true }
        let samples = try PrometheusText(try await client.get("/metrics").text).samples
        #expect(samples[#"holdfast_publisher_shops{state="down"}"#] == 1)
        #expect(samples[#"holdfast_publisher_shops{state="published"}"#] == 1)
        #expect(samples[#"holdfast_publisher_answers_total{outcome="unknown"}"#] ?? 0 >= 3)
        await rig.channel.become(.well)
        try await client.publication("a", "published", target: 6)
        let shop = try await client.get("/v1/publications")
        #expect(shop.json["down"] as? Bool == false)
      }
    }

    @Test func callsThatHangOrAreTurnedAwayAreShown() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        await rig.channel.become(.hanging)
        try await client.count("a", 6, asOf: Self.day)
        try await client.publication("a", "writing")
        let shop = try await client.get("/v1/publications") { ($0.json["calls"] as? [String: Int])?["out"] == 1 }
        #expect((shop.json["calls"] as? [String: Int])?["out"] == 1)
        // Pausing waits for nobody.
        #expect(try await client.post("/v1/publications/pause").status == 200)
        _ = try await client.post("/v1/publications/resume")
        await rig.channel.become(.throttling)
        try await client.get("/v1/publications") { ($0.json["calls"] as? [String: Int])?["throttled"] ?? 0 > 0 }
        await rig.channel.become(.well)
        try await client.publication("a", "published", target: 6)
        #expect(try await rig.channel.held("a") == 6)
      }
    }

    @Test func whatIsMeasuredIsOfAllShopsTogether() async throws {
      let rig = PublishingRig(["shop", "other"])
      try await Self.open(rig, keys: [("shop", Self.all), ("other", Self.all)]) { service in
        let fresh = try PrometheusText(try await service.caller().get("/metrics").text).samples
        // A rise is seen only in what was there before.
        #expect(fresh[#"holdfast_publisher_answers_total{outcome="refused"}"#] == 0)
        try await rig.channels["shop"]?.refuse("a", .invalidItem)
        for key in 0...1 { try await service.caller(key).count("a", 5) }
        try await service.caller(0).publication("a", "stopped")
        try await service.caller(1).publication("a", "published")
        let text = try await service.caller().get("/metrics").text
        let samples = try PrometheusText(text).samples
        #expect(samples[#"holdfast_publisher_keys{state="stopped"}"#] == 1)
        #expect(samples[#"holdfast_publisher_calls_total{kind="write"}"#] == 2)
        #expect(samples[#"holdfast_publisher_rows_total{kind="read"}"#] == 2)
        #expect(samples[#"holdfast_publisher_answers_total{outcome="accepted"}"#] == 1)
        #expect(samples[#"holdfast_publisher_answers_total{outcome="refused"}"#] == 1)
        #expect(samples["holdfast_publisher_oldest_wait_seconds"] == 0)
        #expect(!text.contains(#""other""#))
      }
    }

    // MARK: Who may ask, and what

    private static let publications = Route.all.filter { $0.path.hasPrefix("/v1/publications") }

    private static func ask(
      _ route: Route, _ client: HTTPCaller, _ body: String = body("a")
    ) async throws -> HTTPCaller.Answer {
      let path = route.path.replacing("{sku}", with: "a").replacing("{location}", with: "main")
      let takesNothing = route.path.hasSuffix("/pause") || route.path.hasSuffix("/resume")
      return try await client.call(
        route.method.rawValue, path, [:], route.method == .get ? nil : Array((takesNothing ? "" : body).utf8))
    }

    @Test func aScopeIsNeeded() async throws {
      let rig = PublishingRig(isRunning: false)
      try await Self.open(rig, keys: [("shop", "read"), ("shop", "publish"), ("shop", "hold ingest:erp")]) { service in
        let counted = try await service.caller(2).count("a", 5)
        #expect(counted.status == 200)
        #expect(Self.publications.count == 9)
        for route in Self.publications {
          let reads = route.method == .get
          let (reader, publisher, other) = (service.caller(0), service.caller(1), service.caller(2))
          #expect((try await Self.ask(route, reader).status == 403) == !reads, "\(route.path)")
          #expect((try await Self.ask(route, publisher).status == 403) == reads, "\(route.path)")
          #expect(try await Self.ask(route, other).code == "missingScope", "\(route.path)")
        }
      }
    }

    @Test func whoIsPublishedNowhereHearsIt() async throws {
      let rig = PublishingRig(["other"])
      try await Self.open(rig) { service in
        try await service.caller().count("a", 5)
        for route in Self.publications {
          let answer = try await Self.ask(route, service.caller(), "not even JSON")
          #expect(answer.status == 404, "\(route.path)")
          #expect(answer.code == "notPublished", "\(route.path)")
        }
      }
    }

    @Test func aKeyThatNobodyKnowsIsNotMade() async throws {
      let rig = PublishingRig()
      try await Self.open(rig) { service in
        let client = service.caller()
        #expect(try await client.get("/v1/publications/keys/a/main").code == "unknownKey")
        for word in ["retry", "drop", "force"] {
          let answer = try await client.post("/v1/publications/\(word)", Self.body("a"))
          #expect(answer.status == 404)
          #expect(answer.code == "unknownKey")
        }
        #expect(try await client.get("/v1/stock").text == #"{"stock":[],"ageMs":0}"#)
      }
    }

    @Test(arguments: [
      ("", 400, "malformedBody"), ("[]", 400, "malformedBody"), (#"{"sku":"a""#, 400, "malformedBody"),
      ("{}", 422, "invalidField"), (#"{"sku":"a"}"#, 422, "invalidField"),
      (#"{"sku":"a","location":"main","shop":"other"}"#, 422, "invalidField"),
      (#"{"sku":"","location":"main"}"#, 422, "invalidField"), (#"{"sku":1,"location":"main"}"#, 422, "invalidField"),
    ])
    func aBodyThatSaysNoKeyIsRefused(_ body: String, _ status: Int, _ code: String) async throws {
      let rig = PublishingRig(isRunning: false)
      try await Self.open(rig) { service in
        for word in ["retry", "drop", "force"] {
          let answer = try await service.caller().post("/v1/publications/\(word)", body)
          #expect(answer.status == status, "\(answer.text)")
          #expect(answer.code == code, "\(answer.text)")
        }
      }
    }

    @Test func whatAPauseDoesNotTakeIsRefused() async throws {
      let rig = PublishingRig(isRunning: false)
      try await Self.open(rig) { service in
        for word in ["pause", "resume"] {
          let answer = try await service.caller().post("/v1/publications/\(word)", #"{"shop":"other"}"#)
          #expect(answer.status == 422, "\(answer.text)")
          #expect(try await service.caller().post("/v1/publications/\(word)", "no").status == 400)
        }
        #expect(try await service.caller().get("/v1/publications").json["paused"] as? Bool == false)
      }
    }
  }
}
