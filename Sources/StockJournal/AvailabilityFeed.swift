public import StockLedger

/// Where what may be sold is told to the outside, for storefronts that read it there: a copy that the engine never
/// reads back.
///
/// Only what is durable is published, and only of shards that this process surely owns. Every key comes again within
/// the engine's refresh time, so what is published may be given a time to live.
public protocol AvailabilityFeed: Sendable {
  /// Takes some changes, at most 1,000, each key at most once; the engine hands over the next ones when this returns.
  /// A feed that cannot reach its place drops them: the refresh brings them again.
  func publish(_ changes: [AvailabilityChange]) async
}

/// What may be sold of one key.
public struct AvailabilityChange: Hashable, Sendable {
  /// The key: of a location, never of an item or a shop.
  public var key: StockKey
  /// Units that may be promised.
  public var availableToSell: Int64

  /// What may be sold of one key.
  public init(key: StockKey, availableToSell: Int64) {
    self.key = key
    self.availableToSell = availableToSell
  }
}
