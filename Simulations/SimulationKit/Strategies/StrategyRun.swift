import ShopifyEmulatorCore
import StockLedger
import Synchronization

/// One strategy through one day, on the seeded executor.
public enum StrategyRun {
  /// Runs a strategy on the day of a seed: the same day for every strategy.
  ///
  /// - Throws: ``SimulationFailure`` for a deadlock or a livelock, and what the engine throws.
  public static func run(
    _ kind: StrategyKind, plan: StrategyPlan = StrategyPlan(), seed: UInt64
  ) throws -> StrategyOutcome {
    try run(kind, plan: plan, day: TradingDay(of: plan, seed: seed), seed: seed).outcome
  }

  /// Runs a strategy on a day written by hand.
  ///
  /// - Returns: What it made of it, and what is left on the shelves.
  static func run(
    _ kind: StrategyKind, plan: StrategyPlan, day: TradingDay, seed: UInt64
  ) throws -> (outcome: StrategyOutcome, market: StrategyMarket) {
    let executor = SeededExecutor(seed: seed)
    var chance = executor.makeGenerator()
    let front = try SimulatedShopfront(
      variants: plan.skus, locations: 1, units: plan.stockAtFirst, settings: settings(of: plan), seed: chance.next(),
      clock: executor.clock)
    let market = StrategyMarket(plan: plan, front: front, chance: chance.split())
    let start = chance
    let kept = KeptOutcome()
    try executor.run(picksMax: 500_000_000, until: executor.clock.now + 7 * 86_400_000) {
      let strategy = try await kind.make(market, chance: start)
      kept.keep(try await MarketDay(day, market: market, strategy: strategy).live())
    }
    var outcome = kept.outcome
    outcome.take(market.tally)
    outcome.shopifyCalls += front.calls
    outcome.trace = executor.trace
    return (outcome, market)
  }

  /// A Shopify whose calls and webhooks travel as all others do; what it repeats, it repeats as Shopify does.
  private static func settings(of plan: StrategyPlan) -> EmulatorSettings {
    var settings = EmulatorSettings()
    settings.webhooks.delay = 1...plan.latencyMax
    settings.faults.cutBeforePerMille = plan.lossPerMille
    settings.faults.cutAfterPerMille = plan.lossPerMille
    return settings
  }
}

/// Where a run leaves what it measured.
private final class KeptOutcome: Sendable {
  private let state = Mutex(StrategyOutcome())
  var outcome: StrategyOutcome { state.withLock { $0 } }
  func keep(_ outcome: StrategyOutcome) { state.withLock { $0 = outcome } }
}
