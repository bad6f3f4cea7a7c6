import ShopifyEmulatorCore
import StockLedger

/// How a job without memory writes numbers to Shopify: absolute, without comparing, until Shopify has answered.
struct PlainWriter: Sendable {
  private let market: StrategyMarket
  private let channel: SimulatedChannel
  private let keys: SharedChance

  init(_ market: StrategyMarket, chance: SeededGenerator) {
    var chance = chance
    self.market = market
    channel = SimulatedChannel(to: market.front, travelMax: market.plan.latencyMax, chance: chance.split())
    keys = SharedChance(chance)
  }

  /// Writes the numbers of SKUs once.
  ///
  /// - Returns: False where Shopify did not say that it has them.
  func write(_ numbers: [(sku: Int, units: Int64)]) async -> Bool {
    if numbers.isEmpty { return true }
    let rows = numbers.map { (key: market.key($0.sku), quantity: max(0, $0.units), changeFrom: nil as Int64?) }
    let key = Storefront.identifier("plain-\(keys.number(in: 0...Int64.max))")
    return await channel.set(rows, key: key) == .accepted
  }

  /// Writes the numbers of SKUs, with what they are by then at each attempt.
  func insist(_ numbers: @Sendable () -> [(sku: Int, units: Int64)]) async {
    while !Task.isCancelled {
      if await write(numbers()) { return }
      try? await market.clock.sleep(until: market.clock.now + SourceLink.pause)
    }
  }
}
