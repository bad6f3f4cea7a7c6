public import StockLedger

/// All that is known of one order line at Shopify, in facts that only ever join: whichever order they come in, and
/// however often, the same facts are known in the end.
///
/// Documents (parcels, refund lines) join by their ids, an order's whole body and each fulfillment order by the time at
/// which it was so. A webhook says some of it, and a line's memo keeps all of it with the claim.
public struct ShopifyFacts: Hashable, Sendable {
  /// The line as the newest body of its order says it.
  public var order: Order?
  /// By the parcel's id.
  public var parcels: [Int64: Parcel] = [:]
  /// By the id of the refund's line.
  public var refunds: [Int64: Refund] = [:]
  /// By the fulfillment order's id.
  public var routes: [Int64: Route] = [:]

  /// The line in a whole body of its order.
  public struct Order: Hashable, Sendable {
    /// When the body was true.
    public var updatedAt: Timestamp
    /// When the order was placed.
    public var placedAt: Timestamp
    /// True once the order is cancelled: what has not left is nobody's.
    public var isCancelled: Bool
    /// Units ever ordered.
    public var ordered: Int64
    /// Units that edits took out.
    public var removed: Int64
    /// Units refunded without restock in that body.
    public var keptGone: Int64
    /// Those of them that had left with a parcel: nothing is owed for them, and nothing more is gone.
    public var keptGoneAfterLeaving: Int64
  }

  /// Units of the line in a parcel that left.
  public struct Parcel: Hashable, Sendable {
    /// Units.
    public var units: Int64
    /// When it was made.
    public var time: Timestamp
    /// Shopify's location; nil where it is not said.
    public var location: Int64?
    /// True once it was cancelled: its units are owed again.
    public var isCancelled: Bool
  }

  /// Units of one line of a refund.
  public struct Refund: Hashable, Sendable {
    /// Units.
    public var units: Int64
    /// What becomes of them.
    public var restock: Restock
    /// When.
    public var time: Timestamp
    /// Shopify's location; nil where it is not said.
    public var location: Int64?
  }

  /// What a refund says of its units.
  public enum Restock: UInt8, Hashable, Sendable {
    /// They had not left, and are for sale again.
    case cancel = 0
    /// Nobody gets them back.
    case none = 1
    /// They come back: ours is to wait for the count of who receives them. Also what a later version may say.
    case comesBack = 2
  }

  /// A fulfillment order's wish for units of the line.
  public struct Route: Hashable, Sendable {
    /// Units that are still to leave; 0 once it is closed or cancelled.
    public var units: Int64
    /// Shopify's location.
    public var location: Int64
    /// When it was so.
    public var time: Timestamp
  }

  /// Nothing is known.
  public init() {}

  /// Adds what others know. It does not matter who joins whom, in which order, and how often.
  public mutating func join(_ other: ShopifyFacts) {
    order = [order, other.order].compactMap { $0 }.max { $0.progress.lexicographicallyPrecedes($1.progress) }
    parcels.merge(other.parcels) { $0.progress.lexicographicallyPrecedes($1.progress) ? $1 : $0 }
    refunds.merge(other.refunds) { $0.progress.lexicographicallyPrecedes($1.progress) ? $1 : $0 }
    routes.merge(other.routes) { $0.progress.lexicographicallyPrecedes($1.progress) ? $1 : $0 }
  }

  /// Shopify's locations where units are wanted, or left from.
  var locations: Set<Int64> {
    Set(parcels.values.compactMap(\.location) + routes.values.filter { $0.units > 0 }.map(\.location))
  }

  /// When anything of the line last changed, as far as facts say it; an order's own time only by its cancel, because
  /// any note on it moves that.
  var changedAt: Timestamp {
    var last = order.map { $0.isCancelled ? $0.updatedAt : $0.placedAt } ?? .distantPast
    for time in parcels.values.map(\.time) + refunds.values.map(\.time) + routes.values.map(\.time) {
      last = max(last, time)
    }
    return last
  }

  /// The first that is heard of the line.
  var beganAt: Timestamp {
    let times = parcels.values.map(\.time) + refunds.values.map(\.time) + routes.values.map(\.time)
    return order?.placedAt ?? times.min() ?? .distantPast
  }
}

// What goes on grows, compared from the first number to the last. Shopify's times are whole seconds: of two states of
// one second the one that has come further is the newer one.
extension ShopifyFacts.Order {
  fileprivate var progress: [Int64] {
    [
      updatedAt.milliseconds, isCancelled ? 1 : 0, ordered, removed, keptGone, keptGoneAfterLeaving,
      placedAt.milliseconds,
    ]
  }
}

extension ShopifyFacts.Parcel {
  fileprivate var progress: [Int64] { [isCancelled ? 1 : 0, units, time.milliseconds, location ?? -1] }
}

extension ShopifyFacts.Refund {
  fileprivate var progress: [Int64] { [units, Int64(restock.rawValue), time.milliseconds, location ?? -1] }
}

extension ShopifyFacts.Route {
  // Of one second, the one that wants less: a fulfillment order is worked off.
  fileprivate var progress: [Int64] { [time.milliseconds, -units, location] }
}
