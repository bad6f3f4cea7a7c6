import StockJournal
import StockLedger
import Synchronization

/// One shard's place in memory where turns leave their entries for the next commit.
///
/// The lock is held for the length of one encoding, some 60 ns; 256 shards make two turns meet at one rarely.
final class ShardLog: Sendable {
  struct State: ~Copyable {
    var gather = ShardGather(after: ShardHead(), openCommit: 1)
    /// Grows when a commit of this shard failed and when the shard goes: turns of keepers that were activated before
    /// it write nothing.
    var generation: UInt32 = 1
    var isOwned = false
    /// The claim under which entries are gathered.
    var nonce = RecordNonce(first: 0, second: 0)
    /// The keys of what was gathered, where somebody wants to hear of them.
    var touched: [StockKey] = []

    mutating func restart(after head: ShardHead) {
      gather.restart(after: head)
      touched = []
    }
  }

  /// The generation of keepers that may write nothing: their shard lives elsewhere.
  static let noGeneration: UInt32 = 0

  let shard: UInt8
  /// What every keeper of the shard needs besides its log, kept here once: a reference a keeper instead of three.
  let timers: KeeperTimers
  let policies: PolicyBook
  let namings: ChannelNamings
  /// True where the open record is half full: the committer lags, and new work is refused until it has taken it.
  private let crowded = Atomic<Bool>(false)
  private let watches: KeyWatches
  private let liveReservations = Atomic<Int>(0)
  private let state = Mutex(State())
  /// The newest entry's time, in milliseconds: a keeper that comes to memory starts from it.
  private let newestTime = Atomic<Int64>(Timestamp.distantPast.milliseconds)

  /// A shard that nobody here owns yet.
  ///
  /// - Parameter watches: While anybody watches, ``take(commit:at:)`` names the keys.
  init(shard: Int, timers: KeeperTimers, policies: PolicyBook, namings: ChannelNamings, watches: KeyWatches) {
    self.shard = UInt8(shard)
    self.timers = timers
    self.policies = policies
    self.namings = namings
    self.watches = watches
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
      note(key, in: &state)
      return Place(number: number, commit: commit)
    }
  }

  /// Appends one turn's entries; nil where the keeper is of an older generation.
  func append(key: StockKey, entries: [JournalEntry], generation: UInt32) -> Place? {
    state.withLock { state in
      guard state.generation == generation else { return nil }
      let commit = state.gather.openCommit
      let number = state.gather.append(key: key, entries: entries)
      note(key, in: &state)
      return Place(number: number, commit: commit)
    }
  }

  @inline(__always)
  private func note(_ key: StockKey, in state: inout State) {
    newestTime.store(state.gather.time.milliseconds, ordering: .relaxed)
    if state.gather.isCrowded { crowded.store(true, ordering: .relaxed) }
    if watches.areWanted { state.touched.append(key) }
  }

  /// The newest entry's time.
  var time: Timestamp { Timestamp(milliseconds: newestTime.load(ordering: .relaxed)) }

  /// The generation of a keeper that comes to memory now.
  var generation: UInt32 { state.withLock { $0.isOwned ? $0.generation : Self.noGeneration } }

  /// New commands of the shard wait while this is true; what ends by itself does not.
  var isCrowded: Bool { crowded.load(ordering: .relaxed) }

  /// What one take hands over: a batch, the claim under which it was gathered, and the keys of its entries where
  /// somebody wants to hear of them.
  struct Taken {
    let shard: Int
    let batch: ShardGather.Batch
    let nonce: RecordNonce
    let touched: [StockKey]
  }

  /// Hands over what was gathered.
  ///
  /// While anybody watches, what is appended from now on is not earlier than `now`: a place in time is then a place in
  /// the journal, to within the length of a turn.
  func take(commit: UInt64, at now: Timestamp) -> Taken? {
    state.withLock { state in
      if watches.areWanted {
        newestTime.store(max(newestTime.load(ordering: .relaxed), now.milliseconds), ordering: .relaxed)
      }
      crowded.store(false, ordering: .relaxed)
      guard let batch = state.gather.take(commit: commit) else { return nil }
      defer { state.touched = [] }
      return Taken(shard: Int(shard), batch: batch, nonce: state.nonce, touched: state.touched)
    }
  }

  // MARK: Reservations

  /// Live reservations of the shard's keys.
  var holdsLive: Int { liveReservations.load(ordering: .relaxed) }

  /// Notes that so many more reservations are live, or fewer.
  func noteLive(_ change: Int) { liveReservations.wrappingAdd(change, ordering: .relaxed) }

  // MARK: Generations

  /// After a failed commit: what was gathered behind it is dropped, and no keeper of before writes again.
  func fence() { state.withLock { $0.generation += 1 } }

  /// Starts again after the head that the store has.
  func restart(after head: ShardHead) { state.withLock { $0.restart(after: head) } }

  /// Starts after the head that a claim gave: keepers that come to memory from now on may write.
  func own(after head: ShardHead, nonce: RecordNonce) {
    state.withLock { state in
      state.isOwned = true
      state.nonce = nonce
      state.restart(after: head)
      newestTime.store(max(newestTime.load(ordering: .relaxed), head.time.milliseconds), ordering: .relaxed)
    }
  }

  /// Takes no more entries; what is gathered goes with the next commit.
  ///
  /// - Returns: That commit.
  func close() -> UInt64 {
    state.withLock { state in
      state.isOwned = false
      state.generation += 1
      return state.gather.openCommit
    }
  }

  /// Takes no more entries, and drops what is gathered: the shard is another's.
  func disown() {
    state.withLock { state in
      state.isOwned = false
      state.generation += 1
      state.restart(after: ShardHead())
    }
  }
}
