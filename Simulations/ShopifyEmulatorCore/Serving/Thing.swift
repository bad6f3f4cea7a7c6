import StockLedger

/// What a field of the API can be asked of.
indirect enum Thing: Hashable, Sendable {
  case query
  case shop
  case product(Int64)
  case variant(Int64)
  case item(Int64)
  case level(LevelKey)
  case location(Int64)
  case order(Int64)
  /// An order's line, by its place.
  case line(order: Int64, Int)
  case fulfillmentOrder(Int64)
  /// A fulfillment order's line, by its place.
  case fulfillmentOrderLine(Int64, Int)
  case fulfillment(Int64)
  /// A refund of an order, by its place.
  case refund(order: Int64, Int)
  case subscription(Int64)
  case bulk(Int64)
  case group(AdjustmentGroup)
  case record(Record)

  /// The name of its type.
  var typeName: String {
    switch self {
    case .query: "Query"
    case .shop: "Shop"
    case .product: "Product"
    case .variant: "ProductVariant"
    case .item: "InventoryItem"
    case .level: "InventoryLevel"
    case .location: "Location"
    case .order: "Order"
    case .line: "LineItem"
    case .fulfillmentOrder: "FulfillmentOrder"
    case .fulfillmentOrderLine: "FulfillmentOrderLineItem"
    case .fulfillment: "Fulfillment"
    case .refund: "Refund"
    case .subscription: "WebhookSubscription"
    case .bulk: "BulkOperation"
    case .group: "InventoryAdjustmentGroup"
    case .record(let record): record.type
    }
  }
}

/// An object that is nothing but its fields.
struct Record: Hashable, Sendable {
  struct Field: Hashable, Sendable {
    let name: String
    let value: Resolved
  }

  let type: String
  let fields: [Field]

  init(_ type: String, _ fields: (String, Resolved)...) {
    self.type = type
    self.fields = fields.map { Field(name: $0.0, value: $0.1) }
  }

  subscript(name: String) -> Resolved? { fields.first { $0.name == name }?.value }
}

/// What a field turned out to be.
indirect enum Resolved: Hashable, Sendable {
  case null
  case value(JSON)
  case thing(Thing)
  /// A plain list; nil stands for null, as `nodes(ids:)` answers what it does not find.
  case list([Thing?])
  case page(Page)
  case problem(GraphQLProblem)

  static func text(_ text: String?) -> Resolved { .value(JSON(text)) }
  static func integer(_ number: Int64) -> Resolved { .value(.integer(number)) }
  static func bool(_ bool: Bool) -> Resolved { .value(.bool(bool)) }
  static func time(_ time: Timestamp?) -> Resolved { text(time.map(DateTimeText.utc)) }
  static func id(_ type: String, _ number: Int64) -> Resolved { text(GlobalID(type, number).description) }
  /// `legacyResourceId`, which is a text: it passes 2^53.
  static func legacy(_ number: Int64) -> Resolved { text(String(number)) }
  static func record(_ record: Record) -> Resolved { .thing(.record(record)) }
  static func records(_ records: [Record]) -> Resolved { .list(records.map { .record($0) }) }
  static func maybe(_ thing: Thing?) -> Resolved { thing.map { .thing($0) } ?? .null }
}

/// A part of a connection.
struct Page: Hashable, Sendable {
  let things: [Thing]
  let cursors: [String]
  let hasNext: Bool
  let hasPrevious: Bool
}

/// What one call of a mutation did to levels: what `InventoryAdjustmentGroup` shows, kept small for replays.
struct AdjustmentGroup: Hashable, Sendable {
  struct Change: Hashable, Sendable {
    let key: LevelKey
    let name: QuantityName
    let delta: Int64
    let after: Int64
  }

  let id: Int64
  let reason: String
  let document: String?
  let createdAt: Timestamp
  let changes: [Change]
}
