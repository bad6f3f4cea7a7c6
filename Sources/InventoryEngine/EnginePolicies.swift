public import StockLedger

/// Lists of what configuration says.
extension InventoryEngine {
  /// A page of the levels of a shop at which something is said: the shop's own first, then item by item, each with
  /// its locations. Waits for shards that are being read; asks no keeper, as ``policy(at:)`` does not.
  ///
  /// - Parameters:
  ///   - last: Where the page before ended; nil for the first.
  ///   - limit: The most levels shown, at least 1.
  public func policies(ofShop shop: String, after last: StockKey? = nil, limit: Int) async -> PolicyPage {
    for shard in 0..<Self.shardCount { await directory.waitWhileClosed(shard: shard) }
    var page = policies.page(ofShop: shop, after: last, limit: limit, looksMax: Self.looksPerPageMax)
    page.shardsElsewhere = Self.shardCount - ownedShards.count
    return page
  }
}

/// A level at which configuration says something.
public struct PolicyLevel: Sendable {
  /// The shop's key, an item's or a location's.
  public let key: StockKey
  /// What it says; empty where only ``rules`` are there.
  public let said: PolicyPatch
  /// Of an item: the rules that span its locations; nil where it has none.
  public let rules: KeyPolicy?
}

/// Some levels of a shop, and where the list goes on.
public struct PolicyPage: Sendable {
  /// In the order of their names.
  public internal(set) var levels: [PolicyLevel] = []
  /// The last level that was looked at: the next page starts after it. Nil where there are no more.
  public internal(set) var last: StockKey?
  /// Shards that live elsewhere: what is said of their items is not in the list.
  public internal(set) var shardsElsewhere = 0
}
