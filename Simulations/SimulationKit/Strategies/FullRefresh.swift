import StockLedger

/// Every so many minutes a job writes the ERP's whole stock, less what the warehouse has allocated, over Shopify's.
struct FullRefresh: StockStrategy {
  let market: StrategyMarket
  private let writer: PlainWriter

  init(_ market: StrategyMarket, chance: SeededGenerator) {
    self.market = market
    writer = PlainWriter(market, chance: chance)
  }

  func run() async {
    await market.repeating(every: market.plan.refreshPeriod) { await refresh() }
  }

  private func refresh() async {
    guard let stock = await market.readStock() else { return }
    await writer.insist { stock.enumerated().map { ($0.offset, $0.element) } }
  }
}

extension StrategyMarket {
  /// Does something at once and at every period's end, until the caller's task is cancelled.
  func repeating(every period: Int64, _ work: () async -> Void) async {
    var next = clock.now
    while !Task.isCancelled {
      await work()
      // What took longer than a period leaves out the times that it missed.
      repeat { next = next + period } while next <= clock.now
      try? await clock.sleep(until: next)
    }
  }

  /// What refreshes read: units on hand in the ERP's books less the warehouse's allocated ones, by SKU; asked until
  /// both have answered, nil at the end of the day.
  func readStock() async -> [Int64]? {
    while !Task.isCancelled {
      async let books = ask(.erp) { $0.onHand }
      async let allocated = askAllocated()
      if let onHand = await books, let allocated = await allocated {
        return zip(onHand, allocated).map { $0 - Int64($1.count) }
      }
      try? await clock.sleep(until: clock.now + SourceLink.pause)
    }
    return nil
  }
}
