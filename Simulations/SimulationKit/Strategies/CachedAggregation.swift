import StockLedger

/// What is available to sell is computed from all sources every half minute, and pushed to Shopify where it changed.
///
/// On hand (ERP) less allocated and sent-but-not-booked (warehouse), less sold-but-not-booked (tills), less orders that
/// the warehouse has not got yet (Shopify). Orders are told apart by their numbers, so that one which moves from one
/// system to the next between two answers counts once. Each answer is of another moment all the same.
struct CachedAggregation: StockStrategy {
  /// What the sources said last; a source that does not answer keeps its last word.
  private struct Words {
    var onHand: [Int64]
    var allocated: [[Int64]]
    var parcels: [[Int64]]
    var sales: [Int64]
    var open: [[Int64]]

    func available(_ sku: Int) -> Int64 {
      let owed = Set(allocated[sku]).union(parcels[sku]).union(open[sku])
      return onHand[sku] - Int64(owed.count) - sales[sku]
    }
  }

  let market: StrategyMarket
  private let writer: PlainWriter

  init(_ market: StrategyMarket, chance: SeededGenerator) {
    self.market = market
    writer = PlainWriter(market, chance: chance)
  }

  func run() async {
    let skus = market.plan.skus
    var words = Words(
      onHand: Array(repeating: market.plan.stockAtFirst, count: skus), allocated: Array(repeating: [], count: skus),
      parcels: Array(repeating: [], count: skus), sales: Array(repeating: 0, count: skus),
      open: Array(repeating: [], count: skus))
    var pushed: [Int64?] = Array(repeating: nil, count: skus)
    var round: Int64 = 0
    // Now and then all numbers are pushed: Shopify's may have moved while ours did not.
    let wholeEvery = max(1, market.plan.refreshPeriod / market.plan.cachePeriod)
    await market.repeating(every: market.plan.cachePeriod) {
      await listen(&words)
      let numbers = (0..<skus).map { (sku: $0, units: words.available($0)) }
      let isWhole = round % wholeEvery == 0
      let changed = numbers.filter { isWhole || pushed[$0.sku] != $0.units }
      round += 1
      let isPushed = await writer.write(changed)
      for number in changed { pushed[number.sku] = isPushed ? number.units : nil }
    }
  }

  /// Asks everybody at once.
  private func listen(_ words: inout Words) async {
    async let onHand = market.ask(.erp) { $0.onHand }
    async let allocated = market.askAllocated()
    async let parcels = market.ask(.warehouse) { $0.parcels.map { $0.map(\.id) } }
    async let sales = market.ask(.tills) { $0.sales.map { Int64($0.count) } }
    async let open = market.askOpenOrders()
    if let said = await onHand { words.onHand = said }
    if let said = await allocated { words.allocated = said }
    if let said = await parcels { words.parcels = said }
    if let said = await sales { words.sales = said }
    if let said = await open { words.open = said }
  }
}

extension StrategyMarket {
  /// Shopify's orders that are not sent, by SKU; nil where the call was lost.
  func askOpenOrders() async -> [[Int64]]? {
    count { $0.shopifyReads += 1 }
    return await link.ask { self.ordersOwed(before: .distantFuture) }
  }
}
