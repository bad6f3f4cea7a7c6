import StockJournal
public import StockLedger
import Synchronization

/// What was so before: read from the journal beside the running engine, only what is durable.
extension InventoryEngine {
  /// What might be sold of a key at a moment of its past.
  ///
  /// - Throws: ``HistoryFailure``; ``HistoryFailure/notYet`` for a moment after now.
  public func stock(_ key: StockKey, at moment: HistoryMoment) async throws(HistoryFailure) -> StockView {
    if case .time(let time) = moment, time > clock.now { throw .notYet }
    return try await ask(about: key) { history throws(HistoryFailure) in
      let found = try await history.state(at: moment)
      return StockView(key: key, level: found.level, entry: found.entry, at: clock.now)
    }
  }

  /// What made a key's numbers at a moment: the newest entries that changed one, and what was so before those.
  ///
  /// - Parameters:
  ///   - moment: Nil for now.
  ///   - count: The most entries that are told, at least 1.
  /// - Throws: ``HistoryFailure``; ``HistoryFailure/notYet`` for a moment after now.
  public func explanation(
    of key: StockKey, at moment: HistoryMoment? = nil, last count: Int
  ) async throws(HistoryFailure) -> StockExplanation {
    let now = clock.now
    if case .time(let time) = moment, time > now { throw .notYet }
    return try await ask(about: key) { history throws(HistoryFailure) in
      try await history.explanation(at: moment ?? .time(now), last: count)
    }
  }

  /// A key's entries after one of its shard, oldest first.
  public func entries(
    of key: StockKey, after number: UInt64, limit: Int
  ) async throws(HistoryFailure) -> HistoryPage {
    try await ask(about: key) { history throws(HistoryFailure) in
      try await history.entries(after: number, limit: limit)
    }
  }

  /// A key's entries before one of its shard, newest first; before none, its newest.
  public func entries(
    of key: StockKey, before number: UInt64 = .max, limit: Int
  ) async throws(HistoryFailure) -> HistoryPage {
    try await ask(about: key) { history throws(HistoryFailure) in
      try await history.entries(before: number, limit: limit)
    }
  }

  private func ask<Answer: Sendable>(
    about key: StockKey, _ question: (KeyHistory) async throws(HistoryFailure) -> Answer
  ) async throws(HistoryFailure) -> Answer {
    guard historyGate.enter(key.shop) else { throw .overloaded(retryAfter: settings.storeRetryAfter) }
    defer { historyGate.leave(key.shop) }
    return try await question(KeyHistory(of: key, in: store, through: try await durableHead(of: key.shard)))
  }

  /// Where a shard's log durably ends.
  private func durableHead(of shard: Int) async throws(HistoryFailure) -> ShardHead {
    if let tenure = committer.tenures.tenure(of: shard) { return tenure.head }
    guard isReadOnly else { throw .elsewhere }
    do throws(StoreFailure) { return try await store.heads()[shard] } catch { throw HistoryFailure(error) }
  }
}

/// How many questions about the past may be answered at once: each may read for seconds.
final class HistoryGate: Sendable {
  /// Of one shop: a page with several panes.
  static let perShopMax = 4
  /// Of all shops together: they share the store's one thread with the commits, and each holds a page of records.
  static let max = 8

  private let asking = Mutex<[String: Int]>([:])

  /// False where too many are asking; else ``leave(_:)`` has to follow.
  func enter(_ shop: String) -> Bool {
    asking.withLock { asking in
      guard asking[shop, default: 0] < Self.perShopMax, asking.values.reduce(0, +) < Self.max else { return false }
      asking[shop, default: 0] += 1
      return true
    }
  }

  func leave(_ shop: String) {
    asking.withLock { asking in
      let left = (asking[shop] ?? 1) - 1
      asking[shop] = left > 0 ? left : nil
    }
  }
}
