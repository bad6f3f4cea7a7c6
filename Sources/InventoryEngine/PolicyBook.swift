import StockLedger
import Synchronization

/// What configuration says at every level, in memory: rebuilt at recovery from the entries that said it.
///
/// A keeper compares one number per turn; where it has grown, it resolves its key's policy anew and journals the
/// change, so that replay never asks a configuration.
final class PolicyBook: Sendable {
  fileprivate struct Level {
    /// Nil where nothing was ever said; what was withdrawn is empty, so that keepers take that up too.
    var said: PolicyPatch?
    /// Rules that span an item's locations; nil where it has none.
    var rules: KeyPolicy?
  }

  fileprivate struct State {
    /// A level at which something was said stays, also where all of it was withdrawn.
    var levels: [StockKey: Level] = [:]
    /// The same levels by their shop, for lists: what one shop asks costs nothing for what others have.
    var shops: [String: ShopKeys] = [:]
    var itemCount = 0
  }

  private let state = Mutex(State())
  private let changes = Atomic<UInt64>(0)
  private let itemCount = Atomic<Int>(0)

  /// Grows with every change; 0 while nothing was ever said.
  var version: UInt64 { changes.load(ordering: .acquiring) }
  /// True where some item has rules that span its locations.
  var hasItemRules: Bool { itemCount.load(ordering: .relaxed) > 0 }

  /// Takes up what a level says now.
  func note(_ key: StockKey, level: StockLevel) {
    if let scope = level.scope { set(key, scope) }
    if key.isItem { setItem(key, level.policy) }
  }

  /// Takes up an accepted command.
  func note(_ key: StockKey, command: Command) {
    switch command {
    case .setScope(let patch): set(key, patch)
    case .setPolicy(let policy) where key.isItem: setItem(key, policy)
    default: break
    }
  }

  /// Forgets what the keys of shards said that went elsewhere; what a shop says stays, because it cannot change while
  /// the shop's keys live on several nodes.
  func forget(_ shards: Set<Int>) {
    let hasGone = { (key: StockKey) in !key.isShop && shards.contains(key.shard) }
    state.withLock { state in
      state.levels = state.levels.filter { !hasGone($0.key) }
      state.shops = state.shops.mapValues { $0.without(hasGone) }
      state.itemCount = state.levels.count { $0.value.rules != nil }
      itemCount.store(state.itemCount, ordering: .relaxed)
    }
  }

  private func set(_ key: StockKey, _ patch: PolicyPatch) {
    state.withLock { $0.change(key) { $0.said = patch } }
    changes.add(1, ordering: .releasing)
  }

  private func setItem(_ key: StockKey, _ policy: KeyPolicy) {
    let rules = policy == .default ? nil : policy
    state.withLock { state in
      if rules == nil && state.levels[key]?.rules == nil { return }
      state.change(key) { $0.rules = rules }
      itemCount.store(state.itemCount, ordering: .relaxed)
    }
  }

  /// True where the key's item has rules that span its locations.
  func hasRules(itemOf key: StockKey) -> Bool {
    guard hasItemRules else { return false }
    let item = key.item
    return state.withLock { $0.levels[item]?.rules != nil }
  }

  /// What one level says; nil where nothing was ever said.
  func scope(_ key: StockKey) -> PolicyPatch? { state.withLock { $0.levels[key]?.said } }

  /// The rules that span an item's locations; nil where it has none.
  func rules(ofItem key: StockKey) -> KeyPolicy? { state.withLock { $0.levels[key]?.rules } }

  /// A key's policy: shop, then item, then key, the most exact part wins. Nil where no level says anything.
  func policy(of key: StockKey) -> KeyPolicy? {
    if key.isItem { return nil }
    let item = key.item
    let shop = key.shopKey
    return state.withLock { state in
      let said = [shop, item, key].compactMap { state.levels[$0]?.said }
      return said.isEmpty ? nil : said.reduce(.default) { $1.applied(to: $0) }
    }
  }

  /// Levels of a shop that say something, in the order of their names.
  ///
  /// - Parameter looksMax: The most levels looked at: a page may end there with nothing found.
  func page(ofShop shop: String, after last: StockKey?, limit: Int, looksMax: Int) -> PolicyPage {
    state.withLock { state in
      let keys = state.shops[shop]?.page(after: last, prefix: [], limit: looksMax) ?? []
      var page = PolicyPage()
      for key in keys {
        let said = state.levels[key]?.said ?? PolicyPatch()
        let rules = state.levels[key]?.rules
        if said != PolicyPatch() || rules != nil {
          if page.levels.count == limit { return page }
          page.levels.append(PolicyLevel(key: key, said: said, rules: rules))
        }
        page.last = key
      }
      if keys.count < looksMax { page.last = nil }
      return page
    }
  }
}

extension PolicyBook.State {
  fileprivate mutating func change(_ key: StockKey, _ change: (inout PolicyBook.Level) -> Void) {
    let before = levels[key]
    if before == nil { shops[key.shop, default: ShopKeys()].add(key) }
    var level = before ?? PolicyBook.Level()
    change(&level)
    levels[key] = level
    itemCount += (level.rules == nil ? 0 : 1) - (before?.rules == nil ? 0 : 1)
  }
}

extension StockKey {
  /// True where the key names a shop rather than one of its items.
  var isShop: Bool { isItem && sku.isEmpty }
}
