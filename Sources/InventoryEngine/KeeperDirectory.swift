import StockJournal
import StockLedger
import Synchronization

/// Which keeper owns which key: one part per shard, each behind a lock of its own.
///
/// A key is *active* (its keeper is in memory), *resting* (its whole state is an image) or *leaving* (its keeper is
/// asked whether it may rest; who wants it waits). An activation happens inside the lock, so there is never a second
/// keeper. A part is open, closed while its shard is read from the store, or elsewhere: then it has no keepers at all,
/// because a new one would show 0.
final class KeeperDirectory: Sendable {
  private typealias Waiting = CheckedContinuation<Void, Never>

  private enum Slot {
    case resting(number: UInt64, image: [UInt8])
    case leaving(StockKeeper, [Waiting])
  }

  private enum Access {
    case open
    case closed([Waiting])
    case elsewhere
  }

  private struct Part: ~Copyable {
    var active = KeeperTable()
    /// Keys that are not active: resting or leaving.
    var slots: [StockKey: Slot] = [:]
    /// Keys by their item's hash, kept from the first question on: most engines never ask in most shards.
    var locations: [UInt64: [StockKey]]?
    /// Keys of locations by their shop, kept from the first question on.
    var shops: [String: ShopKeys]?
    /// By the item's hash: two items of one hash would share an index, in which each claim still has its own places.
    var items: [UInt64: ItemKeeper] = [:]
    var access = Access.elsewhere

    /// Every key, in no order that may show.
    var knownKeys: [StockKey] { Array(slots.keys) + active.keys }

    var isOpen: Bool { if case .open = access { true } else { false } }
    var isElsewhere: Bool { if case .elsewhere = access { true } else { false } }

    /// Forgets all keys.
    ///
    /// - Returns: The keepers that were in memory, by key, and who waited for one that was leaving it.
    mutating func clear() -> (keepers: [StockKeeper], waiting: [Waiting]) {
      var keepers: [StockKeeper] = []
      var waiting: [Waiting] = []
      for key in knownKeys.sorted() {
        if let keeper = active.find(key) { keepers.append(keeper) }
        if case .leaving(let keeper, let continuations) = slots[key] {
          keepers.append(keeper)
          waiting += continuations
        }
      }
      slots = [:]
      active.removeAll()
      locations = nil
      shops = nil
      items = [:]
      return (keepers, waiting)
    }
  }

  private let parts: [PartBox]
  private let logs: [ShardLog]
  private let shops = Mutex<[String: ShopGate]>([:])

  private final class PartBox: Sendable {
    let part = Mutex(Part())
  }

  init(logs: [ShardLog]) {
    self.logs = logs
    parts = logs.map { _ in PartBox() }
  }

  /// The keeper of a key: from memory, from its image, or a new one. Nil where its shard lives elsewhere.
  func keeper(for key: StockKey) async -> StockKeeper? {
    while true {
      if let keeper = find(key) { return keeper }
      if isElsewhere(shard: key.shard) { return nil }
      await waitForChange(of: key)
    }
  }

  /// The keeper where nobody has to wait for it.
  @inline(__always)
  func find(_ key: StockKey) -> StockKeeper? {
    parts[key.shard].part.withLock { part in
      if let keeper = part.active.find(key) { return keeper }
      guard part.isOpen else { return nil }
      switch part.slots[key] {
      case .leaving: return nil
      case .resting(let number, let image): return activate(key, number: number, image: image, in: &part)
      case nil: return activate(key, number: 0, image: nil, in: &part)
      }
    }
  }

  private func activate(_ key: StockKey, number: UInt64, image: [UInt8]?, in part: inout Part) -> StockKeeper {
    let level: StockLevel
    if let image {
      do throws(ByteError) { level = try StockLevel(image: image) } catch {
        // Images are checked when they are read from the store; in memory only we can have broken one.
        invariant(false, "the image of \(key) is readable: \(error)")
        level = StockLevel()
      }
    } else {
      level = StockLevel(spansLocations: key.isItem)
    }
    return place(key, level: level, number: number, in: &part)
  }

  private func place(_ key: StockKey, level: StockLevel, number: UInt64, in part: inout Part) -> StockKeeper {
    let log = logs[key.shard]
    var level = level
    var due = level.nextDue()
    // A recovered line or end is asked about at once; should that fail, the keeper's own timer asks again.
    if !level.openCartLines.isEmpty || !level.cartsToSpread.isEmpty {
      due = min(due ?? .distantFuture, log.time + Limits.cartDecisionMax)
    }
    let keeper = StockKeeper(
      key: key, level: level, number: number, log: log, generation: log.generation, shop: shopGate(key.shop))
    if part.slots.removeValue(forKey: key) == nil { noteLocation(key, in: &part) }
    part.active.insert(keeper)
    if let due { log.timers.set(due, for: keeper) }
    return keeper
  }

  private func noteLocation(_ key: StockKey, in part: inout Part) {
    if key.isItem { return }
    part.locations?[key.itemHash, default: []].append(key)
    if part.shops != nil { part.shops?[key.shop, default: ShopKeys()].add(key) }
  }

  private func forgetLocation(_ key: StockKey, in part: inout Part) {
    part.locations?[key.itemHash]?.removeAll { $0 == key }
    if part.shops != nil { part.shops?[key.shop]?.remove(key) }
  }

  private func shopGate(_ shop: String) -> ShopGate {
    shops.withLock { shops in
      if let gate = shops[shop] { return gate }
      let gate = ShopGate()
      shops[shop] = gate
      return gate
    }
  }

  private func waitForChange(of key: StockKey) async {
    await withCheckedContinuation { continuation in
      let waits = parts[key.shard].part.withLock { part in
        switch part.access {
        case .elsewhere: return false
        case .closed(let waiting):
          part.access = .closed(waiting + [continuation])
          return true
        case .open:
          guard case .leaving(let keeper, let waiting) = part.slots[key] else { return false }
          part.slots[key] = .leaving(keeper, waiting + [continuation])
          return true
        }
      }
      if !waits { continuation.resume() }
    }
  }

  // MARK: Items

  /// The keeper of a key's item: made on first use.
  func itemKeeper(of key: StockKey) -> ItemKeeper {
    parts[key.shard].part.withLock { part in
      if let keeper = part.items[key.itemHash] { return keeper }
      let keeper = ItemKeeper()
      part.items[key.itemHash] = keeper
      return keeper
    }
  }

  /// The keys of an item's locations, sorted.
  func locations(of item: StockKey) -> [StockKey] {
    let found = parts[item.shard].part.withLock { part in
      if part.locations == nil {
        var locations: [UInt64: [StockKey]] = [:]
        for key in part.knownKeys where !key.isItem { locations[key.itemHash, default: []].append(key) }
        part.locations = locations
      }
      return part.locations?[item.itemHash] ?? []
    }
    return found.filter { $0.item == item }.sorted()
  }

  /// Some keys of a shop's locations in a shard, in their order.
  ///
  /// What other shops have in the shard is looked through once, by the first question; from then on it costs nothing.
  func keys(ofShop shop: String, shard: Int, after last: StockKey?, prefix: [UInt8], limit: Int) -> [StockKey] {
    parts[shard].part.withLock { part in
      indexShops(of: &part)
      return part.shops?[shop]?.page(after: last, prefix: prefix, limit: limit) ?? []
    }
  }

  /// The shops that have keys of locations in a shard, in no order that may show.
  func shops(shard: Int) -> Set<String> {
    parts[shard].part.withLock { part in
      indexShops(of: &part)
      return Set(part.shops?.filter { !$0.value.isEmpty }.keys.map(\.self) ?? [])
    }
  }

  private func indexShops(of part: inout Part) {
    if part.shops != nil { return }
    var shops: [String: ShopKeys] = [:]
    for key in part.knownKeys where !key.isItem { shops[key.shop, default: ShopKeys()].add(key) }
    part.shops = shops
  }

  // MARK: Recovery

  /// Puts a recovered key into its place.
  ///
  /// - Returns: Its keeper where it has something in motion; nil where it rests.
  @discardableResult
  func restore(_ key: StockKey, level: StockLevel, number: UInt64) -> StockKeeper {
    parts[key.shard].part.withLock { place(key, level: level, number: number, in: &$0) }
  }

  /// Puts a key at rest, from its image.
  func restore(resting image: KeyImage) {
    parts[image.key.shard].part.withLock { part in
      if part.slots.updateValue(.resting(number: image.number, image: image.bytes), forKey: image.key) == nil {
        noteLocation(image.key, in: &part)
      }
    }
  }

  func reserve(shard: Int, keys: Int) {
    parts[shard].part.withLock { $0.slots.reserveCapacity(keys) }
  }

  // MARK: Open, closed, elsewhere

  /// Closes an open shard while it is reloaded: its keepers are let go, and who wants one waits.
  func close(shard: Int) -> [StockKeeper] {
    parts[shard].part.withLock { part in
      guard part.isOpen else { return [] }
      let (keepers, waiting) = part.clear()
      part.access = .closed(waiting)
      return keepers
    }
  }

  /// Closes a shard that was elsewhere, until it has been read: who wants a keeper waits from now on.
  func expect(shard: Int) {
    parts[shard].part.withLock { part in
      _ = part.clear()
      part.access = .closed([])
    }
  }

  /// Opens a closed shard; false where it has gone elsewhere meanwhile.
  @discardableResult
  func open(shard: Int) -> Bool {
    let (waiting, isOpen): ([Waiting], Bool) = parts[shard].part.withLock { part in
      guard case .closed(let waiting) = part.access else { return ([], part.isOpen) }
      part.access = .open
      return (waiting, true)
    }
    for continuation in waiting { continuation.resume() }
    return isOpen
  }

  /// Lets a shard go: its keepers too, and who waits learns that it lives elsewhere.
  func depart(shard: Int) -> [StockKeeper] {
    let (keepers, waiting) = parts[shard].part.withLock { part in
      var (keepers, waiting) = part.clear()
      if case .closed(let outside) = part.access { waiting += outside }
      part.access = .elsewhere
      return (keepers, waiting)
    }
    for continuation in waiting { continuation.resume() }
    return keepers
  }

  /// True where all keys of the shard are here.
  func isOpen(shard: Int) -> Bool { parts[shard].part.withLock { $0.isOpen } }

  func isElsewhere(shard: Int) -> Bool { parts[shard].part.withLock { $0.isElsewhere } }

  /// Returns when the shard is not closed any more.
  func waitWhileClosed(shard: Int) async {
    await withCheckedContinuation { continuation in
      let waits = parts[shard].part.withLock { part in
        guard case .closed(let waiting) = part.access else { return false }
        part.access = .closed(waiting + [continuation])
        return true
      }
      if !waits { continuation.resume() }
    }
  }

  // MARK: Passivation and snapshots

  /// All keys of a shard, sorted.
  func keys(shard: Int) -> [StockKey] { parts[shard].part.withLock { $0.knownKeys }.sorted() }

  /// True where something has been said of a key.
  func isKnown(_ key: StockKey) -> Bool {
    parts[key.shard].part.withLock { $0.active.find(key) != nil || $0.slots[key] != nil }
  }

  /// How many keys are known, and how many of them have a keeper in memory.
  func counts() -> (known: Int, active: Int) {
    var known = 0
    var active = 0
    for box in parts {
      box.part.withLock { part in
        known += part.slots.count + part.active.count
        active += part.active.count
      }
    }
    return (known, active)
  }

  /// A key's image where it rests, its keeper where it is active; nil where it is neither now.
  func look(at key: StockKey) -> (keeper: StockKeeper?, image: KeyImage?) {
    parts[key.shard].part.withLock { part in
      if let keeper = part.active.find(key) { return (keeper, nil) }
      return switch part.slots[key] {
      case .resting(let number, let bytes): (nil, KeyImage(key: key, number: number, bytes: bytes))
      case .leaving, nil: (nil, nil)
      }
    }
  }

  /// Asks one key's keeper to leave memory; true where it did.
  func passivate(_ key: StockKey, completed: UInt64, idleSince: Timestamp) async -> Bool {
    let keeper: StockKeeper? = parts[key.shard].part.withLock { part in
      guard part.isOpen, let keeper = part.active.find(key) else { return nil }
      part.slots[key] = .leaving(keeper, [])
      part.active.remove(key)
      return keeper
    }
    guard let keeper else { return false }
    let image = await keeper.passivate(completed: completed, idleSince: idleSince)
    let waiting: [Waiting] = parts[key.shard].part.withLock { part in
      // The shard may have been closed meanwhile: then this slot is gone, and its waiters with it.
      guard case .leaving(let asked, let waiting) = part.slots[key], asked === keeper else { return [] }
      if let image {
        if image.number == 0 {
          part.slots.removeValue(forKey: key)
          forgetLocation(key, in: &part)
        } else {
          part.slots[key] = .resting(number: image.number, image: image.bytes)
        }
      } else {
        part.slots.removeValue(forKey: key)
        part.active.insert(keeper)
      }
      return waiting
    }
    for continuation in waiting { continuation.resume() }
    return image != nil
  }
}
