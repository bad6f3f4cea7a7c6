import StockLedger
import Synchronization

/// One node's journal on a Redis that several nodes share, in memory: for the simulator and for tests of two engines.
///
/// What it sends and how it takes the answers is the owner's machine (``ShardClaiming``, ``ShardOwner``) on a
/// ``SharedRedis``, so a test with it tests what a real store runs. Deterministic: no thread, no clock, no chance of
/// its own. Leases are renewed where ``renew()`` is called.
public final class SharedMemoryJournal: JournalStore {
  struct State {
    var owners: [ShardOwner?] = Array(repeating: nil, count: 256)
    var leases: [ShardLease?] = Array(repeating: nil, count: 256)
    /// The server that this node is connected to.
    var server: Int
    var faults: [RequestFault] = []
    var isStalled = false
    var stalled: [CheckedContinuation<Void, Never>] = []
    /// One request after the other, as on one connection: who is in turn, and who waits.
    var isBusy = false
    var queue: [CheckedContinuation<Void, Never>] = []
    var end: StoreFailure?
  }

  /// The node's name, in its claims.
  public let node: String
  /// Where the node is reached.
  public let address: String
  let redis: SharedRedis
  let replicas: Int
  let times: LeaseTimes
  let state: Mutex<State>
  private let pause: @Sendable (Int64) async -> Void
  private let lossStream: AsyncStream<[Int]>
  private let lost: AsyncStream<[Int]>.Continuation

  /// A node's journal; it owns nothing yet.
  ///
  /// - Parameters:
  ///   - node: The node's name, unique among the nodes of a store.
  ///   - address: Where it is reached.
  ///   - redis: What the nodes share.
  ///   - replicas: How many replicas must have a record before it is durable.
  ///   - times: As the model's lease.
  ///   - pause: Awaited for so many milliseconds before something is asked again: a simulated clock's sleep. Where it
  ///     only returns, a store that stays away is asked without end.
  public init(
    node: String, address: String = "", on redis: SharedRedis, replicas: Int = 0, times: LeaseTimes = LeaseTimes(),
    pause: @escaping @Sendable (Int64) async -> Void
  ) {
    self.node = node
    self.address = address
    self.redis = redis
    self.replicas = replicas
    self.times = times
    self.pause = pause
    state = Mutex(State(server: redis.withLock { $0.primary }))
    (lossStream, lost) = AsyncStream.makeStream(of: [Int].self)
  }

  // MARK: The port

  /// Asks until the fate of each record is known. All fail, and nothing is sent, where one does not go on.
  public func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] {
    try await inTurn { () async throws(StoreFailure) in
      if let refusal = begin(records) { return records.map { _ in .failed(refusal) } }
      var outcomes = [AppendOutcome?](repeating: nil, count: 256)
      var open = records.map(\.shard)
      while !open.isEmpty {
        let verdicts = await sendRound(open)
        var waits: [RetryAfter] = []
        for (shard, verdict) in zip(open, verdicts) {
          switch verdict {
          case .durable: outcomes[shard] = .durable
          case .refused(let failure): outcomes[shard] = .failed(failure)
          case .lost(let mayBeWritten): outcomes[shard] = .lost(mayBeWritten: mayBeWritten)
          case .again(let after): waits.append(after)
          case .stop(let failure): throw end(failure)
          }
        }
        open = open.filter { outcomes[$0] == nil }
        try await wait(waits)
      }
      return records.compactMap { outcomes[$0.shard] }
    }
  }

  /// Always: words are a fault that a test arms.
  public var hasRoom: Bool { get async { true } }

  /// Where each shard's log ends on the primary.
  public func heads() async throws(StoreFailure) -> [ShardHead] {
    try read { disk throws(StoreFailure) in try disk.verifiedHeads() }
  }

  /// Verified records of the primary, archive included.
  public func records(shard: Int, after number: UInt64, limit: Int) async throws(StoreFailure) -> [JournalRecord] {
    try read { disk throws(StoreFailure) in try disk.records(shard: shard, after: number, limit: limit) }
  }

  /// A shard a page.
  public func page(after numbers: [UInt64], from cursor: PageCursor) async throws(StoreFailure) -> RecordPage {
    let shard = Int(clamping: cursor.raw)
    let records = try await records(shard: shard, after: numbers[shard], limit: .max)
    return RecordPage(records: records, next: shard == 255 ? nil : PageCursor(raw: cursor.raw + 1))
  }

  /// Keeps a snapshot of an owned shard.
  public func save(_ snapshot: ShardSnapshot) async throws(StoreFailure) {
    try checkUsable()
    guard let owner = owned(snapshot.shard) else { throw .owned("shard \(snapshot.shard) is not this node's") }
    let server = state.withLock { $0.server }
    try redis.withLock { redis throws(StoreFailure) in try redis.save(snapshot, by: owner, on: server) }
  }

  /// The newest snapshot, verified.
  public func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot? {
    try read { disk throws(StoreFailure) in try disk.snapshot(shard: shard) }
  }

  /// Moves records of an owned shard to the archive.
  public func trim(shard: Int, through number: UInt64) async throws(StoreFailure) {
    try checkUsable()
    guard let owner = owned(shard) else { return }
    let server = state.withLock { $0.server }
    redis.withLock { $0.trim(shard: shard, through: number, by: owner, on: server) }
  }

  /// Ends: every later call throws, and so does what is asked again and again now. Leases stay; ``release(_:)`` first.
  public func close() async throws(StoreFailure) {
    try checkUsable()
    _ = end(.unavailable("the journal is closed"))
    lost.finish()
    resume()
  }

  /// What an append or ``renew()`` found to be another's, one shard at a time.
  public var losses: AsyncStream<[Int]>? { lossStream }

  /// By the lease: see ``ShardLease/unconfirmedFor(at:_:)``. The largest number for a shard that is not ours.
  public func unconfirmedFor(shard: Int) -> Int64 {
    let now = redis.now()
    return state.withLock { $0.leases[shard]?.unconfirmedFor(at: now, times) ?? .max }
  }

  /// As the primary's row says now.
  public func owner(of shard: Int) -> String? {
    let row = redis.read { redis, now in redis.own(shard, on: redis.primary, at: now) }
    guard case .own(let row) = row, row.leaseLeft > 0, row.nonce != owned(shard)?.nonce else { return nil }
    return row.address
  }

  // MARK: Asking

  /// One round of an append: what each shard sends, one WAIT at its end, and what that means for each.
  private func sendRound(_ shards: [Int]) async -> [Verdict] {
    let round = state.withLock { state in shards.map { state.owners[$0]?.toSend ?? [] } }
    let sentAt = redis.now()
    let (replies, copies): ([AppendReply], Int?) = await ask(round.reduce(0) { $0 + $1.count }) { redis, server, now in
      round.joined().map { redis.append($0, on: server, at: now) }
    }
    var rest = replies[...]
    return zip(shards, round).map { shard, sent in
      let own = Array(rest.prefix(sent.count))
      rest.removeFirst(sent.count)
      return hear(shard, sentAt: sentAt) { $0.hear(own, copies: copies) }
    }
  }

  /// Lets a shard's owner hear; forgets the owner that has lost it, and tells.
  func hear(_ shard: Int, sentAt: Timestamp, _ body: (inout ShardOwner) -> Verdict) -> Verdict {
    let verdict = state.withLock { state in
      // Taken out while it hears: a second reference would copy its kept records.
      guard var owner = state.owners[shard].take() else { return Verdict.lost(mayBeWritten: false) }
      let verdict = body(&owner)
      switch verdict {
      case .durable:
        state.owners[shard] = owner
        state.leases[shard]?.confirm(sentAt: sentAt)
      case .again, .refused, .stop: state.owners[shard] = owner
      case .lost: state.leases[shard] = nil
      }
      return verdict
    }
    if case .lost = verdict { lost.yield([shard]) }
    return verdict
  }

  /// One request: all its commands reach the server that this node is connected to, or an armed fault strikes.
  func ask<Reply: Interruptible>(
    _ count: Int, _ body: (inout ModelledRedis, Int, Timestamp) -> [Reply]
  ) async -> (replies: [Reply], copies: Int?) {
    await passStall()
    let nothing = ([Reply](repeating: .none, count: count), Int?.none)
    let (server, fault) = state.withLock { state in
      (state.server, state.faults.isEmpty ? nil : state.faults.removeFirst())
    }
    func carryOut() -> ([Reply], Int?) {
      redis.change { redis, now in (body(&redis, server, now), redis.wait(on: server)) }
    }
    switch fault {
    case .dropRequest: return nothing
    case .dropReply:
      _ = carryOut()
      return nothing
    case .word(let line): return (Array(repeating: .word(line), count: count), nil)
    case nil: return carryOut()
    }
  }

  /// Does what is asked for before something is asked again.
  func wait(_ reasons: [RetryAfter]) async throws(StoreFailure) {
    if reasons.contains(where: { $0 == .otherServer || $0 == .reconnect }) {
      let primary = redis.withLock { $0.primary }
      state.withLock { $0.server = primary }
    }
    if reasons.contains(where: { $0 != .now && $0 != .loadScripts }) { await pause(100) }
    try checkUsable()
  }

  /// Takes each record as its shard's next; changes nothing where one is not.
  private func begin(_ records: [JournalRecord]) -> StoreFailure? {
    state.withLock { state in
      var owners = state.owners
      var seen: Set<Int> = []
      for record in records {
        guard seen.insert(record.shard).inserted else { return .other("two records of shard \(record.shard) at once") }
        guard owners[record.shard] != nil else { return .owned("shard \(record.shard) is not this node's") }
        do throws(RecordError) {
          try owners[record.shard]?.begin(record)
        } catch {
          return .other("shard \(record.shard) does not go on with this record: \(error)")
        }
      }
      state.owners = owners
      return nil
    }
  }

  private func read<Value>(_ body: (MemoryDisk) throws(StoreFailure) -> Value) throws(StoreFailure) -> Value {
    try checkUsable()
    let disk = redis.withLock { $0.servers[$0.primary].isUp ? $0.servers[$0.primary].disk : nil }
    guard let disk else { throw .unavailable("the primary is down") }
    return try body(disk)
  }

  func owned(_ shard: Int) -> ShardOwner? { state.withLock { $0.owners[shard] } }

  /// Nothing can be appended any more; the first reason stays.
  func end(_ failure: StoreFailure) -> StoreFailure {
    state.withLock { state in
      state.end = state.end ?? failure
      return failure
    }
  }

  func checkUsable() throws(StoreFailure) {
    if let end = state.withLock({ $0.end }) { throw end }
  }
}
