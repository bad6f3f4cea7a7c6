import StockJournal
import StockLedger
import Synchronization

/// The one writer of the journal: one commit in flight, the next gathers meanwhile, answers wait for theirs.
///
/// Sealing (checksums, chain) happens here, outside the shards' locks. A failed commit fences its shards and tells the
/// engine to reload them; waiters of failed or dropped entries learn it from ``failedAt(shard:)``.
final class GroupCommitter: Sendable {
  private struct Waiter {
    let commit: UInt64
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var completed: UInt64 = 0
    var waiters: [Waiter] = []
    var isWanted = false
    var isStopping = false
    var isStopped = false
    var sleeper: CheckedContinuation<Void, Never>?
    var stopWaiters: [CheckedContinuation<Void, Never>] = []
  }

  let logs: [ShardLog]
  private let store: any JournalStore
  private let epoch: UInt64
  private let nonce: RecordNonce
  private let relaxedPeriod: Int64?
  private let clock: any EngineClock
  private let state = Mutex(State())
  private let heads: Mutex<[ShardHead]>
  private let failures = Atomic<UInt64>(0)
  private let abandoned = Atomic<Bool>(false)
  private let failedAt: Mutex<[UInt64]>
  let entriesDurable = Atomic<UInt64>(0)
  let bytesDurable = Atomic<UInt64>(0)
  let commitsDurable = Atomic<UInt64>(0)

  init(
    store: any JournalStore, logs: [ShardLog], heads: [ShardHead], epoch: UInt64, nonce: RecordNonce,
    relaxedPeriod: Int64?, clock: any EngineClock
  ) {
    self.store = store
    self.logs = logs
    self.heads = Mutex(heads)
    self.epoch = epoch
    self.nonce = nonce
    self.relaxedPeriod = relaxedPeriod
    self.clock = clock
    failedAt = Mutex(Array(repeating: 0, count: logs.count))
  }

  /// True once nothing will be durable any more: who still asks is told that the outcome is unknown.
  var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }
  /// How many commits have failed so far; compared before and after a wait.
  var failureCount: UInt64 { failures.load(ordering: .acquiring) }
  /// The failure count at which a shard last lost entries; 0 = never.
  func failedAt(shard: Int) -> UInt64 { failedAt.withLock { $0[shard] } }
  /// Where a shard's durable log ends.
  func head(shard: Int) -> ShardHead { heads.withLock { $0[shard] } }

  /// Asks for a commit of what was appended so far.
  func kick() {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.isWanted = true
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  /// Commits up to this one are over.
  var completedCommit: UInt64 { state.withLock { $0.completed } }

  /// Returns when a commit is over: durable, or failed (then ``failureCount`` has grown).
  func wait(for commit: UInt64) async {
    if commit == 0 || relaxedPeriod != nil { return }
    let isOver = state.withLock { commit <= $0.completed || $0.isStopped }
    if isOver { return }
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if commit <= state.completed || state.isStopped { return true }
        state.waiters.append(Waiter(commit: commit, continuation: continuation))
        return false
      }
      if isOver { continuation.resume() }
    }
  }

  /// Returns when a commit is truly over, in relaxed operation too.
  func waitDurable(for commit: UInt64) async {
    kick()
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if commit <= state.completed || state.isStopped { return true }
        state.waiters.append(Waiter(commit: commit, continuation: continuation))
        return false
      }
      if isOver { continuation.resume() }
    }
  }

  /// The store is lost: everybody who waits is told that the outcome is unknown.
  func abandonAll() {
    abandoned.store(true, ordering: .releasing)
    fence(Array(logs.indices))
    let waiters = state.withLock { state -> [Waiter] in
      state.completed = .max
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.continuation.resume() }
    endStopped()
  }

  private func endStopped() {
    // Who still waits has written after the last commit of a stopping engine: an expiry, which the next start repeats.
    let (stops, waiters) = state.withLock { state in
      state.isStopped = true
      defer {
        state.stopWaiters = []
        state.waiters = []
      }
      return (state.stopWaiters, state.waiters)
    }
    for waiter in waiters { waiter.continuation.resume() }
    for waiter in stops { waiter.resume() }
  }

  /// Returns when ``run(onSuccess:onClosing:onFailure:)`` has ended.
  func waitStopped() async {
    await withCheckedContinuation { continuation in
      let isStopped = state.withLock { state in
        if state.isStopped { return true }
        state.stopWaiters.append(continuation)
        return false
      }
      if isStopped { continuation.resume() }
    }
  }

  /// Lets ``run(onSuccess:onClosing:onFailure:)`` end after one last commit.
  func stop() {
    state.withLock { $0.isStopping = true }
    kick()
  }

  private func sleepUntilWanted() async {
    await withCheckedContinuation { continuation in
      let isWanted = state.withLock { state in
        if state.isWanted || state.isStopping { return true }
        state.sleeper = continuation
        return false
      }
      if isWanted { continuation.resume() }
    }
  }

  /// Commits until stopped.
  ///
  /// - Parameters:
  ///   - onSuccess: Hears of every commit that failed nowhere.
  ///   - onClosing: Lets go of the keepers of shards that lost entries.
  ///   - onFailure: Reloads the shards of a failed commit; called before any of its waiters goes on.
  /// - Throws: ``StoreFailure`` when a sync failed: the process must end.
  func run(
    onSuccess: () async -> Void, onClosing: ([Int]) -> Void,
    onFailure: ([(shard: Int, failure: StoreFailure)]) async throws(StoreFailure) -> Void
  ) async throws(StoreFailure) {
    var commit: UInt64 = 1
    while true {
      await sleepUntilWanted()
      if let relaxedPeriod, !state.withLock({ $0.isStopping }) {
        try? await clock.sleep(until: clock.now + relaxedPeriod)
      }
      let isStopping = state.withLock { state in
        state.isWanted = false
        return state.isStopping
      }
      let gathered = take(commit)
      if !gathered.isEmpty {
        let failures = try await write(gathered)
        if failures.isEmpty {
          await onSuccess()
        } else {
          // Closed before it is fenced: from here on nobody finds a keeper that remembers what was lost.
          onClosing(failures.map(\.shard))
          fence(failures.map(\.shard))
          try await onFailure(failures)
        }
      }
      complete(commit)
      commit += 1
      if isStopping && gathered.isEmpty { return endStopped() }
      if isStopping { kick() }
    }
  }

  private func take(_ commit: UInt64) -> [(shard: Int, batch: ShardGather.Batch)] {
    var gathered: [(shard: Int, batch: ShardGather.Batch)] = []
    for (shard, log) in logs.enumerated() {
      if let batch = log.take(commit: commit) { gathered.append((shard, batch)) }
    }
    return gathered
  }

  private func write(
    _ gathered: [(shard: Int, batch: ShardGather.Batch)]
  ) async throws(StoreFailure) -> [(shard: Int, failure: StoreFailure)] {
    var after = heads.withLock { $0 }
    let records = gathered.map { shard, batch in
      let record = JournalRecord.seal(
        shard: shard, epoch: epoch, nonce: nonce, firstNumber: batch.firstNumber, count: batch.count,
        time: batch.time, previous: after[shard].hash, payload: batch.payload)
      after[shard] = record.head
      return record
    }
    let outcomes = try await store.append(records)
    invariant(outcomes.count == records.count, "\(outcomes.count) outcomes answer \(records.count) records")
    var failed: [(shard: Int, failure: StoreFailure)] = []
    for (record, outcome) in zip(records, outcomes) {
      switch outcome {
      case .durable:
        heads.withLock { $0[record.shard] = record.head }
        entriesDurable.add(UInt64(record.count), ordering: .relaxed)
        bytesDurable.add(UInt64(record.bytes.count), ordering: .relaxed)
      case .failed(let failure): failed.append((record.shard, failure))
      case .lost: failed.append((record.shard, .owned("another node took shard \(record.shard)")))
      }
    }
    if failed.count < records.count { commitsDurable.add(1, ordering: .relaxed) }
    return failed
  }

  private func fence(_ shards: [Int]) {
    for shard in shards { logs[shard].fence() }
    let count = failures.add(1, ordering: .acquiringAndReleasing).newValue
    failedAt.withLock { failedAt in for shard in shards { failedAt[shard] = count } }
  }

  /// Puts a shard back to the head that the store has, after it was reloaded.
  func restart(shard: Int, after head: ShardHead) {
    heads.withLock { $0[shard] = head }
    logs[shard].restart(after: head)
  }

  private func complete(_ commit: UInt64) {
    let ready = state.withLock { state -> [Waiter] in
      state.completed = commit
      var ready: [Waiter] = []
      var waiting: [Waiter] = []
      for waiter in state.waiters {
        if waiter.commit <= commit { ready.append(waiter) } else { waiting.append(waiter) }
      }
      state.waiters = waiting
      // Someone may wait for entries that a failure dropped: their commit has to come, if only an empty one.
      if !waiting.isEmpty { state.isWanted = true }
      return ready
    }
    for waiter in ready { waiter.continuation.resume() }
  }
}
