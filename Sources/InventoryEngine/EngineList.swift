import StockJournal
public import StockLedger

/// Lists of what a shop has. A page costs bounded work, whatever it finds and whatever other shops have.
extension InventoryEngine {
  /// Keys that are looked at for one page: some 20 ms of reading. A page may end there with nothing found.
  static let looksPerPageMax = 10_000
  /// Keys that are read together, with one wait for what is on its way.
  private static let keysPerReadMax = 250

  /// A page of a shop's keys with what may be sold of them, in the order of their shards, then of their names: a key
  /// that is there from the first page to the last is shown once, whatever comes and goes meanwhile.
  ///
  /// - Parameters:
  ///   - last: Where the page before ended; nil for the first.
  ///   - limit: The most keys shown, at least 1.
  public func list(
    shop: String, after last: StockKey? = nil, limit: Int, _ filter: StockFilter = StockFilter()
  ) async -> StockPage {
    var page = StockPage()
    let prefix = Array("\(shop)\0\(filter.skuPrefix)".utf8)
    var looksLeft = Self.looksPerPageMax
    var last = last
    for shard in (last?.shard ?? 0)..<Self.shardCount {
      while true {
        let wanted = min(Self.keysPerReadMax, looksLeft)
        let keys = await keys(ofShop: shop, shard: shard, after: last, prefix: prefix, limit: wanted)
        for view in await views(of: keys.filter { filter.accepts($0) }) where filter.accepts(view) {
          page.views.append(view)
          if page.views.count == limit { return ended(page, after: view.key) }
        }
        looksLeft -= keys.count
        last = keys.last
        if looksLeft == 0 { return ended(page, after: last) }
        if keys.count < wanted { break }
      }
      last = nil
    }
    return ended(page, after: nil)
  }

  /// Waits for a shard that is being read: it has forgotten its keys meanwhile.
  func keys(
    ofShop shop: String, shard: Int, after last: StockKey?, prefix: [UInt8], limit: Int
  ) async -> [StockKey] {
    while true {
      await directory.waitWhileClosed(shard: shard)
      let found = directory.keys(ofShop: shop, shard: shard, after: last, prefix: prefix, limit: limit)
      if directory.isOpen(shard: shard) || directory.isElsewhere(shard: shard) { return found }
    }
  }

  private func ended(_ page: StockPage, after last: StockKey?) -> StockPage {
    var page = page
    page.last = last
    page.shardsElsewhere = Self.shardCount - ownedShards.count
    return page
  }

  /// Durable views of some keys of one shard, in their order, with one wait for all of them; keys that went elsewhere
  /// meanwhile are left out.
  private func views(of keys: [StockKey]) async -> [StockView] {
    guard let shard = keys.first?.shard else { return [] }
    let failuresBefore = committer.tenures.failureCount
    let age = age(ofShard: shard)
    var views: [StockView] = []
    var commit: UInt64 = 0
    for key in keys {
      if let view = restingView(of: key, age: age) {
        views.append(view)
      } else if age == 0, !isReadOnly, let keeper = directory.look(at: key).keeper,
        let turn = await keeper.view(now: clock.now)
      {
        views.append(turn.content)
        commit = max(commit, turn.commit)
      } else if let view = await stock(key) {
        views.append(view)
      }
    }
    if commit == 0 { return views }
    committer.kick()
    if await committer.wait(for: commit), !isLost(keys[0], since: failuresBefore) { return views }
    // The store failed or went away meanwhile: each key says for itself what of it is durable.
    var durable: [StockView] = []
    for key in keys { if let view = await stock(key) { durable.append(view) } }
    return durable
  }

  /// What a key's image says, so that a list brings no resting key into memory; nil where the key is active, or has to
  /// take up new configuration first.
  private func restingView(of key: StockKey, age: Int64) -> StockView? {
    guard age < .max, let image = directory.look(at: key).image, let level = try? StockLevel(image: image.bytes) else {
      return nil
    }
    if policies.version > 0, let policy = policies.policy(of: key), policy != level.policy { return nil }
    return StockView(
      key: key, level: level, entry: EntryNumber(shard: UInt8(key.shard), number: image.number), at: clock.now - age,
      age: age)
  }
}
