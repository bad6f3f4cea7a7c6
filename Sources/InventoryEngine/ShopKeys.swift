import StockLedger

/// Keys of one shop, for lists: kept as they come, sorted when they are asked for.
struct ShopKeys {
  private var keys: [StockKey] = []
  private var isSorted = true

  var isEmpty: Bool { keys.isEmpty }

  mutating func add(_ key: StockKey) {
    keys.append(key)
    isSorted = false
  }

  mutating func remove(_ key: StockKey) { keys.removeAll { $0 == key } }

  /// The keys that do not meet a condition.
  func without(_ isMet: (StockKey) -> Bool) -> ShopKeys {
    var left = self
    left.keys.removeAll(where: isMet)
    return left
  }

  /// Keys in their order, at most so many.
  ///
  /// - Parameters:
  ///   - last: Only keys after this one.
  ///   - prefix: Only keys whose paths begin so; they stand side by side.
  mutating func page(after last: StockKey?, prefix: [UInt8], limit: Int) -> [StockKey] {
    if !isSorted {
      keys.sort()
      isSorted = true
    }
    let start = max(
      firstIndex { !$0.path.lexicographicallyPrecedes(prefix) }, last.map { last in firstIndex { last < $0 } } ?? 0)
    return Array(keys[start...].prefix(limit).prefix { $0.path.starts(with: prefix) })
  }

  /// The first place from which on all keys meet a condition.
  private func firstIndex(where isMet: (StockKey) -> Bool) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if isMet(keys[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
