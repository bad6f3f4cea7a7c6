public import StockLedger

/// One item at one location.
public struct LevelKey: Hashable, Comparable, Sendable {
  /// The inventory item's number.
  public let item: Int64
  /// The location's number.
  public let location: Int64

  /// A key from its two numbers.
  public init(item: Int64, location: Int64) {
    self.item = item
    self.location = location
  }

  /// Orders by item, then by location.
  public static func < (left: LevelKey, right: LevelKey) -> Bool {
    (left.item, left.location) < (right.item, right.location)
  }
}

/// The names that Shopify gives to the states of stock.
public enum QuantityName: String, Hashable, Sendable, CaseIterable {
  /// What may be sold. May be negative: a shop may sell what it does not have.
  case available
  /// Sold and not yet shipped.
  case committed
  /// Held back by an app.
  case reserved
  /// Broken.
  case damaged
  /// Held back by the merchant.
  case safetyStock = "safety_stock"
  /// Under inspection.
  case qualityControl = "quality_control"
  /// On its way; outside of what is on hand.
  case incoming
  /// What lies there: the sum of all before but incoming.
  case onHand = "on_hand"
}

/// Changes of some states of one level, that happen together.
struct StockChange: Hashable, Sendable {
  var available: Int64 = 0
  var committed: Int64 = 0
  var onHand: Int64 = 0
}

/// What Shopify knows of one item at one location.
public struct InventoryLevel: Hashable, Sendable {
  /// May be sold.
  public private(set) var available: Int64
  /// Sold, not yet shipped.
  public private(set) var committed: Int64 = 0
  /// Held back by an app.
  public private(set) var reserved: Int64 = 0
  /// Broken.
  public private(set) var damaged: Int64 = 0
  /// Held back by the merchant.
  public private(set) var safetyStock: Int64 = 0
  /// Under inspection.
  public private(set) var qualityControl: Int64 = 0
  /// On its way.
  public private(set) var incoming: Int64 = 0
  /// Lies there. Kept on its own, so that the sum can be checked against it.
  public private(set) var onHand: Int64
  /// When the item was first stocked there.
  public let createdAt: Timestamp
  /// When anything of it last changed.
  public private(set) var updatedAt: Timestamp

  /// A level that was just made.
  public init(available: Int64, at now: Timestamp) {
    self.available = available
    onHand = available
    createdAt = now
    updatedAt = now
  }

  /// The number of a state.
  public subscript(name: QuantityName) -> Int64 {
    switch name {
    case .available: available
    case .committed: committed
    case .reserved: reserved
    case .damaged: damaged
    case .safetyStock: safetyStock
    case .qualityControl: qualityControl
    case .incoming: incoming
    case .onHand: onHand
    }
  }

  /// True where on hand is the sum of its states: it always is.
  public var addsUp: Bool {
    onHand == available + committed + reserved + damaged + safetyStock + qualityControl
  }

  mutating func apply(_ change: StockChange, at now: Timestamp) {
    available += change.available
    committed += change.committed
    onHand += change.onHand
    updatedAt = max(updatedAt, now)
    invariant(addsUp, "\(onHand) on hand, its states do not add up to it: \(self)")
  }

  /// A person moves units out of what may be sold into a state of what may not, or back where negative.
  mutating func putAside(_ units: Int64, as name: QuantityName, at now: Timestamp) -> Bool {
    switch name {
    case .reserved: reserved += units
    case .damaged: damaged += units
    case .safetyStock: safetyStock += units
    case .qualityControl: qualityControl += units
    case .available, .committed, .incoming, .onHand: return false
    }
    apply(StockChange(available: -units), at: now)
    return true
  }
}
