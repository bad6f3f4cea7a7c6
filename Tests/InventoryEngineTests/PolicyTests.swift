import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("Configuration of shop, item and key, and rules that span locations")
struct PolicyTests {
  private let leeds = OpenShop.key("mug", "leeds")
  private let york = OpenShop.key("mug", "york")
  private let web = OpenShop.id("web")

  private func scope(_ shop: OpenShop, _ key: StockKey, _ change: (inout PolicyPatch) -> Void) async -> Answer {
    var patch = PolicyPatch()
    change(&patch)
    return await shop.engine.submit(KeyedCommand(key: key, command: .setScope(patch)))
  }

  private func hold(_ shop: OpenShop, _ key: StockKey, _ id: String, _ units: Int64) async -> Answer {
    let request = HoldRequest(id: OpenShop.id(id), quantity: Quantity(units) ?? .one, channel: web)
    return await shop.engine.submit(KeyedCommand(key: key, command: .hold(request)))
  }

  @Test("the most exact level wins, part by part, and a restart needs no configuration")
  func mostExactWins() async throws {
    let journal = MemoryJournal()
    try await OpenShop.open(journal) { shop in
      await shop.stock(leeds, 100)
      await shop.stock(york, 100)
      #expect(await scope(shop, leeds.shopKey) { $0.safetyBuffer = 10 }.receipt != nil)
      #expect(await shop.ats(leeds) == 90)
      #expect(await scope(shop, leeds.item) { $0.safetyBuffer = 20 }.receipt != nil)
      #expect(await shop.ats(york) == 80)
      #expect(await scope(shop, york) { $0.channels = [ChannelPolicy(channel: web, buffer: 5)] }.receipt != nil)
      #expect(await shop.ats(york) == 80)
      #expect(await shop.engine.available(york, to: web) == 75)
      #expect(await scope(shop, york) { $0.safetyBuffer = 0 }.receipt != nil)
      #expect(await shop.ats(york) == 100)
      #expect(await shop.ats(leeds) == 80)
      #expect(await scope(shop, york) { $0.safetyBuffer = -1 }.refusal == .outOfRange(.buffer))
    }
    try await OpenShop.open(journal.reopened()) { shop in
      #expect(await shop.ats(leeds) == 80)
      #expect(await shop.ats(york) == 100)
      // A key that nobody knew before the restart takes up its shop's buffer too.
      let cup = OpenShop.key("cup", "leeds")
      await shop.stock(cup, 30)
      #expect(await shop.ats(cup) == 20)
    }
  }

  @Test("an item's quota counts the holds of all its locations; release, expiry and cancel give back")
  func itemQuota() async throws {
    let journal = MemoryJournal()
    try await OpenShop.open(journal) { shop in
      await shop.stock(leeds, 100)
      await shop.stock(york, 100)
      var rules = KeyPolicy()
      rules.channels = [ChannelPolicy(channel: web, quota: 10)]
      #expect(await shop.engine.submit(KeyedCommand(key: leeds.item, command: .setPolicy(rules))).receipt != nil)
      #expect(await hold(shop, leeds, "a", 6).receipt?.units == 6)
      #expect(await hold(shop, york, "b", 5).refusal == .insufficientStock(available: 4))
      #expect(await shop.ats(york) == 100)
      #expect(await hold(shop, york, "c", 4).receipt?.units == 4)
      #expect(await hold(shop, york, "c", 4).receipt?.isDuplicate == true)
      #expect(
        await shop.engine.submit(KeyedCommand(key: york, command: .release(OpenShop.id("c"), nil))).receipt != nil)
      #expect(await shop.ats(york) == 100)
      #expect(await hold(shop, york, "d", 4).receipt?.units == 4)
      let confirm = ConfirmRequest(id: OpenShop.id("a"), claim: OpenShop.id("line-a"))
      #expect(await shop.engine.submit(KeyedCommand(key: leeds, command: .confirm(confirm))).receipt != nil)
      #expect(await shop.numbers(leeds)?.open == 6)
      #expect(await hold(shop, leeds, "e", 1).refusal == .insufficientStock(available: 0))
      let cancel = StageReport(
        claim: OpenShop.id("line-a"), stage: .cancel,
        amount: .document(OpenShop.id("refund-1"), Quantity(2) ?? .one), occurredAt: shop.clock.now)
      let report = Report(source: OpenShop.id("shopify"), delivery: OpenShop.id("w-1"), body: .stage(cancel))
      #expect(await shop.engine.submit(KeyedCommand(key: leeds.item, command: .report(report))).receipt != nil)
      #expect(await shop.numbers(leeds)?.open == 4)
      #expect(await hold(shop, leeds, "f", 3).refusal == .insufficientStock(available: 2))
      #expect(await hold(shop, leeds, "g", 2).receipt?.units == 2)
    }
    try await OpenShop.open(journal.reopened()) { shop in
      #expect(await hold(shop, york, "h", 1).refusal == .insufficientStock(available: 0))
    }
  }
}
