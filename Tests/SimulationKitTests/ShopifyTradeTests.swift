import SimulationKit
import Testing

/// The unmodified engine and its publisher against an emulated Shopify, on the seeded executor. 500 orders a seed.
@Suite("Trade between the engine and an emulated Shopify")
struct ShopifyTradeTests {
  @Test("orders at Shopify and here: both sides end equal, and no write goes over an order")
  func plain() throws {
    let seen = try run(seeds: 0..<4, ShopifyTradePlan())
    for what in ["sold there", "sold here", "sold out there", "cancelled", "refunded", "goods", "stale", "claim"] {
      #expect(seen[what, default: 0] > 0, "'\(what)' never happened")
    }
  }

  @Test("two locations, routing and moves between them")
  func twoLocations() throws {
    var plan = ShopifyTradePlan()
    plan.locations = 2
    let seen = try run(seeds: 100..<103, plan)
    #expect(seen["claim", default: 0] > 0)
  }

  @Test("with every fault on, hand edits and losses of power: both sides end equal all the same")
  func troubled() throws {
    let seen = try run(seeds: 200..<206, .troubled)
    for what in ["unknown", "throttled", "crash", "edited by hand", "full disk", "met"] {
      #expect(seen[what, default: 0] > 0, "'\(what)' never happened")
    }
  }

  @Test("where every checkout holds through us, no unit is sold twice, however late Shopify hears of it")
  func heldCheckouts() throws {
    var plan = ShopifyTradePlan()
    plan.units = 4
    plan.heldPerMille = 1_000
    plan.travelMax = 3_000
    plan.goodsPerMille = 0
    let seen = try run(seeds: 300..<303, plan)
    #expect(seen["oversold units"] == 0)
    #expect(seen["not held", default: 0] > 0)
  }

  @Test("where Shopify's own checkout sells between our writes, it sells what is held here; the books say how much")
  func bothCheckouts() throws {
    var plan = ShopifyTradePlan()
    plan.units = 6
    plan.heldPerMille = 500
    plan.travelMax = 3_000
    plan.cancelPerMille = 0
    plan.goodsPerMille = 0
    #expect(try run(seeds: 400..<402, plan)["oversold units", default: 0] > 0)
    plan.safetyBuffer = 4
    #expect(try run(seeds: 400..<402, plan)["oversold units", default: 0] == 0)
  }

  @Test("with reports of the ERP lost as well, reconciliation ends with every side equal, and mends nothing twice")
  func reconciled() throws {
    var plan = ShopifyTradePlan.reconciled
    plan.orders = 200
    let seen = try run(seeds: 500..<504, plan)
    let mended = ["mended: missedDelivery", "mended: editedByHand", "mended: claimOrphaned"]
    let done = ["warehouse not told", "let go", "sent by the warehouse", "refresh"]
    for what in ["look", "goods not told", "broken snapshot", "held"] + mended + done {
      #expect(seen[what, default: 0] > 0, "'\(what)' never happened")
    }
  }

  @Test("the same seed is the same run")
  func replays() throws {
    var plan = ShopifyTradePlan.troubled
    plan.orders = 60
    #expect(try ShopifyTrade.run(seed: 7, plan: plan) == ShopifyTrade.run(seed: 7, plan: plan))
  }

  private func run(seeds: Range<UInt64>, _ plan: ShopifyTradePlan) throws -> [String: Int] {
    var seen: [String: Int] = [:]
    for seed in seeds {
      let outcome = try ShopifyTrade.run(seed: seed, plan: plan)
      #expect(outcome.faults == [], "seed \(seed)")
      for (what, times) in outcome.seen { seen[what, default: 0] += times }
    }
    return seen
  }
}
