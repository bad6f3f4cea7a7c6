import InventoryEngine
import Reconciliation
import ShopifyEmulatorCore
import StockLedger
import Synchronization

/// What the ERP knows: the truth of units on hand, which its reports tell as far as they arrive.
final class SimulatedERP: Sendable {
  static let source = Storefront.identifier("erp")

  private struct State {
    var units: [StockKey: Int64] = [:]
    /// How the next snapshot is broken.
    var isBroken = false
  }

  private let state = Mutex(State())

  func set(_ units: Int64, of key: StockKey) { state.withLock { $0.units[key] = units } }
  func change(_ key: StockKey, by units: Int64) { state.withLock { $0.units[key, default: 0] += units } }
  func onHand(of key: StockKey) -> Int64 { state.withLock { $0.units[key] ?? 0 } }
  /// The next snapshot misses a half, comes twice or is empty.
  func breakNext() { state.withLock { $0.isBroken = true } }

  fileprivate func takeBroken() -> Bool {
    state.withLock { state in
      defer { state.isBroken = false }
      return state.isBroken
    }
  }
}

/// The ERP's whole stock, as a source that can be asked for it.
struct SimulatedSnapshot: SnapshotSource {
  let erp: SimulatedERP
  let keys: [StockKey]
  let clock: VirtualClock
  let channel: SimulatedChannel
  let chance: SharedChance
  let books: TradeBooks
  var source: SourceID { SimulatedERP.source }

  func readAll(_ deliver: ([KeyedReport]) async -> Void) async throws(ChannelFailure) -> SnapshotExtent {
    let asOf = clock.now
    var rows = keys.map { key in
      let count = Count(units: erp.onHand(of: key), asOf: asOf)
      return KeyedReport(key: key, report: Report(source: source, saying: .count(count)))
    }
    if erp.takeBroken() {
      switch chance.number(in: 0...2) {
      case 0: rows = Array(rows.prefix(rows.count / 2))
      case 1: rows += rows.prefix(3)
      default: rows = []
      }
      books.count("broken snapshot")
    }
    for row in rows {
      try? await clock.sleep(until: clock.now + chance.number(in: 0...20))
      guard channel.isAlive else { throw ChannelFailure("the process is gone") }
      await deliver([row])
    }
    return SnapshotExtent(asOf: asOf)
  }
}

/// The shop's orders, read one by one as reconciliation does.
struct SimulatedOrders: OrderListing {
  let intake: SimulatedIntake
  let channel: SimulatedChannel

  func bringIn(changedSince since: Timestamp) async throws(ChannelFailure) -> BroughtIn {
    let until = intake.front.clock.now
    let orders = intake.front.with { shop, _ in
      shop.allOrders.filter { shop.order($0).map { $0.updatedAt >= since } ?? false }
    }
    var changed: Set<StockKey> = []
    for order in orders {
      guard channel.isAlive else { throw ChannelFailure("the process is gone") }
      let before = await entries()
      await intake.find(order)
      for (key, entry) in await entries() where before[key] != entry { changed.insert(key) }
    }
    return BroughtIn(orders: orders.count, changed: changed.sorted(), until: until)
  }

  private func entries() async -> [StockKey: Int64] {
    var entries: [StockKey: Int64] = [:]
    for key in intake.front.keys { entries[key] = await intake.engine.level(key)?.numbers.open }
    return entries
  }
}

/// Reports outlive the process that wrote them; a process that is gone writes none.
struct SimulatedReports: ReportStore {
  let kept: ReportsInMemory
  let channel: SimulatedChannel

  func save(_ report: DriftReport) async throws(ChannelFailure) {
    guard channel.isAlive else { throw ChannelFailure("the process is gone") }
    try await kept.save(report)
  }

  func load(_ id: Identifier) async throws(ChannelFailure) -> DriftReport? { try await kept.load(id) }
  func latest(_ count: Int, ofShop shop: String) async throws(ChannelFailure) -> [DriftReport] {
    try await kept.latest(count, ofShop: shop)
  }
}
