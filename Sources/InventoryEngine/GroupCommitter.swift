import StockJournal
import StockLedger
import Synchronization

/// The one writer of the journal: one commit in flight, the next gathers meanwhile, answers wait for theirs.
///
/// Sealing (checksums, chain) happens here, outside the shards' locks. A failed commit fences its shards and tells the
/// engine to reload them; waiters of failed or dropped entries learn it from ``ShardTenures``.
final class GroupCommitter: Sendable {
  fileprivate struct Waiter {
    let commit: UInt64
    /// The last look at the waiters when this one came; the largest number where it waits as long as it takes.
    let look: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  fileprivate struct State {
    var waiters: [Waiter] = []
    var patience: Patience?
    var isWanted = false
    var isStopping = false
    var isStopped = false
    var sleeper: CheckedContinuation<Void, Never>?
    var stopWaiters: [CheckedContinuation<Void, Never>] = []
  }

  let logs: [ShardLog]
  let tenures: ShardTenures
  private let store: any JournalStore
  private let relaxedPeriod: Int64?
  private let patienceLimit: Int64?
  private let clock: any EngineClock
  private let watches: KeyWatches
  private let state: Mutex<State>
  private let completed = Atomic<UInt64>(0)
  /// When the commit in flight was sent, in milliseconds; 0 = none is in flight.
  private let sentAt = Atomic<Int64>(0)
  private let abandoned = Atomic<Bool>(false)
  let entriesDurable = Atomic<UInt64>(0)
  let bytesDurable = Atomic<UInt64>(0)
  let commitsDurable = Atomic<UInt64>(0)

  /// - Parameter watches: Hear the keys of each commit after it is over.
  init(
    store: any JournalStore, logs: [ShardLog], tenures: ShardTenures, settings: EngineSettings,
    clock: any EngineClock, watches: KeyWatches
  ) {
    self.store = store
    self.logs = logs
    self.tenures = tenures
    self.clock = clock
    self.watches = watches
    relaxedPeriod = if case .relaxed(let every) = settings.durability { every } else { nil }
    patienceLimit = settings.answerPatience
    state = Mutex(State(patience: settings.answerPatience.map { Patience(limit: $0) }))
  }

  /// True once nothing will be durable any more: who still asks is told that the outcome is unknown.
  var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }

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
  var completedCommit: UInt64 { completed.load(ordering: .acquiring) }

  // MARK: Waiting

  /// Returns when a commit is over: durable, or failed (then ``ShardTenures/failureCount`` has grown).
  ///
  /// - Returns: False where the caller's patience ran out first: the commit may still succeed.
  @discardableResult
  func wait(for commit: UInt64) async -> Bool {
    if commit == 0 || relaxedPeriod != nil || commit <= completedCommit { return true }
    return await withCheckedContinuation { continuation in
      enqueue(continuation, for: commit, isPatient: false)
    }
  }

  /// Returns when a commit is truly over, in relaxed operation too, however long it takes.
  func waitDurable(for commit: UInt64) async {
    kick()
    _ = await withCheckedContinuation { continuation in enqueue(continuation, for: commit, isPatient: true) }
  }

  private func enqueue(_ continuation: CheckedContinuation<Bool, Never>, for commit: UInt64, isPatient: Bool) {
    let isOver = state.withLock { state in
      if commit <= completedCommit || state.isStopped { return true }
      let look = isPatient ? .max : state.patience?.look ?? .max
      state.waiters.append(Waiter(commit: commit, look: look, continuation: continuation))
      return false
    }
    if isOver { continuation.resume(returning: true) }
  }

  /// For how long the commit in flight has kept everybody waiting, where that is longer than an answer may wait, in
  /// milliseconds; else 0.
  func stalledFor(at now: Timestamp) -> Int64 {
    let sent = sentAt.load(ordering: .acquiring)
    guard let patienceLimit, sent != 0, now.milliseconds - sent >= patienceLimit else { return 0 }
    return now.milliseconds - sent
  }

  /// False where the store has not confirmed for too long that a shard is ours.
  func isConfirmed(shard: Int) -> Bool { store.unconfirmedFor(shard: shard) == 0 }

  /// Sends away who has waited too long. The commit goes on.
  func endPatience(at now: Timestamp) {
    let impatient = state.withLock { state -> [Waiter] in
      guard let look = state.patience?.look(at: now) else { return [] }
      return state.takeWaiters { $0.look < look }
    }
    for waiter in impatient { waiter.continuation.resume(returning: false) }
  }

  /// Callers that wait.
  var waiterCount: Int { state.withLock { $0.waiters.count } }

  /// The commit after which everything appended so far is over: one may be in flight while the next gathers.
  var commitOfEverything: UInt64 { completedCommit + 2 }

  private func complete(_ commit: UInt64) {
    let ready = state.withLock { state -> [Waiter] in
      completed.store(commit, ordering: .releasing)
      let ready = state.takeWaiters { $0.commit <= commit }
      // Someone may wait for entries that a failure dropped: their commit has to come, if only an empty one.
      if !state.waiters.isEmpty { state.isWanted = true }
      return ready
    }
    for waiter in ready { waiter.continuation.resume(returning: true) }
  }

  // MARK: Ends

  /// The store is lost: everybody who waits is told that the outcome is unknown.
  func abandonAll() {
    abandoned.store(true, ordering: .releasing)
    tenures.fail(Array(logs.indices))
    for log in logs { log.fence() }
    complete(.max)
    endStopped()
  }

  private func endStopped() {
    // Who still waits has written after the last commit of a stopping engine: an expiry, which the next start repeats.
    let (stops, waiters) = state.withLock { state in
      state.isStopped = true
      defer { state.stopWaiters = [] }
      return (state.stopWaiters, state.takeWaiters { _ in true })
    }
    for waiter in waiters { waiter.continuation.resume(returning: true) }
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

  // MARK: Commits

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
    onSuccess: () async -> Void, onClosing: (Setbacks) -> Void,
    onFailure: (Setbacks) async throws(StoreFailure) -> Void
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
      let takenAt = clock.now
      let taken = take(commit, at: takenAt)
      if !taken.isEmpty {
        // Until its shards are reloaded, where it failed: a store that goes away then keeps everybody waiting too.
        sentAt.store(clock.now.milliseconds, ordering: .releasing)
        defer { sentAt.store(0, ordering: .releasing) }
        let setbacks = try await write(taken)
        if setbacks.isEmpty {
          await onSuccess()
        } else {
          // Closed before it is fenced: from here on nobody finds a keeper that remembers what was lost.
          onClosing(setbacks)
          fence(setbacks.failed.map(\.shard))
          try await onFailure(setbacks)
        }
      }
      complete(commit)
      if watches.areWanted { watches.note(taken, through: takenAt) }
      commit += 1
      if isStopping && taken.isEmpty { return endStopped() }
      if isStopping { kick() }
    }
  }

  private func take(_ commit: UInt64, at now: Timestamp) -> [ShardLog.Taken] {
    var taken: [ShardLog.Taken] = []
    taken.reserveCapacity(logs.count)
    for log in logs { if let batch = log.take(commit: commit, at: now) { taken.append(batch) } }
    return taken
  }

  private func write(_ taken: [ShardLog.Taken]) async throws(StoreFailure) -> Setbacks {
    var records = seal(taken)
    tenures.willSend(&records)
    if records.isEmpty { return Setbacks() }
    let outcomes = try await store.append(records)
    invariant(outcomes.count == records.count, "\(outcomes.count) outcomes answer \(records.count) records")
    count(records, outcomes)
    return tenures.settle(records, outcomes)
  }

  /// Leaves out what was gathered under a claim that was lost since: it is written under no other.
  private func seal(_ taken: [ShardLog.Taken]) -> [JournalRecord] {
    let tenures = tenures.all
    var records: [JournalRecord] = []
    records.reserveCapacity(taken.count)
    for taken in taken {
      guard let tenure = tenures[taken.shard], tenure.nonce == taken.nonce else { continue }
      records.append(
        JournalRecord.seal(
          shard: taken.shard, epoch: tenure.epoch, nonce: tenure.nonce, firstNumber: taken.batch.firstNumber,
          count: taken.batch.count, time: taken.batch.time, previous: tenure.head.hash, payload: taken.batch.payload))
    }
    return records
  }

  private func count(_ records: [JournalRecord], _ outcomes: [AppendOutcome]) {
    var entries = 0
    var bytes = 0
    for index in records.indices where outcomes[index] == .durable {
      entries += records[index].count
      bytes += records[index].bytes.count
    }
    entriesDurable.add(UInt64(entries), ordering: .relaxed)
    bytesDurable.add(UInt64(bytes), ordering: .relaxed)
    if entries > 0 { commitsDurable.add(1, ordering: .relaxed) }
  }

  private func fence(_ shards: [Int]) {
    if shards.isEmpty { return }
    tenures.fail(shards)
    for shard in shards { logs[shard].fence() }
  }
}

extension GroupCommitter.State {
  /// Takes out the waiters that meet a condition; the others keep their order.
  fileprivate mutating func takeWaiters(_ condition: (GroupCommitter.Waiter) -> Bool) -> [GroupCommitter.Waiter] {
    var taken: [GroupCommitter.Waiter] = []
    var left: [GroupCommitter.Waiter] = []
    for waiter in waiters { if condition(waiter) { taken.append(waiter) } else { left.append(waiter) } }
    waiters = left
    return taken
  }
}
