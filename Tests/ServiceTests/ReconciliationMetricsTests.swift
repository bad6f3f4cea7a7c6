import Foundation
import InventoryEngine
import StockLedger
import Testing

@testable import InventoryService
@testable import Reconciliation

extension ServiceTests {
  /// What is measured of drift.
  @Suite struct ReconciliationMetricsTests {
    private static let name = "holdfast_reconciliation_"

    @Test func aLookIsMeasuredByClassAndLocation() async throws {
      let rig = PublishingRig()
      try await OpenService.open(keys: [("shop", "admin ingest:erp")], publishing: rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.count("b", 5)
        for sku in ["a", "b"] { try await client.publication(sku, "published") }
        let before = try PrometheusText(try await client.get("/metrics").text).samples
        #expect(before[Self.name + #"looks_total{outcome="whole"}"#] == 0)
        #expect(before[Self.name + #"mended_total{class="editedByHand"}"#] == 0)
        try await rig.channel.change("a", to: 9)
        let asked = try await client.post("/v1/reconciliations", "{}")
        try await client.get(asked.fields["location"] ?? "") { $0.status == 200 }
        let samples = try PrometheusText(try await client.get("/metrics").text).samples
        #expect(samples[Self.name + #"looks_total{outcome="whole"}"#] == 1)
        #expect(samples[Self.name + #"mended_total{class="editedByHand"}"#] == 1)
        #expect(samples[Self.name + #"rows{class="editedByHand",location="main"}"#] == 1)
        #expect(samples[Self.name + #"drifted{location="main"}"#] == 1)
        #expect(samples[Self.name + #"compared{location="main"}"#] == 2)
        #expect(samples[Self.name + #"open{state="held"}"#] == 0)
        #expect(samples[Self.name + "oldest_open_seconds"] == 0)
        #expect((samples[Self.name + "last_look_timestamp_seconds"] ?? 0) > 1_700_000_000)
      }
    }
  }

  /// What is open over many reports.
  @Suite struct OpenDifferencesTests {
    private static func report(
      _ rows: [(String, MendingState)], at time: Int64, scope: ReconciliationScope = .shop, failing: Bool = false
    ) throws -> DriftReport {
      var report = DriftReport(
        id: try #require(Identifier("r\(time)")), shop: "shop", scope: scope,
        startedAt: Timestamp(milliseconds: time), isDryRun: false)
      for (sku, state) in rows {
        report.add(
          DriftRow(
            key: try StockKey(shop: "shop", sku: sku, location: "main"), side: .ourselves, ours: 1, theirs: 2,
            driftClass: .unexplained, cause: "", state: state))
      }
      if failing { report.failures = ["the channel was away"] }
      return report
    }

    @Test func whatComesAgainIsAsOldAsItsFirstReport() throws {
      var open = OpenDifferences()
      let first = try open.take(Self.report([("a", .held), ("b", .mended)], at: 1_000))
      #expect(first.map(\.key.sku) == ["a"])
      let second = try open.take(Self.report([("a", .held), ("c", .parked)], at: 2_000))
      #expect(second.map(\.key.sku) == ["c"])
      #expect(open.oldest == Timestamp(milliseconds: 1_000))
      #expect(open.count(.held) == 1)
      #expect(open.count(.parked) == 1)
      _ = try open.take(Self.report([("c", .held)], at: 3_000))
      #expect(open.oldest == Timestamp(milliseconds: 2_000), "a is in step again")
      #expect(open.count(.parked) == 0)
    }

    @Test func whatWasNotLookedAtStays() throws {
      var open = OpenDifferences()
      _ = try open.take(Self.report([("a", .held)], at: 1_000))
      _ = try open.take(Self.report([], at: 2_000, failing: true))
      #expect(open.count(.held) == 1)
      let other = try StockKey(shop: "shop", sku: "b", location: "main")
      _ = try open.take(Self.report([], at: 3_000, scope: .key(other)))
      #expect(open.count(.held) == 1)
      try open.change(Self.report([("a", .rejected)], at: 1_000))
      #expect(open.count(.held) == 0)
      #expect(open.oldest == nil)
    }

    @Test func locationsWithoutEndAreOne() throws {
      let board = LookBoard()
      let compared = Dictionary(uniqueKeysWithValues: (0..<100).map { ("l\($0)", 1) })
      _ = try board.ended(Self.report([("a", .held)], at: 1_000), compared: compared)
      let shop = try #require(board.shops.first)
      #expect(shop.compared.count == LookBoard.locationsMax, "a row has named one more")
      #expect(shop.compared.values.reduce(0, +) == 100)
      #expect(shop.compared[LookBoard.otherLocations] == 100 - LookBoard.locationsMax + 1)
      // What was once there goes on as 0.
      _ = try board.ended(Self.report([], at: 2_000), compared: [:])
      #expect(board.shops.first?.rows.values.allSatisfy { $0 == 0 } == true)
      board.failed()
      #expect(board.looks(.whole) == 2)
      #expect(board.looks(.failed) == 1)
    }
  }
}
