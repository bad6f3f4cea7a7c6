import InventoryEngine
import StockLedger
import Testing

/// Lists of what a shop has.
@Suite struct ListTests {
  private static func count(_ sku: String, _ units: Int64, shop: String = "shop") -> KeyedCommand {
    let report = Report(
      source: OpenShop.id("erp"), delivery: OpenShop.id("c"),
      body: .count(Count(units: units, asOf: Timestamp(milliseconds: 1))))
    return KeyedCommand(key: OpenShop.key(sku, shop: shop), command: .report(report))
  }

  @Test func aPageThatFindsNothingEndsAndGoesOn() async throws {
    try await OpenShop.open { shop in
      _ = await shop.engine.submit((0..<12_000).map { Self.count("sku-\($0)", 5) })
      var filter = StockFilter()
      filter.hasShortfall = true
      let first = await shop.engine.list(shop: "shop", limit: 10, filter)
      #expect(first.views.isEmpty)
      let last = try #require(first.last)
      let rest = await shop.engine.list(shop: "shop", after: last, limit: 10, filter)
      #expect(rest.views.isEmpty && rest.last == nil)
    }
  }

  @Test func keysAtRestStayAtRestAndOthersSeeTheirLatest() async throws {
    var settings = EngineSettings()
    settings.passivateAfter = 1_000
    settings.passivationPeriod = 500
    try await OpenShop.open(settings: settings) { shop in
      let engine = shop.engine
      _ = await engine.submit((0..<50).map { Self.count("sku-\($0)", 5) })
      let isResting = await shop.eventually { engine.counters.keepersActive == 0 }
      #expect(isResting)
      let key = OpenShop.key("sku-7")
      await shop.hold(key, "r", 2)
      let page = await engine.list(shop: "shop", limit: 100)
      #expect(page.views.count == 50 && page.last == nil && page.shardsElsewhere == 0)
      #expect(page.views.first { $0.key == key }?.availableToSell == 3)
      #expect(engine.counters.keepersActive == 1)
    }
  }

  @Test func keysAtRestTakeUpNewConfiguration() async throws {
    var settings = EngineSettings()
    settings.passivateAfter = 1_000
    settings.passivationPeriod = 500
    try await OpenShop.open(settings: settings) { shop in
      let engine = shop.engine
      _ = await engine.submit((0..<5).map { Self.count("sku-\($0)", 5) })
      var patch = PolicyPatch()
      patch.safetyBuffer = 2
      _ = await engine.submit(KeyedCommand(key: OpenShop.key("sku-1").shopKey, command: .setScope(patch)))
      let isResting = await shop.eventually { engine.counters.keepersActive == 0 }
      #expect(isResting)
      let page = await engine.list(shop: "shop", limit: 100)
      #expect(page.views.map(\.availableToSell) == [3, 3, 3, 3, 3])
    }
  }

  @Test func otherShopsAreNotLookedAt() async throws {
    try await OpenShop.open { shop in
      _ = await shop.engine.submit((0..<11_000).map { Self.count("sku-\($0)", 5, shop: "large") })
      _ = await shop.engine.submit((0..<3).map { Self.count("sku-\($0)", 5) })
      let page = await shop.engine.list(shop: "shop", limit: 3)
      #expect(page.views.allSatisfy { $0.key.shop == "shop" })
      #expect(page.views.count == 3)
      // A name that begins like another's.
      #expect(await shop.engine.list(shop: "larg", limit: 3).views.isEmpty)
    }
  }

  @Test func aKeyThatCameAndWentIsNotListed() async throws {
    try await OpenShop.open { shop in
      await shop.stock(OpenShop.key("a"), 1)
      #expect(await shop.engine.list(shop: "shop", limit: 9).views.count == 1)
      await shop.hold(OpenShop.key("b"), "r", 1)
      await shop.stock(OpenShop.key("c"), 1)
      let seen = await shop.engine.list(shop: "shop", limit: 9).views.map(\.key.sku)
      #expect(Set(seen) == ["a", "c"])
    }
  }
}
