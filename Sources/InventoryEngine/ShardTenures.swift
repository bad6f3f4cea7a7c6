import StockJournal
import StockLedger
import Synchronization

/// What this process owns of the store, shard by shard, and which of its commits failed.
///
/// One lock for all shards: asked a few times a commit, and by answers only after something has failed.
final class ShardTenures: Sendable {
  private struct State {
    var tenures: [ShardTenure?]
    var losses: [ShardLoss?]
    /// The failure count at which a shard last lost entries, and at the time before that; 0 = never.
    var failedAt: [UInt64]
    var failedBefore: [UInt64]
  }

  private let state: Mutex<State>
  private let failures = Atomic<UInt64>(0)

  init(shards: Int) {
    let never = Array(repeating: UInt64(0), count: shards)
    state = Mutex(
      State(
        tenures: Array(repeating: nil, count: shards), losses: Array(repeating: nil, count: shards), failedAt: never,
        failedBefore: never))
  }

  // MARK: Who owns what

  func begin(_ tenure: ShardTenure, of shard: Int) {
    state.withLock { state in
      state.tenures[shard] = tenure
      state.losses[shard] = nil
    }
  }

  /// Ends without a loss: the shard was handed over, with everything durable.
  func end(_ shard: Int) { state.withLock { $0.tenures[shard] = nil } }

  func tenure(of shard: Int) -> ShardTenure? { state.withLock { $0.tenures[shard] } }

  /// All of them, by shard; nil where this process owns nothing.
  var all: [ShardTenure?] { state.withLock { $0.tenures } }

  /// The shards that this process owns.
  var shards: [Int] {
    let all = all
    return all.indices.filter { all[$0] != nil }
  }

  func restart(_ shard: Int, after head: ShardHead) { state.withLock { $0.tenures[shard]?.restart(after: head) } }

  // MARK: What becomes of records

  /// Notes that records are about to be sent, and takes out those whose shards were lost meanwhile.
  func willSend(_ records: inout [JournalRecord]) {
    state.withLock { state in
      records.removeAll { record in
        guard state.tenures[record.shard]?.nonce == record.nonce else { return true }
        state.tenures[record.shard]?.sentThrough = record.lastNumber
        return false
      }
    }
  }

  /// Takes up what became of records.
  ///
  /// - Returns: What went wrong; not of shards that were lost while their records were on the way, because that has
  ///   been dealt with.
  func settle(_ records: [JournalRecord], _ outcomes: [AppendOutcome]) -> Setbacks {
    var setbacks = Setbacks()
    state.withLock { state in
      // By index: a sequence of pairs copies every record.
      for index in records.indices {
        let shard = records[index].shard
        if state.tenures[shard]?.nonce == records[index].nonce {
          state.tenures[shard]?.settle(records[index], outcomes[index])
          setbacks.note(outcomes[index], shard: shard)
        } else if state.losses[shard]?.nonce == records[index].nonce {
          state.losses[shard]?.settle(records[index], outcomes[index])
        }
      }
    }
    return setbacks
  }

  // MARK: Failures

  /// How many commits have failed and losses were found so far; compared before and after a wait.
  var failureCount: UInt64 { failures.load(ordering: .acquiring) }

  func failedAt(shard: Int) -> UInt64 { state.withLock { $0.failedAt[shard] } }

  /// Notes that shards lost entries; said before their logs drop anything, so that no answer to it can leave.
  func fail(_ shards: [Int]) {
    state.withLock { state in
      // Counted within the lock: who sees the new count finds its shards marked.
      let count = failures.add(1, ordering: .acquiringAndReleasing).newValue
      for shard in shards {
        state.failedBefore[shard] = state.failedAt[shard]
        state.failedAt[shard] = count
      }
    }
  }

  /// Notes that another process has a shard.
  ///
  /// - Returns: False where nothing was owned.
  func lose(_ shard: Int) -> Bool {
    let isOwned = state.withLock { state in
      guard let tenure = state.tenures[shard] else { return false }
      state.losses[shard] = ShardLoss(of: tenure)
      state.tenures[shard] = nil
      return true
    }
    if isOwned { fail([shard]) }
    return isOwned
  }

  /// What an answer is worth now that it may leave.
  ///
  /// - Parameter failuresBefore: The count before its turn.
  func verdict(on answer: Answer, shard: Int, since failuresBefore: UInt64) -> Answer {
    state.withLock { state in
      if state.failedAt[shard] <= failuresBefore { return answer }
      // After two misfortunes in a row numbers may name other entries than those of the answer.
      guard let loss = state.losses[shard], state.failedBefore[shard] <= failuresBefore else { return .unknown }
      return loss.verdict(on: answer, shard: UInt8(shard))
    }
  }
}

/// What went wrong in a commit, by shard.
struct Setbacks {
  /// Not written: their shards are reloaded.
  var failed: [(shard: Int, failure: StoreFailure)] = []
  /// Another process's now.
  var lost: [Int] = []

  var isEmpty: Bool { failed.isEmpty && lost.isEmpty }

  mutating func note(_ outcome: AppendOutcome, shard: Int) {
    switch outcome {
    case .durable: break
    case .failed(let failure): failed.append((shard, failure))
    case .lost: lost.append(shard)
    }
  }
}

/// One shard's time with this process, from a claim to a release or a loss.
struct ShardTenure: Sendable {
  /// Where the durable log ends.
  private(set) var head: ShardHead
  /// The last entry that was sent to the store; what comes after it is surely not written.
  var sentThrough: UInt64
  let epoch: UInt64
  let nonce: RecordNonce

  init(head: ShardHead, epoch: UInt64, nonce: RecordNonce) {
    self.head = head
    sentThrough = head.number
    self.epoch = epoch
    self.nonce = nonce
  }

  mutating func restart(after head: ShardHead) {
    self.head = head
    sentThrough = head.number
  }

  fileprivate mutating func settle(_ record: JournalRecord, _ outcome: AppendOutcome) {
    switch outcome {
    case .durable: head = record.head
    case .failed, .lost(mayBeWritten: false): sentThrough = head.number
    case .lost(mayBeWritten: true): break
    }
  }
}

/// How a shard was lost: which of its last entries are durable all the same, and which may be.
struct ShardLoss: Sendable {
  let nonce: RecordNonce
  private var durableThrough: UInt64
  private var inDoubtThrough: UInt64

  init(of tenure: ShardTenure) {
    nonce = tenure.nonce
    durableThrough = tenure.head.number
    inDoubtThrough = tenure.sentThrough
  }

  fileprivate mutating func settle(_ record: JournalRecord, _ outcome: AppendOutcome) {
    switch outcome {
    case .durable: durableThrough = record.lastNumber
    case .failed, .lost(mayBeWritten: false): inDoubtThrough = durableThrough
    case .lost(mayBeWritten: true): break
    }
  }

  /// What is durable stands; what surely is not can be asked for at the new owner; the rest nobody knows.
  func verdict(on answer: Answer, shard: UInt8) -> Answer {
    switch answer {
    case .unknown: return .unknown
    case .refused: return .refused(.elsewhere(shard: shard))
    case .accepted(let receipt):
      if receipt.entry.number <= durableThrough { return answer }
      // A repeated answer's own entry may be of long ago.
      let isInDoubt = receipt.isDuplicate || receipt.entry.number <= inDoubtThrough
      return isInDoubt ? .unknown : .refused(.elsewhere(shard: shard))
    }
  }
}
