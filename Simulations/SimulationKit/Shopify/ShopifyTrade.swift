import ShopifyEmulatorCore
import StockLedger
import Synchronization

/// The engine, its publisher and an emulated Shopify, by seed: orders there, holds here, goods that come in, calls and
/// webhooks that fail, losses of power; and at the end both sides must be equal.
public enum ShopifyTrade {
  /// Runs one seed to its end.
  ///
  /// - Throws: ``SimulationFailure`` for a deadlock or a livelock, and what the engine throws.
  public static func run(
    seed: UInt64, plan: ShopifyTradePlan = ShopifyTradePlan(), eventsKept: Int = RunTrace.lastEventsMax
  ) throws -> ShopifyTradeOutcome {
    let executor = SeededExecutor(seed: seed, eventsKept: eventsKept)
    var chance = executor.makeGenerator()
    let books = TradeBooks()
    let front = try SimulatedShopfront(
      variants: plan.variants, locations: plan.locations, units: plan.units,
      settings: Self.settings(of: plan), seed: chance.next(), clock: executor.clock)
    let start = chance
    try executor.run(picksMax: 20_000_000, until: executor.clock.now + 7 * 86_400_000) {
      var world = TradeWorld(plan: plan, front: front, books: books, chance: start)
      try await world.live()
    }
    var outcome = books.outcome
    outcome.trace = executor.trace
    return outcome
  }

  private static func settings(of plan: ShopifyTradePlan) -> EmulatorSettings {
    var settings = EmulatorSettings()
    settings.webhooks.delay = 20...2_000
    settings.webhooks.retryDelays = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000]
    guard plan.isFaulty else { return settings }
    settings.webhooks.delay = 20...8_000
    settings.webhooks.lateBody = 0...3_000
    settings.webhooks.duplicatePerMille = 100
    settings.webhooks.lossPerMille = 20
    settings.faults.errorBeforePerMille = 30
    settings.faults.errorAfterPerMille = 30
    settings.faults.cutBeforePerMille = 30
    settings.faults.cutAfterPerMille = 30
    settings.faults.tooManyPerMille = 20
    settings.faults.slowPerMille = 50
    return settings
  }
}

/// What a run notes.
final class TradeBooks: Sendable {
  private let state = Mutex(ShopifyTradeOutcome())

  var outcome: ShopifyTradeOutcome { state.withLock { $0 } }
  func count(_ what: String, _ times: Int = 1) { state.withLock { $0.seen[what, default: 0] += times } }
  func fault(_ words: String) { state.withLock { $0.faults.append(words) } }
}
