import StockJournal
public import StockLedger

/// Reads for who looks at everything: keys at rest stay at rest.
extension InventoryEngine {
  /// The whole level of one key, durably, without bringing it to memory where it rests.
  ///
  /// - Returns: Nil where the key is not known here, its shard was lost meanwhile, or the store is lost for good.
  public func glance(at key: StockKey) async -> StockLevel? {
    if let image = directory.look(at: key).image { return try? StockLevel(image: image.bytes) }
    return directory.isKnown(key) ? await level(key) : nil
  }

  /// The shops that have stock in shards that are here, in their order; keys at rest stay at rest.
  public func shops() -> [String] {
    ownedShards.reduce(into: Set<String>()) { $0.formUnion(directory.shops(shard: $1)) }.sorted()
  }

  /// Walks over a shop's keys that are here, in the order of their shards, then of their names; some hundred at a time.
  public func eachKey(ofShop shop: String, _ visit: ([StockKey]) async -> Void) async {
    let prefix = Array("\(shop)\0".utf8)
    for shard in ownedShards {
      var last: StockKey?
      while true {
        let keys = await keys(ofShop: shop, shard: shard, after: last, prefix: prefix, limit: Self.keysPerWalkMax)
        let locations = keys.filter { !$0.isItem }
        if !locations.isEmpty { await visit(locations) }
        guard let end = keys.last else { break }
        last = end
      }
    }
  }

  /// Walks over the keys of all shops that are here, a shard's at a time, in the order of their names.
  public func eachKey(_ visit: ([StockKey]) async -> Void) async {
    for shard in ownedShards {
      await directory.waitWhileClosed(shard: shard)
      let locations = directory.keys(shard: shard).filter { !$0.isItem }
      if !locations.isEmpty { await visit(locations) }
    }
  }

  /// Keys that are walked over together: their names are copied out of the shard under its lock.
  private static let keysPerWalkMax = 500
}
