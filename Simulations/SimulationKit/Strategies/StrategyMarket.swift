import ShopifyEmulatorCore
import StockLedger
import Synchronization

/// One run's shop: the shelves, the source systems, the emulated Shopify, and the tallies of who got what.
final class StrategyMarket: Sendable {
  /// A system that is asked.
  enum System: Hashable, Sendable {
    case erp
    case warehouse
    case tills
  }

  private struct State {
    var shelves: [Shelf]
    var books: SourceBooks
    var tally = SaleTally()
    /// By order: its SKU.
    var skuOfOrder: [Int64: Int] = [:]
    /// Buyers who will pay and for whom a unit is held; true where it was there.
    var holders: [Int: Bool] = [:]
    /// When anything last happened that is not the systems' own doing.
    var changedAt = Timestamp.distantPast

    /// Ends a buyer's hold, if there is one; true where its unit was there.
    mutating func endHold(of buyer: TradingDay.WebBuyer) -> Bool {
      guard let wasCovered = holders.removeValue(forKey: buyer.number) else { return false }
      shelves[buyer.sku].endHold()
      return wasCovered
    }
  }

  let plan: StrategyPlan
  let front: SimulatedShopfront
  let link: SourceLink
  private let state: Mutex<State>

  init(plan: StrategyPlan, front: SimulatedShopfront, chance: SeededGenerator) {
    self.plan = plan
    self.front = front
    link = SourceLink(plan, clock: front.clock, chance: chance)
    state = Mutex(
      State(
        shelves: Array(repeating: Shelf(units: plan.stockAtFirst), count: plan.skus),
        books: SourceBooks(skus: plan.skus, units: plan.stockAtFirst)))
  }

  var clock: VirtualClock { front.clock }
  var tally: SaleTally { state.withLock { $0.tally } }
  var shelves: [Shelf] { state.withLock { $0.shelves } }
  var changedAt: Timestamp { state.withLock { $0.changedAt } }

  func key(_ sku: Int) -> StockKey { front.variants[sku].keys[0] }
  func count(_ change: (inout SaleTally) -> Void) { state.withLock { change(&$0.tally) } }

  /// What Shopify would sell of a SKU.
  func offered(_ sku: Int) -> Int64 { max(0, front.available(key(sku)) ?? 0) }

  // MARK: Buyers

  /// An order at Shopify, which the warehouse owes from now on; nil where Shopify has too little.
  func placeOrder(
    of buyer: TradingDay.WebBuyer, _ behaviour: InventoryBehaviour = .decrementObeyingPolicy,
    attributes: [OrderAttribute] = []
  ) -> Int64? {
    var draft = OrderDraft(variantID: front.variants[buyer.sku].id, quantity: 1)
    draft.attributes = attributes
    let order = front.with { shop, now in try? shop.placeOrder(draft, behaviour, at: now) }
    guard let order else { return nil }
    let now = clock.now
    state.withLock { state in
      let wasCovered = state.endHold(of: buyer)
      state.shelves[buyer.sku].promise(order, wasCovered: wasCovered, at: now)
      state.changedAt = now
      state.skuOfOrder[order] = buyer.sku
      state.tally.promised += 1
    }
    return order
  }

  /// A buyer takes an order back, unless it has been picked.
  func cancel(_ order: Int64) {
    let now = clock.now
    let isCancelled = state.withLock { state in
      guard let sku = state.skuOfOrder[order], state.shelves[sku].cancel(order) else { return false }
      state.tally.cancelled += 1
      state.changedAt = now
      return true
    }
    if isCancelled { front.with { shop, now in try? shop.cancel(order, restock: true, at: now) } }
  }

  /// A buyer goes away without the unit: was there one?
  func refuse(_ sku: Int) {
    state.withLock { state in
      if state.shelves[sku].free > 0 { state.tally.undersold += 1 } else { state.tally.soldOut += 1 }
    }
  }

  /// A unit is held for who is going to pay: it is nobody else's until then.
  func hold(for buyer: TradingDay.WebBuyer) {
    state.withLock { $0.holders[buyer.number] = $0.shelves[buyer.sku].hold() }
  }

  /// The hold's time is up, or the buyer has gone.
  func endHold(of buyer: TradingDay.WebBuyer) { state.withLock { _ = $0.endHold(of: buyer) } }

  /// A till sells the unit that a customer brings: answers when, or nil where the shelf is empty.
  func sellAtTill(_ customer: TradingDay.TillCustomer) -> Timestamp? {
    let now = clock.now
    return state.withLock { state in
      guard state.shelves[customer.sku].takeOverCounter() else { return nil }
      state.books.sell(customer.sku, sale: Int64(customer.number), at: now)
      state.tally.soldAtTills += 1
      state.changedAt = now
      return now
    }
  }

  // MARK: The warehouse and the ERP

  func put(_ units: Int64, of sku: Int) { state.withLock { $0.shelves[sku].put(units) } }
  func steal(_ sku: Int) { state.withLock { $0.shelves[sku].steal() } }

  /// Sends all that the warehouse knows of, and says no to the buyers for whom nothing is there.
  ///
  /// - Returns: SKUs of which something was short.
  func pick() -> [Int] {
    let now = clock.now
    var (sent, short): ([Int64], [Int64]) = ([], [])
    let shortSKUs = state.withLock { state in
      state.shelves.indices.filter { sku in
        let picked = state.shelves[sku].pick(promisedBefore: now - plan.exportDelay)
        for order in picked.sent { state.books.send(sku, order: order, at: now) }
        sent += picked.sent
        short += picked.short.map(\.order)
        state.tally.take(sent: picked.sent.count, short: picked.short.map(\.why))
        return !picked.short.isEmpty
      }
    }
    for order in sent { fulfil(order) }
    for order in short { front.with { shop, now in try? shop.cancel(order, restock: false, at: now) } }
    return shortSKUs
  }

  private func fulfil(_ order: Int64) {
    front.with { shop, now in
      for part in shop.order(order)?.fulfillmentOrderIDs ?? [] { _ = try? shop.fulfil(part, at: now) }
    }
  }

  /// Counts a SKU; answers the units that nobody had missed before.
  func miss(_ sku: Int) -> Int64 { state.withLock { $0.shelves[sku].miss() } }
  func notice(_ units: Int64, of sku: Int) { state.withLock { $0.shelves[sku].notice(units) } }
  /// The ERP books what came in or, where negative, is missing.
  func book(_ units: Int64, of sku: Int) {
    let now = clock.now
    state.withLock { state in
      state.books.book(sku, units: units)
      state.changedAt = now
    }
  }

  func bookBatch() -> SourceBooks.Batch {
    let now = clock.now
    return state.withLock { $0.books.bookBatch(before: now - plan.batchLag, at: now) }
  }

  // MARK: Asking

  /// Asks a source system for what it has written down; nil where the call was lost.
  func ask<Answer: Sendable>(_ system: System, _ read: @Sendable @escaping (SourceBooks) -> Answer) async -> Answer? {
    count { $0.sourceCalls += 1 }
    return await link.ask { self.state.withLock { read($0.books) } }
  }

  /// The orders that the warehouse has and has not picked, by SKU; nil where the call was lost.
  func askAllocated() async -> [[Int64]]? {
    count { $0.sourceCalls += 1 }
    return await link.ask { self.ordersOwed(before: self.clock.now - self.plan.exportDelay) }
  }

  /// Orders that were promised before a time and are not picked, by SKU.
  func ordersOwed(before limit: Timestamp) -> [[Int64]] {
    state.withLock { $0.shelves.map { $0.promises.filter { $0.madeAt < limit }.map(\.order) } }
  }

  // MARK: Measuring

  /// Of each SKU, what Shopify offers and what is truly free.
  func look() -> [(offered: Int64, free: Int64)] {
    let free = state.withLock { $0.shelves.map { max(0, $0.free) } }
    return free.indices.map { (offered($0), free[$0]) }
  }
}
