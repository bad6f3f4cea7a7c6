import StockLedger
import Synchronization

/// The ERP owns the number: whenever it books something, it pushes its units on hand to Shopify.
///
/// Nobody subtracts what Shopify has sold and the warehouse has not sent, nor what tills have sold and not handed over.
final class SingleSourcePush: StockStrategy {
  private struct Outbox {
    var onHand: [Int64]
    /// SKUs whose number Shopify has not got, ascending.
    var waiting: [Int] = []

    mutating func add(_ sku: Int) {
      if !waiting.contains(sku) { waiting = (waiting + [sku]).sorted() }
    }
  }

  /// How often the ERP looks into its outbox, in milliseconds.
  private static let period: Int64 = 1_000

  let market: StrategyMarket
  private let writer: PlainWriter
  private let outbox: Mutex<Outbox>

  init(_ market: StrategyMarket, chance: SeededGenerator) {
    self.market = market
    writer = PlainWriter(market, chance: chance)
    outbox = Mutex(Outbox(onHand: Array(repeating: market.plan.stockAtFirst, count: market.plan.skus)))
  }

  func hear(_ fact: SourceFact) async {
    outbox.withLock { outbox in
      switch fact {
      case .sold: break
      case .booked(let sku, let units, _, _):
        outbox.onHand[sku] += units
        outbox.add(sku)
      case .batch(let batch):
        outbox.onHand = batch.onHand
        for sku in batch.changed { outbox.add(sku) }
      }
    }
  }

  func run() async {
    while !Task.isCancelled {
      let skus = outbox.withLock { outbox in
        defer { outbox.waiting = [] }
        return outbox.waiting
      }
      await writer.insist { self.outbox.withLock { outbox in skus.map { ($0, outbox.onHand[$0]) } } }
      try? await market.clock.sleep(until: market.clock.now + Self.period)
    }
  }
}
