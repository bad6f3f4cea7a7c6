public import StockLedger

/// A shop at Shopify, as a value: what it has, what it sold, what it is about to tell.
///
/// Every call takes the time, and all chance comes from one seed: the same calls give the same shop, byte by byte. It
/// is one app's view of one shop; who needs two makes two.
public struct EmulatedShop: Sendable {
  /// How it behaves. Some of it changes while it runs: ``change(faults:webhooks:)``, ``isReached(at:)``.
  public internal(set) var settings: EmulatorSettings
  var chance: EmulatorChance
  private var lastID: Int64

  var locations: [Int64: EmulatedLocation] = [:]
  /// In the order in which they were opened, which is the order of routing.
  var locationIDs: [Int64] = []
  var products: [Int64: EmulatedProduct] = [:]
  var productIDs: [Int64] = []
  var variants: [Int64: EmulatedVariant] = [:]
  /// Ascending, as are all lists of numbers here: pages and cursors rest on it.
  var variantIDs: [Int64] = []
  var itemIDs: [Int64] = []
  var variantOfItem: [Int64: Int64] = [:]
  /// By the SKU in small letters: the search of the API does not tell them apart.
  var variantsBySKU: [String: [Int64]] = [:]
  var levels: [LevelKey: InventoryLevel] = [:]

  var orders: [Int64: EmulatedOrder] = [:]
  var orderIDs: [Int64] = []
  var fulfillmentOrders: [Int64: FulfillmentOrder] = [:]
  var fulfillments: [Int64: EmulatedFulfillment] = [:]
  var orderOfRefund: [Int64: Int64] = [:]

  var subscriptions: [Int64: WebhookSubscription] = [:]
  var subscriptionIDs: [Int64] = []
  var outbox = WebhookOutbox()
  var bulkOperations: [Int64: BulkOperation] = [:]
  var bulkIDs: [Int64] = []

  var bucket: PointBucket
  /// The other app's: points are counted per app and shop.
  var sellerBucket: PointBucket
  /// Calls of REST, which are counted one by one.
  var calls: PointBucket
  var sellerCalls: PointBucket
  var idempotency: IdempotencyMemory
  /// Which writes were made without knowing of an order.
  public var audit = WriteAudit()
  let createdAt: Timestamp

  /// An empty shop.
  public init(settings: EmulatorSettings = EmulatorSettings(), seed: UInt64, at now: Timestamp) {
    self.settings = settings
    chance = EmulatorChance(seed: seed)
    lastID = settings.firstID - 1
    bucket = PointBucket(plan: settings.plan)
    sellerBucket = bucket
    calls = PointBucket(plan: settings.plan.ofCalls)
    sellerCalls = calls
    idempotency = IdempotencyMemory(window: settings.idempotencyWindow)
    createdAt = now
  }

  mutating func newID() -> Int64 {
    lastID += 1
    return lastID
  }

  // MARK: What can be seen from outside of the API

  /// The level of an item at a location; nil where it is not stocked there.
  public subscript(key: LevelKey) -> InventoryLevel? { levels[key] }
  /// The level of a SKU's first variant at a location.
  public func level(sku: String, at location: Int64) -> InventoryLevel? {
    variants(sku: sku).first.flatMap { levels[LevelKey(item: $0.itemID, location: location)] }
  }
  /// Every level, in the order of its key.
  public var allLevels: [(key: LevelKey, level: InventoryLevel)] {
    levels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
  /// A variant.
  public func variant(_ id: Int64) -> EmulatedVariant? { variants[id] }
  /// An order.
  public func order(_ id: Int64) -> EmulatedOrder? { orders[id] }
  /// Every order's number, oldest first.
  public var allOrders: [Int64] { orderIDs }
  /// A fulfillment order.
  public func fulfillmentOrder(_ id: Int64) -> FulfillmentOrder? { fulfillmentOrders[id] }
  /// A location.
  public func location(_ id: Int64) -> EmulatedLocation? { locations[id] }
  /// The locations, in the order of routing.
  public var allLocations: [EmulatedLocation] { locationIDs.compactMap { locations[$0] } }
}
