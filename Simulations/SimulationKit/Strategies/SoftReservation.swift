import ShopifyEmulatorCore
import StockLedger
import Synchronization

/// Checkouts reserve in a store of their own, for ten minutes, against the stock that the last refresh found.
///
/// Two buyers never get the same unit; tills, the warehouse and the ERP are seen at the next refresh.
final class SoftReservation: StockStrategy {
  /// One SKU in the store.
  private struct Entry {
    /// What the last refresh found.
    var known: Int64
    /// By buyer, in the order of their ends: when the reservation ends.
    var reserved: [(buyer: Int, until: Timestamp)] = []
    /// When units were sold that the warehouse may not have had at the refresh.
    var sold: [Timestamp] = []

    /// What a refresh tells Shopify: reservations come and go, and the store itself says no in time.
    var unsold: Int64 { known - Int64(sold.count) }

    func available(at now: Timestamp) -> Int64 { unsold - Int64(reserved.count { $0.until > now }) }
  }

  let market: StrategyMarket
  private let writer: PlainWriter
  private let store: Mutex<[Entry]>

  init(_ market: StrategyMarket, chance: SeededGenerator) {
    self.market = market
    writer = PlainWriter(market, chance: chance)
    store = Mutex(Array(repeating: Entry(known: market.plan.stockAtFirst), count: market.plan.skus))
  }

  var holdsCheckouts: Bool { true }

  func admit(_ buyer: TradingDay.WebBuyer) async -> Bool { reserve(buyer) }

  func pay(_ buyer: TradingDay.WebBuyer) async -> Int64? {
    let now = market.clock.now
    guard take(buyer, at: now) || reserve(buyer) && take(buyer, at: now) else { return nil }
    store.withLock { $0[buyer.sku].sold.append(now) }
    // The store has decided: Shopify's own number only follows.
    return market.placeOrder(of: buyer, .decrementIgnoringPolicy)
  }

  private func reserve(_ buyer: TradingDay.WebBuyer) -> Bool {
    let now = market.clock.now
    return store.withLock { store in
      store[buyer.sku].reserved.removeAll { $0.until <= now }
      guard store[buyer.sku].available(at: now) > 0 else { return false }
      store[buyer.sku].reserved.append((buyer.number, now + market.plan.holdLifetime))
      return true
    }
  }

  /// Ends a reservation; false where its time was up.
  private func take(_ buyer: TradingDay.WebBuyer, at now: Timestamp) -> Bool {
    store.withLock { store in
      guard let place = store[buyer.sku].reserved.firstIndex(where: { $0.buyer == buyer.number && $0.until > now })
      else { return false }
      store[buyer.sku].reserved.remove(at: place)
      return true
    }
  }

  func run() async {
    await market.repeating(every: market.plan.refreshPeriod) { await refresh() }
  }

  private func refresh() async {
    let askedAt = market.clock.now
    guard let stock = await market.readStock() else { return }
    // An order reaches the warehouse within the export's delay: older ones are in its number.
    let exported = askedAt - market.plan.exportDelay
    store.withLock { store in
      for sku in store.indices {
        store[sku].known = stock[sku]
        store[sku].sold.removeAll { $0 < exported }
      }
    }
    await writer.insist { self.store.withLock { store in store.indices.map { ($0, store[$0].unsold) } } }
  }
}
