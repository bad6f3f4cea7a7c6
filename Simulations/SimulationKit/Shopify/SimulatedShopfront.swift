import ShopifyEmulatorCore
import StockLedger
import Synchronization

/// An emulated shop in a simulated run, with the names that both sides have for its stock. It outlives every crash of
/// the engine, as Shopify does.
final class SimulatedShopfront: Sendable {
  /// A variant and where it is sold.
  struct Variant: Sendable {
    let id: Int64
    let item: Int64
    let keys: [StockKey]
  }

  private struct State {
    var shop: EmulatedShop
    /// What the engine knew of a row when it was sent, by the row's number among accepted writes.
    var known: [Int: Knowledge] = [:]
    /// Rows that left before their entries were durable.
    var early = 0
    /// Writes that left when their entries were durable.
    var out: Set<Identifier> = []
    /// When a key was last in doubt.
    var doubtedAt: [StockKey: Timestamp] = [:]
  }

  /// What the engine knows of a row that it sends.
  struct Knowledge: Sendable {
    /// Units that the ledger holds without a name.
    var unnamed: Int64 = 0
    /// True where clocks could not tell, within the last seconds, whether an order was in the number: then one that
    /// nobody has heard of can look like it.
    var isDoubted = false
    /// Units of orders that the ledger counts there: also those that Shopify took elsewhere and has not said so yet.
    var open: Int64 = 0
    /// Units of orders that Shopify had there when it took the write.
    fileprivate(set) var committed: Int64 = 0
  }

  /// How long a doubt may have been settled wrongly: the longest read after it.
  private static let doubtMemory: Int64 = 30_000

  static let name = "shop"
  static let locations = ["leeds", "york"]
  let clock: VirtualClock
  let variants: [Variant]
  /// Shopify's ids of ``locations``.
  let locationIDs: [Int64]
  private let state: Mutex<State>

  /// A shop with so many variants, each with so many units at each location.
  init(
    variants count: Int, locations: Int, units: Int64, settings: EmulatorSettings, seed: UInt64, clock: VirtualClock
  ) throws {
    self.clock = clock
    var shop = EmulatedShop(settings: settings, seed: seed, at: clock.now)
    let names = Self.locations.prefix(locations)
    let ids = names.map { shop.openLocation($0, at: clock.now) }
    variants = try (0..<count).map { number in
      let sku = "SKU-\(number)"
      let stock = ids.map { VariantDraft.Stock(location: $0, available: units) }
      let id = shop.addVariant(VariantDraft(sku: sku, stock: stock), at: clock.now)
      let keys = try names.map { try StockKey(shop: Self.name, sku: sku, location: $0) }
      return Variant(id: id, item: shop.variant(id)?.itemID ?? 0, keys: keys)
    }
    for topic in WebhookTopic.allCases where topic != .bulkOperationsFinish {
      try shop.subscribe(to: topic, uri: "https://holdfast.example/webhooks/shopify", at: clock.now)
    }
    locationIDs = ids
    state = Mutex(State(shop: shop))
  }

  var keys: [StockKey] { variants.flatMap(\.keys) }

  /// Something happens in the shop, now.
  func with<Result>(_ body: (inout EmulatedShop, Timestamp) throws -> Result) rethrows -> Result {
    let now = clock.now
    return try state.withLock { try body(&$0.shop, now) }
  }

  /// Shopify's id of what a key names.
  func level(of key: StockKey) -> LevelKey? {
    guard let variant = variants.first(where: { $0.keys.contains(key) }),
      let place = variant.keys.firstIndex(of: key)
    else { return nil }
    return LevelKey(item: variant.item, location: locationIDs[place])
  }

  /// What a level of Shopify's is called here.
  func key(item: Int64, location: Int64) -> StockKey? {
    guard let place = locationIDs.firstIndex(of: location) else { return nil }
    return variants.first { $0.item == item }?.keys[place]
  }

  /// What Shopify would sell of a key.
  func available(_ key: StockKey) -> Int64? {
    level(of: key).flatMap { level in with { shop, _ in shop[level]?.available } }
  }

  /// What the engine knows of a key by its publication.
  func knowledge(of key: StockKey, _ publication: Publication?, open: Int64) -> Knowledge {
    let now = clock.now
    return state.withLock { state in
      if publication?.doubted ?? 0 > 0 { state.doubtedAt[key] = now }
      let unnamed = (publication?.unattributed ?? []).reduce(0) { $0 + $1.units }
      let isDoubted = state.doubtedAt[key].map { $0 + Self.doubtMemory > now } ?? false
      return Knowledge(unnamed: unnamed, isDoubted: isDoubted, open: open)
    }
  }

  /// Rows that left before their entries were durable: must be none.
  var rowsTooEarly: Int { state.withLock { $0.early } }

  /// A row leaves. A repeat may do so while the first sending is being answered: its entries have been durable.
  func noteLeaving(_ write: Identifier, isOut: Bool) {
    state.withLock { state in
      if isOut { state.out.insert(write) } else if !state.out.contains(write) { state.early += 1 }
    }
  }

  /// Answers a call, and notes for each row that took effect what the engine knew when it sent it.
  func answer(_ request: EmulatedRequest, knowing known: [(key: StockKey, what: Knowledge)] = []) -> EmulatedAnswer {
    let now = clock.now
    let rows = known.map { (level(of: $0.key), $0.what) }
    return state.withLock { state in
      let before = state.shop.audit.writes
      let answer = state.shop.answer(request, at: now)
      for number in before..<state.shop.audit.writes where number - before < rows.count {
        var (level, knowledge) = rows[number - before]
        knowledge.committed = level.flatMap { state.shop[$0]?.committed } ?? 0
        state.known[number + 1] = knowledge
      }
      return answer
    }
  }

  /// Writes above what could truly be sold, over an order that the ledger did not count; to be asked at rest. Those
  /// apart that a doubt explains: their order's webhook heals them.
  var writesOverOrders: (failures: [UntoldWrite], doubted: [UntoldWrite]) {
    let (writes, known) = state.withLock { ($0.shop.audit.writesAboveUntoldOrders, $0.known) }
    let over = writes.filter { write in
      guard let known = known[write.number] else { return true }
      return write.units > known.unnamed && known.open < known.committed
    }
    let isDoubted = { (write: UntoldWrite) in known[write.number]?.isDoubted ?? false }
    return (over.filter { !isDoubted($0) }, over.filter(isDoubted))
  }
}
