import InventoryEngine
import NIOHTTP1
import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// What is not an answer, and what may be done about it.
@Suite("Shopify's client")
struct ClientTests {
  private struct Shop: Decodable, Sendable {
    struct Name: Decodable, Sendable { let name: String }
    let shop: Name
  }

  private static let ask = AdminCall("query Shop { shop { name } }", cost: 1)

  /// What a client makes of an answer; nil where it was one.
  private func failure(
    _ said: Said, _ check: @escaping @Sendable (ShopifyFailure?, OpenShopDoor) async throws -> Void
  ) async throws {
    try await OpenShopDoor.open { open in
      await open.door.answerFirst { _, _ in said }
      var failure: ShopifyFailure?
      do throws(ShopifyFailure) { let _: Shop = try await open.client.call(Self.ask) } catch { failure = error }
      try await check(failure, open)
    }
  }

  @Test func itAsks() async throws {
    try await OpenShopDoor.open { open in
      let shop: Shop = try await open.client.call(Self.ask)
      #expect(shop.shop.name == "Holdfast Test")
      let asked = try #require(await open.door.asked.first)
      #expect(asked.path == "/admin/api/2026-04/graphql.json")
      #expect(asked.fields["x-shopify-access-token"] == ShopDoor.token)
    }
  }

  @Test(arguments: [
    (401, "the access token"), (403, "read_inventory, write_inventory, read_products, read_locations, read_orders"),
    (404, "apiVersion"), (402, "frozen"), (423, "locked"), (301, "redirects"), (307, "redirects"),
  ])
  func aShutDoorSaysWhatToDo(_ status: Int, _ words: String) async throws {
    try await failure(.error(status, ["Location": "https://example.com/elsewhere"])) { failure, open in
      guard case .denied(let line) = failure else { return #expect(Bool(false), "\(failure as Any)") }
      #expect(line.contains(words), "\(line)")
      #expect(await open.door.asked.count == 1, "no redirect is followed, nothing is tried again")
      #expect(await open.client.standing.trouble == line)
    }
  }

  @Test func aWrongTokenIsSaidAndNotShown() async throws {
    try await OpenShopDoor.open(token: "shpat_secret_of_somebody") { open in
      do throws(ShopifyFailure) {
        let _: Shop = try await open.client.call(Self.ask)
        Issue.record("a wrong token opens nothing")
      } catch {
        let told = "\(error) \(open.client) \(open.client.access) \(open.client.access.token) \(open.log.text)"
        #expect(told.contains("401"))
        #expect(!told.contains("shpat_secret"), "\(told)")
        var dumped = ""
        dump(open.client, to: &dumped)
        #expect(!dumped.contains("shpat_secret"))
      }
    }
  }

  @Test func aTokenThatEndedIsReadAnew() async throws {
    try await OpenShopDoor.open { open in
      let access = try ShopifyAccess(
        domain: OpenShopDoor.domain, token: #require(ShopifyToken("ended")), address: open.client.access.address,
        renewed: { ShopifyToken(ShopDoor.token) })
      let client = ShopifyClient(access, open.client.connections, clock: SystemClock(), logger: open.log.logger)
      for _ in 0..<2 { let _: Shop = try await client.call(Self.ask) }
      let tokens = await open.door.asked.compactMap { $0.fields["x-shopify-access-token"] }
      #expect(tokens == ["ended", ShopDoor.token, ShopDoor.token])
      #expect(open.log.all.isEmpty, "nobody has to act")
    }
  }

  @Test func aTokenThatIsWrongStillIsSaid() async throws {
    try await OpenShopDoor.open { open in
      let access = try ShopifyAccess(
        domain: OpenShopDoor.domain, token: #require(ShopifyToken("ended")), address: open.client.access.address,
        renewed: { ShopifyToken("ended") })
      let client = ShopifyClient(access, open.client.connections, clock: SystemClock(), logger: open.log.logger)
      await #expect(throws: ShopifyFailure.self) { let _: Shop = try await client.call(Self.ask) }
      #expect(await open.door.asked.count == 1)
    }
  }

  @Test func theDoorIsShutForAsLongAsItSays() async throws {
    try await failure(.error(429, ["Retry-After": "30.5"])) { failure, open in
      guard case .throttled(let until) = failure else { return #expect(Bool(false), "\(failure as Any)") }
      #expect(until >= open.client.clock.now)
      await open.door.answerFirst(nil)
      do throws(ShopifyFailure) {
        let _: Shop = try await open.client.call(Self.ask)
        Issue.record("no call leaves before the time")
      } catch { #expect(error == .throttled(until: until)) }
      #expect(await open.door.asked.count == 1)
    }
  }

  @Test(arguments: [
    ("3", 3_000), ("2.0", 2_000), ("0", 100), ("-5", 100), ("99999", 60_000), ("nan", 2_000), ("soon", 2_000),
    ("Wed, 21 Oct 2026 07:28:00 GMT", 2_000),
  ])
  func retryAfter(_ text: String, _ milliseconds: Int64) {
    #expect(RetryAfter.milliseconds(in: ["retry-after": text]) == milliseconds)
  }

  private static func problem(_ code: String, data: String = "") -> Said {
    Said(body: Array(#"{\#(data)"errors":[{"message":"why","extensions":{"code":"\#(code)"}}]}"#.utf8))
  }

  @Test func problemsOfGraphQL() async throws {
    let cases: [(Said, ShopifyFailure)] = [
      (Self.problem("MAX_COST_EXCEEDED"), .tooCostly),
      (Self.problem("undefinedField"), .refused("why (undefinedField)")),
      (Self.problem("INTERNAL_SERVER_ERROR"), .unanswered("why (INTERNAL_SERVER_ERROR)")),
      (Self.problem("BAD_REQUEST", data: #""data":{"shop":{"name":"a"}},"#), .refused("why (BAD_REQUEST)")),
      (Self.problem("NEW_CODE", data: #""data":{"shop":{"name":"a"}},"#), .unanswered("why (NEW_CODE)")),
    ]
    for (said, wanted) in cases {
      try await failure(said) { failure, _ in #expect(failure == wanted) }
    }
    try await failure(Self.problem("ACCESS_DENIED")) { failure, _ in
      #expect(failure?.description.contains("grant the app read_inventory") == true)
    }
  }

  @Test(arguments: ["", "{", "<html>", "{}", #"{"data":null}"#, #"{"data":{"shop":{}}}"#, "[]", "null"])
  func whatIsNoAnswerIsNone(_ body: String) async throws {
    try await failure(Said(body: Array(body.utf8))) { failure, _ in
      guard case .unanswered = failure else { return #expect(Bool(false), "\(failure as Any)") }
    }
  }

  @Test func anAnswerHasABound() async throws {
    try await failure(Said(body: Array(repeating: UInt8(ascii: " "), count: 5_000_000))) { failure, _ in
      #expect(failure?.description.contains("larger") == true)
    }
  }

  @Test func aSlowAnswerIsNone() async throws {
    var settings = ShopifyClientSettings.quick
    settings.callMax = 200
    let impatient = settings
    try await OpenShopDoor.serve { _ in
      try? await Task.sleep(for: .seconds(2))
      return Said().response
    } whileRunning: { port in
      try await ShopifyConnections.run { connections in
        let access = try ShopifyAccess(
          domain: OpenShopDoor.domain, token: #require(ShopifyToken("t")), address: "http://127.0.0.1:\(port)")
        let client = ShopifyClient(
          access, connections, settings: impatient, clock: SystemClock(), logger: LogLines().logger)
        await #expect(throws: ShopifyFailure.self) { let _: Shop = try await client.call(Self.ask) }
        #expect(await client.standing.trouble?.contains("took longer than 200 ms") == true)
      }
    }
  }

  // MARK: Points

  @Test func throttledCallsAreToldWhen() async throws {
    try await OpenShopDoor.open {
      $0.plan = EmulatedPlan(restoreRate: 1, bucketSize: 1_000)
    } _: { open in
      let big = AdminCall("query Shop { shop { name } a: nodes(ids: []) { id } }", cost: 1)
      let _: Shop = try await open.client.call(big)
      await open.door.answerFirst { _, _ in
        .json(
          [
            "errors": [["message": "Throttled", "extensions": ["code": "THROTTLED"]]],
            "extensions": [
              "cost": [
                "requestedQueryCost": 900,
                "throttleStatus": ["maximumAvailable": 1_000, "currentlyAvailable": 300, "restoreRate": 50],
              ]
            ],
          ])
      }
      let before = open.client.clock.now
      do throws(ShopifyFailure) {
        let _: Shop = try await open.client.call(Self.ask)
        Issue.record("it was throttled")
      } catch {
        guard case .throttled(let until) = error else { return #expect(Bool(false), "\(error)") }
        // 900 and the room for writes, of 300 with 50 each second.
        #expect(until >= before + 14_000)
        #expect(until <= open.client.clock.now + 14_000)
      }
    }
  }

  @Test func whoeverWaitsForPointsIsNotThrottled() async throws {
    try await OpenShopDoor.open {
      $0.plan = EmulatedPlan(restoreRate: 2_000, bucketSize: 300)
    } _: { open in
      struct Nodes: Decodable, Sendable { let nodes: [String?] }
      let ids = (0..<100).map { _ in "gid://shopify/Location/1" }
      let call = AdminCall("query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id } }", ["ids": ids], cost: 100)
      let _: Nodes = try await open.client.call(call)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<12 {
          group.addTask {
            let _: Nodes = try await open.client.patientCall(call)
          }
        }
        try await group.waitForAll()
      }
      #expect(await open.door.throttled == 0)
      #expect(await open.door.asked.count == 13)
    }
  }

  @Test func aVersionThatEndedIsToldOnce() async throws {
    try await OpenShopDoor.open { open in
      await open.door.answerFirst { _, _ in
        .json(["data": ["shop": ["name": "a"]]], ["X-Shopify-API-Version": "2026-07"])
      }
      for _ in 0..<3 { let _: Shop = try await open.client.call(Self.ask) }
      #expect(open.log.all.filter { $0.contains("2026-07 of its API in place of 2026-04") }.count == 1)
    }
  }

  @Test func troubleIsToldWhenItChanges() async throws {
    try await OpenShopDoor.open { open in
      await open.door.answerFirst { _, count in count <= 3 ? .error(503) : nil }
      for _ in 0..<3 { _ = try? await open.client.call(Self.ask, as: Shop.self) }
      let _: Shop = try await open.client.call(Self.ask)
      #expect(open.log.all.filter { $0.contains("503") }.count == 1)
      #expect(open.log.all.filter { $0.contains("answers again") }.count == 1)
    }
  }
}
