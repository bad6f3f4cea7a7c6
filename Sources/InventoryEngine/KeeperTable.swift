import StockLedger

/// The active keepers of one part, found by their keys' stored hashes: one touch of memory before the keeper itself.
///
/// A dictionary touched three places (bits, key, value), hashed the hash again and took a hundred bytes a key.
struct KeeperTable {
  private var buckets: [StockKeeper?] = []
  private(set) var count = 0

  /// The keys, in no order that may show.
  var keys: [StockKey] { buckets.compactMap { $0?.key } }

  @inline(__always)
  private func home(_ key: StockKey) -> Int {
    // The lowest bits of the key's hash; the part was chosen by the item's.
    Int(truncatingIfNeeded: key.keyHash) & (buckets.count - 1)
  }

  @inline(__always)
  func find(_ key: StockKey) -> StockKeeper? {
    if buckets.isEmpty { return nil }
    var bucket = home(key)
    while let keeper = buckets[bucket] {
      if keeper.key == key { return keeper }
      bucket = (bucket + 1) & (buckets.count - 1)
    }
    return nil
  }

  /// Adds a keeper whose key is not in the table.
  mutating func insert(_ keeper: StockKeeper) {
    if (count + 1) * 2 > buckets.count {
      let old = buckets
      buckets = Array(repeating: nil, count: max(8, old.count * 2))
      for keeper in old { if let keeper { place(keeper) } }
    }
    place(keeper)
    count += 1
  }

  private mutating func place(_ keeper: StockKeeper) {
    var bucket = home(keeper.key)
    while buckets[bucket] != nil { bucket = (bucket + 1) & (buckets.count - 1) }
    buckets[bucket] = keeper
  }

  /// Takes a keeper out, moving later ones of its run back.
  mutating func remove(_ key: StockKey) {
    if buckets.isEmpty { return }
    let mask = buckets.count - 1
    var hole = home(key)
    while let keeper = buckets[hole], keeper.key != key { hole = (hole + 1) & mask }
    if buckets[hole] == nil { return }
    var bucket = hole
    while true {
      bucket = (bucket + 1) & mask
      guard let next = buckets[bucket] else { break }
      if (bucket &- home(next.key)) & mask >= (bucket &- hole) & mask {
        buckets[hole] = next
        hole = bucket
      }
    }
    buckets[hole] = nil
    count -= 1
  }

  mutating func removeAll() {
    buckets = []
    count = 0
  }
}
