import StockLedger

/// A day as it happens: buyers, tills, goods, thieves, the warehouse's waves and the ERP's batches, with a strategy in
/// the middle, and somebody who looks at both numbers.
struct MarketDay: Sendable {
  /// From the run's start to the shop's opening, in milliseconds: time to get into step.
  private static let openingAfter: Int64 = 1_800_000
  /// From the opening to the ERP's first batch, in milliseconds: neither with a wave nor with a refresh.
  private static let firstBatchAfter: Int64 = 420_000

  let day: TradingDay
  let market: StrategyMarket
  let strategy: any StockStrategy

  init(_ day: TradingDay, market: StrategyMarket, strategy: any StockStrategy) {
    self.day = day
    self.market = market
    self.strategy = strategy
  }

  private var plan: StrategyPlan { market.plan }
  private var clock: VirtualClock { market.clock }

  /// Lives the day to its end and answers what was measured.
  func live() async throws -> StrategyOutcome {
    let opening = clock.now + Self.openingAfter
    let meter = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await strategy.run() }
      try await strategy.prepare()
      try await clock.sleep(until: opening)
      for event in day.events {
        group.addTask {
          try await clock.sleep(until: opening + event.at)
          try await happen(event.what)
        }
      }
      group.addTask { await market.repeating(every: plan.wavePeriod) { await wave() } }
      group.addTask {
        try await clock.sleep(until: opening + Self.firstBatchAfter)
        await market.repeating(every: plan.batchPeriod) { await strategy.hear(.batch(market.bookBatch())) }
      }
      group.addTask {
        try await clock.sleep(until: opening + plan.tradingTime)
        for sku in 0..<plan.skus { await takeStock(of: sku) }
      }
      let meter = try await watch(from: opening)
      group.cancelAll()
      await strategy.stop()
      return meter
    }
    var outcome = StrategyOutcome()
    meter.write(to: &outcome)
    outcome.convergedAfter = converged(meter)
    return outcome
  }

  private func watch(from opening: Timestamp) async throws -> DriftMeter {
    var meter = DriftMeter(plan, opening: opening)
    var next = opening
    while next < opening + plan.tradingTime + plan.settlingTime {
      try await clock.sleep(until: next)
      meter.take(market.look(), at: next)
      next = next + plan.samplePeriod
    }
    return meter
  }

  /// How long after the last change the last wrong number was seen; nil where it was still wrong at the end.
  private func converged(_ meter: DriftMeter) -> Int64? {
    guard let wrongAt = meter.wrongAt else { return 0 }
    if wrongAt.milliseconds + plan.samplePeriod >= clock.now.milliseconds { return nil }
    return max(0, wrongAt.milliseconds + plan.samplePeriod - market.changedAt.milliseconds)
  }

  // MARK: What happens

  private func happen(_ what: TradingDay.Happening) async throws {
    switch what {
    case .webBuyer(let buyer): try await buy(buyer)
    case .tillCustomer(let customer): await strategy.serve(customer)
    case .theft(let sku): market.steal(sku)
    case .goods(let goods):
      market.put(goods.units, of: goods.sku)
      try await clock.sleep(until: clock.now + goods.bookedAfter)
      await book(goods.units, of: goods.sku, document: "goods-\(goods.document)")
    }
  }

  /// From the product's page to the door, or out of it.
  private func buy(_ buyer: TradingDay.WebBuyer) async throws {
    guard market.offered(buyer.sku) > 0, await strategy.admit(buyer) else { return market.refuse(buyer.sku) }
    if buyer.abandons { return }
    if strategy.holdsCheckouts { market.hold(for: buyer) }
    let heldFor = min(buyer.paysAfter, plan.holdLifetime)
    try await clock.sleep(until: clock.now + heldFor)
    if buyer.paysAfter > heldFor { market.endHold(of: buyer) }
    try await clock.sleep(until: clock.now + (buyer.paysAfter - heldFor))
    let order = await strategy.pay(buyer)
    market.endHold(of: buyer)
    guard let order else { return market.refuse(buyer.sku) }
    guard let cancelsAfter = buyer.cancelsAfter else { return }
    try await clock.sleep(until: clock.now + cancelsAfter)
    market.cancel(order)
  }

  /// The warehouse sends what it has, and looks again where it found nothing.
  private func wave() async {
    for sku in market.pick() { await takeStock(of: sku) }
  }

  /// Somebody counts a SKU, and the ERP books what is missing.
  private func takeStock(of sku: Int) async {
    let missing = market.miss(sku)
    guard missing > 0 else { return }
    await book(-missing, of: sku, document: "stocktake-\(sku)-\(clock.now.milliseconds)")
    market.notice(missing, of: sku)
  }

  private func book(_ units: Int64, of sku: Int, document: String) async {
    market.book(units, of: sku)
    await strategy.hear(.booked(sku: sku, units: units, document: document, at: clock.now))
  }
}
