public import Logging
public import StockJournal
import StockLedger
public import Tracing

/// Which shards an engine takes when it opens.
public enum ShardSelection: Hashable, Sendable {
  /// All of them: one process owns the store.
  case all
  /// These; others may come later by ``InventoryEngine/adopt(_:)``. A shard outside 0 to 255 is a violation.
  case some([Int])
  /// None, and it never will: all shards are read as they are now, nothing is taken from their owners. Such an engine
  /// is never run and refuses every command.
  case readOnly
}

extension InventoryEngine {
  /// Opens an engine on a store: claims, verified snapshots, then replay, then the invariants; unfinished carts are
  /// finished by ``run()`` before anything else.
  ///
  /// - Parameters:
  ///   - shards: What it owns from the start.
  ///   - feed: Where what may be sold is told to the outside; nil = nowhere.
  ///   - tracer: Where the spans of turns and commits go; nil = nowhere, and none is made.
  /// - Throws: ``StartFailure`` with one clear line, also where another process holds one of the shards; nothing is
  ///   owned then.
  public static func open(
    store: any JournalStore, settings: EngineSettings = EngineSettings(), shards: ShardSelection = .all,
    clock: any EngineClock, logger: Logger, feed: (any AvailabilityFeed)? = nil,
    tracer: (any Tracer)? = nil
  ) async throws(StartFailure) -> InventoryEngine {
    let heads: [ShardHead]
    do throws(StoreFailure) { heads = try await store.heads() } catch { throw .store(error) }
    let lastTime = heads.map(\.time).max() ?? .distantPast
    if let jump = settings.clockJumpMax, lastTime > .distantPast, clock.now > lastTime + jump {
      throw .clockJumped(last: lastTime, now: clock.now)
    }
    let engine = InventoryEngine(
      store: store, settings: settings, clock: clock, logger: logger, isReadOnly: shards == .readOnly, feed: feed,
      tracer: tracer)
    do throws(StoreFailure) {
      switch shards {
      case .all: try await engine.adoptAll(Array(heads.indices))
      case .some(let shards): try await engine.adoptAll(shards)
      case .readOnly: try await engine.look(heads)
      }
    } catch { throw .store(error) }
    return engine
  }

  /// Claims shards, all or none.
  private func adoptAll(_ shards: [Int]) async throws(StoreFailure) {
    let refused = try await claim(Set(shards).sorted(), allOrNone: true)
    guard let shard = refused.keys.min(), let outcome = refused[shard] else { return }
    switch outcome {
    case .granted: break
    case .held(let holder, let milliseconds):
      throw .owned("shard \(shard) is \(holder)'s for \(milliseconds) ms more")
    case .failed(let failure): throw failure
    }
  }

  /// Reads all shards without taking any.
  private func look(_ heads: [ShardHead]) async throws(StoreFailure) {
    for shard in heads.indices { directory.expect(shard: shard) }
    for state in try await ShardState.readAll(heads.indices.filter { heads[$0].number > 0 }, from: store) {
      try place(state)
    }
    for shard in heads.indices { directory.open(shard: shard) }
  }
}
