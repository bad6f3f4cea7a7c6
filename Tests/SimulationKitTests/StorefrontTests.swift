import SimulationKit
import StockLedger
import Testing

@Suite("The real engine under the seeded executor")
struct StorefrontTests {
  /// Runs seeds twice; every run must be without a fault, and both must be the same.
  static func runTwice(
    _ seeds: Range<UInt64>, _ plan: (inout SeededGenerator) -> StorefrontPlan = StorefrontPlan.drawn(from:)
  ) throws -> [String: Int] {
    var sometimes: [String: Int] = [:]
    for seed in seeds {
      var chance = SeededGenerator(seed: seed)
      let plan = plan(&chance)
      let once = try Storefront.run(seed: seed, plan: plan)
      #expect(once.report.first == nil, "seed \(seed), \(plan): \(once.report)")
      #expect(once.report.unitsOversold == 0, "seed \(seed)")
      #expect(once.report.keysUnchecked == [], "seed \(seed)")
      #expect(once.lost == [], "seed \(seed), \(plan)")
      #expect(once.differences == [], "seed \(seed), \(plan)")
      let again = try Storefront.run(seed: seed, plan: plan)
      #expect(once.trace == again.trace, "seed \(seed): the same seed is another run")
      #expect(once == again, "seed \(seed)")
      for (what, times) in once.sometimes { sometimes[what, default: 0] += times }
    }
    return sometimes
  }

  @Test(
    "2,000 seeds twice: identical traces, no contradiction, nothing lost, replay equals the live state",
    arguments: [UInt64(0), 500, 1_000, 1_500])
  func drawn(first: UInt64) throws {
    let sometimes = try Self.runTwice(first..<(first + 500))
    // What must have happened at least once, or the seeds prove nothing.
    for what in [
      "hold", "hold repeated", "confirm", "confirm repeated", "release", "extend", "report", "look",
      "refused insufficientStock", "refused reservationExpired", "cart held", "cart repeated",
      "cart refused insufficientStock", "cart confirm accepted", "cart release accepted",
      "crash", "crash in a write", "asked again", "keeper left", "snapshot saved", "pause",
    ] {
      #expect(sometimes[what, default: 0] > 0, "'\(what)' never happened")
    }
  }

  @Test("carts over two keys in both orders, by the thousand: no deadlock, no half cart")
  func cartsInBothOrders() throws {
    let sometimes = try Self.runTwice(0..<60) { _ in
      var plan = StorefrontPlan()
      plan.keys = 2
      plan.stockMax = 40
      plan.shoppers = 6
      plan.visits = 8
      plan.cartsPerMille = 1_000
      return plan
    }
    #expect(sometimes["cart held", default: 0] > 500)
    let refused = sometimes["cart refused insufficientStock", default: 0]
    #expect(refused + sometimes["cart held", default: 0] > 2_000)
  }

  @Test("keepers leave memory under load: never two keepers of one key")
  func passivation() throws {
    let sometimes = try Self.runTwice(0..<60) { _ in
      var plan = StorefrontPlan()
      plan.keys = 2
      plan.passivations = 60
      plan.syncMax = 1
      return plan
    }
    #expect(sometimes["keeper left", default: 0] > 100)
  }

  @Test("power is lost three times in a run: all that was acknowledged is there")
  func crashes() throws {
    let sometimes = try Self.runTwice(0..<60) { _ in
      var plan = StorefrontPlan()
      plan.crashes = 3
      plan.snapshots = 3
      plan.syncMax = 30
      return plan
    }
    #expect(sometimes["crash", default: 0] == 180)
    #expect(sometimes["crash in a write", default: 0] > 20)
    #expect(sometimes["asked again", default: 0] > 100)
  }

  @Test(
    "other orders of picking find nothing either",
    arguments: [SeededExecutor.PickOrder.arrival, .newest(perMille: 900)])
  func pickOrders(order: SeededExecutor.PickOrder) throws {
    for seed in UInt64(0)..<60 {
      var chance = SeededGenerator(seed: seed)
      let once = try Storefront.run(seed: seed, plan: StorefrontPlan.drawn(from:)(&chance), order: order)
      #expect(once.report.first == nil, "seed \(seed): \(once.report)")
      #expect(once.lost == [] && once.differences == [], "seed \(seed)")
    }
  }

  @Test("another process, with another seed of its hashes, runs a seed the same way")
  func otherProcess() async throws {
    let calm = StorefrontPlan()
    let hashes = try (UInt64(0)..<20).map { try Storefront.run(seed: $0, plan: calm).trace.hash }
    await #expect(processExitsWith: .success) { [hashes = hashes as [UInt64]] in
      for (seed, hash) in hashes.enumerated() {
        let here = try Storefront.run(seed: UInt64(seed), plan: StorefrontPlan()).trace.hash
        try #require(here == hash)
      }
    }
  }
}
