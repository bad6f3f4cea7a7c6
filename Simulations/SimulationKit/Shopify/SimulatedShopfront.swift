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
    /// Rows that were sent in a doubt, by their number among accepted writes.
    var doubted: Set<Int> = []
    /// Rows that left before their entries were durable.
    var early = 0
    /// Writes that left when their entries were durable.
    var out: Set<Identifier> = []
    /// When a key was last in doubt.
    var doubtedAt: [StockKey: Timestamp] = [:]
    var calls = 0
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

  /// True where clocks could not tell, within the last seconds, whether an order was in a key's number: then one that
  /// nobody has heard of can look like it.
  func isDoubted(_ key: StockKey, _ publication: Publication?) -> Bool {
    let now = clock.now
    return state.withLock { state in
      if publication?.doubted ?? 0 > 0 { state.doubtedAt[key] = now }
      return state.doubtedAt[key].map { $0 + Self.doubtMemory > now } ?? false
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

  /// Answers a call, and notes which of its rows took effect in a doubt.
  ///
  /// - Parameter doubts: Of each row of a write, whether its key was doubted when it was sent.
  func answer(_ request: EmulatedRequest, doubts: [Bool] = []) -> EmulatedAnswer {
    let now = clock.now
    return state.withLock { state in
      state.calls += 1
      let before = state.shop.audit.writes
      let answer = state.shop.answer(request, at: now)
      for (number, isDoubted) in zip(before..<state.shop.audit.writes, doubts) where isDoubted {
        state.doubted.insert(number + 1)
      }
      return answer
    }
  }

  /// Calls that reached it, those that it then failed or whose answer was lost included.
  var calls: Int { state.withLock { $0.calls } }

  /// True where a doubt may have made a write look right.
  func wasDoubted(_ write: UntoldWrite) -> Bool { state.withLock { $0.doubted.contains(write.number) } }
}
