import Foundation
import StockLedger
import Testing

@testable import InventoryService

extension ServiceTests {
  /// What a key may ask and hold.
  @Suite struct LimitTests {
    private static let start = Timestamp(milliseconds: 1_700_000_000_000)

    @Test func aBucketFillsAtItsRate() {
      var bucket = TokenBucket(rate: 10, burst: 5, now: Self.start)
      for _ in 0..<5 { #expect(bucket.take(1, at: Self.start) == nil) }
      #expect(bucket.take(1, at: Self.start) == 100)
      #expect(bucket.take(1, at: Self.start + 99) == 1)
      #expect(bucket.take(1, at: Self.start + 100) == nil)
      #expect(bucket.standing(at: Self.start + 350).left == 2)
      #expect(bucket.standing(at: Self.start + 3_600_000) == (5, 0))
    }

    @Test func whatIsLargerThanTheBurstLeavesADebt() {
      var bucket = TokenBucket(rate: 10, burst: 5, now: Self.start)
      #expect(bucket.take(25, at: Self.start) == nil)
      #expect(bucket.standing(at: Self.start) == (0, 2_500))
      #expect(bucket.take(1, at: Self.start) == 2_100)
      #expect(bucket.take(25, at: Self.start + 2_499) == 1)
      #expect(bucket.take(25, at: Self.start + 2_500) == nil)
    }

    @Test func aClockThatStandsOrLeapsBreaksNothing() {
      var bucket = TokenBucket(rate: 1_000_000, burst: 1_000_000, now: Self.start)
      #expect(bucket.take(1_000_000, at: Self.start - 1_000) == nil)
      #expect(bucket.standing(at: Timestamp(milliseconds: .max)).left == 1_000_000)
    }

    /// What a rate says, and what a batch costs.
    @Test func aKeyAsksAsOftenAsItMay() async throws {
      try await OpenService.open(
        keys: [("shop", "read hold ingest:erp"), ("shop", "read")], limits: [KeyLimits(rate: 1, burst: 3)]
      ) { service in
        let client = service.caller()
        let first = try await client.get("/v1/stock/a")
        #expect(first.fields["ratelimit-policy"] == "\"key\";q=3;w=3")
        #expect(first.fields["ratelimit"] == "\"key\";r=2;t=1")
        // A refusal before the engine is asked costs the same.
        #expect(try await client.post("/v1/holds", "{").fields["ratelimit"]?.hasPrefix("\"key\";r=1;") == true)
        let line = #"{"do":"release","sku":"a","location":"main","reservation":"r"}"#
        let batch = try await client.post("/v1/commands", [line, line, line, line].joined(separator: "\n"))
        #expect(batch.status == 429)
        #expect(batch.code == "rateLimited")
        #expect(batch.fields["retry-after"] != nil)
        #expect(try await client.get("/livez").status == 200)
        // Another key of the same shop is not in its way.
        let other = try await service.caller(1).get("/v1/stock/a")
        #expect(other.status == 404)
        #expect(other.fields["ratelimit"] == nil)
      }
    }

    @Test func aKeyHoldsAsMuchAsItMay() async throws {
      let limits = [KeyLimits(holdsMax: 3), KeyLimits(unitsMax: 4)]
      try await OpenService.open(keys: [("shop", "read hold ingest:erp"), ("shop", "hold")], limits: limits) {
        service in
        let client = service.caller()
        try await client.count("a", 100)
        for name in ["h-1", "h-2"] { #expect(try await client.hold("a", as: name).status == 201) }
        #expect(try await client.hold("a", 1_000, as: "short").code == "insufficientStock")
        #expect(try await client.hold("a", as: "h-3").status == 201)
        let full = try await client.hold("a", as: "h-4")
        #expect(full.status == 429)
        #expect(full.code == "tooManyHolds")
        #expect(full.number("holdsMax") == 3)
        #expect(try await client.hold("a", as: "h-3").fields["idempotency-replayed"] == "true")
        // The bound is the key's, whoever ends the hold.
        #expect(try await service.caller(1).post("/v1/holds/a/main/h-1/release").status == 200)
        try await Self.until { try await client.hold("a", as: "h-4").status == 201 }
        #expect(try await client.get("/v1/stock/a/main").number("reserved") == 3)
        let other = service.caller(1)
        #expect(try await other.hold("a", 4, as: "o-1").status == 201)
        #expect(try await other.hold("a", 1, as: "o-2").number("unitsMax") == 4)
      }
    }

    @Test func batchesAndCartsCountToo() async throws {
      try await OpenService.open(limits: [KeyLimits(holdsMax: 3)]) { service in
        let client = service.caller()
        for sku in ["a", "b"] { try await client.count(sku, 100) }
        let cart =
          #"{"cart":"c","lines":[{"sku":"a","location":"main","units":1},{"sku":"b","location":"main","units":1}]}"#
        #expect(try await client.post("/v1/carts", cart).status == 201)
        let holds = (0..<3).map {
          #"{"do":"hold","sku":"a","location":"main","reservation":"r-\#($0)","units":1}"#
        }
        let batch = try await client.post("/v1/commands", "[\(holds.joined(separator: ","))]")
        let answers = try #require(batch.json["answers"] as? [[String: Any]])
        #expect(answers.map { $0["status"] as? Int } == [201, 429, 429])
        #expect(try await client.post("/v1/carts", cart.replacing("\"c\"", with: "\"d\"")).code == "tooManyHolds")
        let ended = try await client.post("/v1/carts/c/release", #"{"first":{"sku":"a","location":"main"}}"#)
        #expect(ended.status == 200)
        let again = cart.replacing("\"c\"", with: "\"e\"")
        try await Self.until { try await client.post("/v1/carts", again).status == 201 }
      }
    }

    /// Many at once never get past the bound, by the engine's own count.
    @Test func parallelHoldsStayWithinTheBound() async throws {
      try await OpenService.open(limits: [KeyLimits(holdsMax: 20)]) { service in
        let client = service.caller()
        try await client.count("a", 1_000)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
          for number in 0..<60 { group.addTask { try await client.hold("a", as: "p-\(number)").status } }
          return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(statuses == [201: 20, 429: 40])
        #expect(try await client.get("/v1/stock/a/main").number("reserved") == 20)
      }
    }

    /// The engine is asked once a second which holds still live.
    private static func until(_ isSo: () async throws -> Bool) async throws {
      while !(try await isSo()) { try await Task.sleep(for: .milliseconds(50)) }
    }
  }
}
