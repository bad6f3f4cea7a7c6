import StockJournal
import StockLedger
import Synchronization

/// One shard's place in memory where turns leave their entries for the next commit.
///
/// The lock is held for the length of one encoding, some 60 ns; 256 shards make two turns meet at one rarely.
final class ShardLog: Sendable {
  struct State: ~Copyable {
    var gather: ShardGather
    /// Grows when a commit of this shard failed: turns of keepers that were activated before it write nothing.
    var generation: UInt32 = 0
  }

  let shard: UInt8
  /// What every keeper of the shard needs besides its log, kept here once: a reference a keeper instead of three.
  let timers: KeeperTimers
  let policies: PolicyBook
  /// True where the open record is half full: the committer lags, and new work is refused until it has taken it.
  private let crowded = Atomic<Bool>(false)
  private let state: Mutex<State>
  /// The newest entry's time, in milliseconds: a keeper that comes to memory starts from it.
  private let newestTime: Atomic<Int64>

  init(shard: Int, head: ShardHead, timers: KeeperTimers, policies: PolicyBook) {
    self.shard = UInt8(shard)
    self.timers = timers
    self.policies = policies
    newestTime = Atomic(head.time.milliseconds)
    state = Mutex(State(gather: ShardGather(after: head, openCommit: 1)))
  }

  /// Where a turn's entries went.
  struct Place: Sendable {
    let number: UInt64
    let commit: UInt64
  }

  /// Appends one entry; nil where the keeper is of an older generation, or the record is full.
  @inline(__always)
  func append(key: StockKey, entry: JournalEntry, generation: UInt32) -> Place? {
    state.withLock { state in
      guard state.generation == generation else { return nil }
      let commit = state.gather.openCommit
      let number = state.gather.append(key: key, entry: entry)
      note(state.gather)
      return Place(number: number, commit: commit)
    }
  }

  /// Appends one turn's entries; nil where the keeper is of an older generation.
  func append(key: StockKey, entries: [JournalEntry], generation: UInt32) -> Place? {
    state.withLock { state in
      guard state.generation == generation else { return nil }
      let commit = state.gather.openCommit
      let number = state.gather.append(key: key, entries: entries)
      note(state.gather)
      return Place(number: number, commit: commit)
    }
  }

  @inline(__always)
  private func note(_ gather: borrowing ShardGather) {
    newestTime.store(gather.time.milliseconds, ordering: .relaxed)
    if gather.isCrowded { crowded.store(true, ordering: .relaxed) }
  }

  /// The newest entry's time.
  var time: Timestamp { Timestamp(milliseconds: newestTime.load(ordering: .relaxed)) }

  var generation: UInt32 { state.withLock { $0.generation } }

  /// New commands of the shard wait while this is true; what ends by itself does not.
  var isCrowded: Bool { crowded.load(ordering: .relaxed) }

  func take(commit: UInt64) -> ShardGather.Batch? {
    state.withLock { state in
      crowded.store(false, ordering: .relaxed)
      return state.gather.take(commit: commit)
    }
  }

  /// After a failed commit: what was gathered behind it is dropped, and no keeper of before writes again.
  func fence() { state.withLock { $0.generation += 1 } }

  /// Starts again after the head that the store has.
  func restart(after head: ShardHead) { state.withLock { $0.gather.restart(after: head) } }
}
