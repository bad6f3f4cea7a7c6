import StockLedger
import Synchronization

/// Keys that have changed since somebody last took them, in the order of their first change.
final class ChangedKeys: Sendable {
  fileprivate struct State {
    var keys: [StockKey] = []
    var known: Set<StockKey> = []
    var through = Timestamp.distantPast
  }

  private let state = Mutex(State())
  /// Rung when something was noted.
  private let bell: Bell?

  init(bell: Bell? = nil) { self.bell = bell }

  /// Notes keys; those of an item or a shop have nothing to sell of their own.
  func note(_ keys: [StockKey]) {
    if keys.isEmpty { return }
    state.withLock { $0.note(keys) }
    bell?.ring()
  }

  /// Notes the keys of a commit.
  ///
  /// - Parameter time: When it was taken.
  func note(_ taken: [ShardLog.Taken], through time: Timestamp) {
    state.withLock { state in
      for shard in taken { state.note(shard.touched) }
      state.through = time
    }
    bell?.ring()
  }

  /// Takes what was noted, and the time of the last commit that is in it.
  func take() -> (keys: [StockKey], through: Timestamp) {
    state.withLock { state in
      defer { state = State(through: state.through) }
      return (state.keys, state.through)
    }
  }
}

extension ChangedKeys.State {
  fileprivate mutating func note(_ noted: [StockKey]) {
    for key in noted where !key.isItem && known.insert(key).inserted { keys.append(key) }
  }
}

/// Who wants to hear which keys were committed. While nobody does, nothing is noted: a turn looks at one flag.
final class KeyWatches: Sendable {
  private let watches = Mutex<[ChangedKeys]>([])
  private let wanted = Atomic<Bool>(false)

  /// True where somebody watches.
  @inline(__always) var areWanted: Bool { wanted.load(ordering: .relaxed) }

  func add(_ watch: ChangedKeys) {
    watches.withLock { watches in
      watches.append(watch)
      wanted.store(true, ordering: .relaxed)
    }
  }

  func remove(_ watch: ChangedKeys) {
    watches.withLock { watches in
      watches.removeAll { $0 === watch }
      wanted.store(!watches.isEmpty, ordering: .relaxed)
    }
  }

  /// Tells everybody of a commit that is over.
  func note(_ taken: [ShardLog.Taken], through time: Timestamp) {
    for watch in watches.withLock({ $0 }) { watch.note(taken, through: time) }
  }
}
