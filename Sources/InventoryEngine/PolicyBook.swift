import StockLedger
import Synchronization

/// What configuration says at every level, in memory: rebuilt at recovery from the entries that said it.
///
/// A keeper compares one number per turn; where it has grown, it resolves its key's policy anew and journals the
/// change, so that replay never asks a configuration.
final class PolicyBook: Sendable {
  private struct State {
    var scopes: [StockKey: PolicyPatch] = [:]
    /// Rules that span an item's locations; an item without any is not there.
    var items: [StockKey: KeyPolicy] = [:]
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
    let count = state.withLock { state in
      state.scopes = state.scopes.filter { $0.key.isShop || !shards.contains($0.key.shard) }
      state.items = state.items.filter { !shards.contains($0.key.shard) }
      return state.items.count
    }
    itemCount.store(count, ordering: .relaxed)
  }

  private func set(_ key: StockKey, _ patch: PolicyPatch) {
    state.withLock { $0.scopes[key] = patch }
    changes.add(1, ordering: .releasing)
  }

  private func setItem(_ key: StockKey, _ policy: KeyPolicy) {
    let count = state.withLock { state in
      state.items[key] = policy == .default ? nil : policy
      return state.items.count
    }
    itemCount.store(count, ordering: .relaxed)
  }

  /// True where the key's item has rules that span its locations.
  func hasRules(itemOf key: StockKey) -> Bool {
    guard hasItemRules else { return false }
    let item = key.item
    return state.withLock { $0.items[item] != nil }
  }

  /// What one level says; nil where nothing was ever said.
  func scope(_ key: StockKey) -> PolicyPatch? { state.withLock { $0.scopes[key] } }

  /// The rules that span an item's locations; nil where it has none.
  func rules(ofItem key: StockKey) -> KeyPolicy? { state.withLock { $0.items[key] } }

  /// A key's policy: shop, then item, then key, the most exact part wins. Nil where no level says anything.
  func policy(of key: StockKey) -> KeyPolicy? {
    if key.isItem { return nil }
    let item = key.item
    let shop = key.shopKey
    return state.withLock { state in
      let said = [state.scopes[shop], state.scopes[item], state.scopes[key]].compactMap { $0 }
      return said.isEmpty ? nil : said.reduce(.default) { $1.applied(to: $0) }
    }
  }
}

extension StockKey {
  /// True where the key names a shop rather than one of its items.
  var isShop: Bool { isItem && sku.isEmpty }
}
