public import StockLedger

/// Which of a shop's keys a list shows; without a word all of them.
public struct StockFilter: Sendable {
  /// SKUs that begin so, byte by byte.
  public var skuPrefix = ""
  /// Only this location.
  public var location: String?
  /// Only keys with more claimed than there is.
  public var hasShortfall = false
  /// Only keys of which at most so many units may be promised.
  public var availableAtMost: Int64?
  /// Only keys of which at least so many units may be promised.
  public var availableAtLeast: Int64?

  /// All keys.
  public init() {}

  /// Whether the key itself may be shown: what can be said without reading its stock.
  func accepts(_ key: StockKey) -> Bool { location.map { $0.utf8.elementsEqual(key.location.utf8) } ?? true }

  /// Whether what was read of a key is shown.
  func accepts(_ view: StockView) -> Bool {
    // A hold that was refused leaves a key behind that has no entry.
    view.entry.number > 0 && (!hasShortfall || view.numbers.shortfall > 0)
      && view.availableToSell <= availableAtMost ?? .max && view.availableToSell >= availableAtLeast ?? .min
  }
}

/// Some keys of a shop, and where the list goes on.
public struct StockPage: Sendable {
  /// Durable views, in the list's order.
  public internal(set) var views: [StockView] = []
  /// The last key that was looked at: the next page starts after it. Nil where there are no more.
  public internal(set) var last: StockKey?
  /// Shards that live elsewhere: their keys are not in the list.
  public internal(set) var shardsElsewhere = 0
}
