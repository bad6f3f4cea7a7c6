import JournalConformance
import StockJournal
import StockLedger
import Synchronization
import Testing

/// Two nodes on one modelled Redis: what each is told when requests, servers and leases fail.
@Suite struct SharedMemoryJournalTests {
  @Test func anUnansweredAppendIsAskedAgain() async throws {
    let shop = TwoNodes(replicas: 1)
    var log = try await shop.claim(17, by: shop.a)
    for fault in [RequestFault.dropRequest, .dropReply, .word("LOADING Redis is loading the dataset in memory")] {
      shop.a.arm(fault)
      let record = log.next()
      #expect(try await shop.a.append([record]) == [.durable])
      #expect(try await shop.a.records(shard: 17, after: record.firstNumber - 1, limit: 9) == [record])
    }
    #expect(shop.clock.waited == 300)
  }

  @Test func aRefusalFailsOneRecordAndTheShardGoesOn() async throws {
    let full = "OOM command not allowed when used memory > 'maxmemory'."
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    shop.a.arm(.word(full))
    var refused = log
    #expect(try await shop.a.append([refused.next()]) == [.failed(.full(full))])
    #expect(try await shop.a.heads()[17] == log.head)
    #expect(try await shop.a.append([log.next()]) == [.durable])
  }

  @Test func theOtherNodeIsHeldUntilTheLeaseEnds() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    shop.clock.advance(4_000)
    #expect(try await shop.outcome(17, by: shop.b) == .held(by: "a", for: 6_000))
    #expect(shop.b.owner(of: 17) == "a:80")
    #expect(shop.a.owner(of: 17) == nil)
    #expect(try await shop.a.append([log.next()]) == [.durable])
    shop.clock.advance(9_999)
    #expect(try await shop.outcome(17, by: shop.b) == .held(by: "a", for: 1))
    try await shop.a.renew()
    #expect(try await shop.outcome(17, by: shop.b) == .held(by: "a", for: 10_000))
    shop.clock.advance(10_000)
    let taken = try await shop.claim(17, by: shop.b)
    #expect(taken.epoch == log.epoch + 1)
    #expect(taken.head.number == log.head.number + 1)
    #expect(shop.a.owner(of: 17) == "b:80")
  }

  @Test func aZombieIsFencedInItsAppend() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    shop.clock.advance(12_000)
    _ = try await shop.claim(17, by: shop.b)
    let record = log.next()
    #expect(try await shop.a.append([record]) == [.lost(mayBeWritten: false)])
    var losses = try #require(shop.a.losses).makeAsyncIterator()
    #expect(await losses.next() == [17])
    #expect(try await shop.a.append([record]) == [.failed(.owned("shard 17 is not this node's"))])
  }

  @Test func aZombieIsFencedInItsRenewal() async throws {
    let shop = TwoNodes()
    _ = try await shop.claim(17, by: shop.a)
    var kept = try await shop.claim(40, by: shop.a)
    shop.clock.advance(12_000)
    _ = try await shop.claim(17, by: shop.b)
    try await shop.a.renew()
    var losses = try #require(shop.a.losses).makeAsyncIterator()
    #expect(await losses.next() == [17])
    #expect(shop.a.unconfirmedFor(shard: 40) == 0)
    #expect(try await shop.a.append([kept.next()]) == [.durable])
  }

  @Test func whatMayBeWrittenIsSaidSo() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    let record = log.next()
    shop.a.arm(.dropReply)
    // While this node waits to ask again, its lease ends and the other claims.
    shop.clock.duringNextPause {
      shop.clock.advance(12_000)
      _ = try? await shop.claim(17, by: shop.b)
    }
    #expect(try await shop.a.append([record]) == [.lost(mayBeWritten: true)])
    #expect(try await shop.b.records(shard: 17, after: log.head.number - 1, limit: 1) == [record])
  }

  @Test func aReleasedShardIsFreeAtOnce() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    _ = try await shop.a.append([log.next()])
    try await shop.a.release([17, 18])
    #expect(shop.b.owner(of: 17) == nil)
    var later = try await shop.claim(17, by: shop.b)
    #expect(later.head.number == log.head.number + 1)
    #expect(try await shop.b.append([later.next()]) == [.durable])
  }

  @Test func memoryAgesOnceTheSelfStopHasPassed() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    #expect(shop.a.unconfirmedFor(shard: 17) == 0)
    #expect(shop.b.unconfirmedFor(shard: 17) == .max)
    shop.clock.advance(6_999)
    #expect(shop.a.unconfirmedFor(shard: 17) == 0)
    shop.clock.advance(1)
    #expect(shop.a.unconfirmedFor(shard: 17) == 7_000)
    // Nobody took it: it goes on.
    shop.clock.advance(60_000)
    #expect(try await shop.a.append([log.next()]) == [.durable])
    #expect(shop.a.unconfirmedFor(shard: 17) == 0)
  }

  @Test func anAppendWithoutCopiesWaitsForTheReplica() async throws {
    let shop = TwoNodes(replicas: 1)
    var log = try await shop.claim(17, by: shop.a)
    shop.redis.withLock { $0.lag(1, true) }
    shop.clock.duringNextPause { shop.redis.withLock { $0.lag(1, false) } }
    #expect(try await shop.a.append([log.next()]) == [.durable])
    #expect(shop.clock.waited == 100)
  }

  @Test func aFailoverGoesUnnoticed() async throws {
    let shop = TwoNodes(replicas: 2)
    var log = try await shop.claim(17, by: shop.a)
    shop.redis.withLock { $0.failOver(to: 1) }
    #expect(try await shop.a.append([log.next()]) == [.durable])
    shop.redis.withLock { $0.failOver(to: 2, former: .isolated) }
    // The old primary takes the record, and nobody has a copy of it until it is told.
    shop.clock.duringNextPause { shop.redis.withLock { $0.bringBack(1) } }
    #expect(try await shop.a.append([log.next()]) == [.durable])
    #expect(
      try shop.redis.withLock { redis throws(StoreFailure) in try redis.records(shard: 17) }.last?.head == log.head)
  }

  @Test func aLostTailIsWrittenAgain() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    let records = [log.next(), log.next(count: 3), log.next()]
    for record in records { _ = try await shop.a.append([record]) }
    shop.redis.withLock { _ = $0.loseTail(shard: 17, records: 2) }
    try await shop.a.renew()
    try await shop.a.renew()
    #expect(try await shop.b.heads()[17] == log.head)
    shop.redis.withLock { _ = $0.loseTail(shard: 17, records: 3) }
    let last = log.next()
    #expect(try await shop.a.append([last]) == [.durable])
    #expect(try await shop.b.records(shard: 17, after: 1, limit: 9) == records + [last])
  }

  @Test func aLostClaimIsFenced() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    shop.redis.withLock { _ = $0.loseTail(shard: 17, records: 1) }
    let other = try await shop.claim(17, by: shop.b)
    // The same epoch twice: the nonce tells them apart.
    #expect(other.epoch == log.epoch)
    #expect(try await shop.a.append([log.next()]) == [.lost(mayBeWritten: false)])
  }

  @Test func anEmptiedStoreEndsTheProcess() async throws {
    let shop = TwoNodes(replicas: 1)
    var log = try await shop.claim(17, by: shop.a)
    shop.redis.withLock { $0.dropEverything() }
    let record = log.next()
    let failure = await #expect(throws: StoreFailure.self) { try await shop.a.append([record]) }
    guard case .damaged = failure else {
      Issue.record("an emptied store is \(String(describing: failure))")
      return
    }
    await #expect(throws: StoreFailure.self) { try await shop.a.append([record]) }
    await #expect(throws: StoreFailure.self) { try await shop.outcome(17, by: shop.b) }
  }

  @Test func aStalledRequestWaitsAndOthersBehindIt() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    let record = log.next()
    shop.a.stall()
    async let outcomes = shop.a.append([record])
    while shop.a.stalledCount == 0 { await Task.yield() }
    async let renewal: Void = shop.a.renew()
    #expect(try await shop.b.heads()[17].number == record.firstNumber - 1)
    shop.a.resume()
    #expect(try await outcomes == [.durable])
    try await renewal
    #expect(try await shop.b.heads()[17] == record.head)
  }

  @Test func closingEndsWhatIsAskedAgainAndAgain() async throws {
    let shop = TwoNodes()
    var log = try await shop.claim(17, by: shop.a)
    shop.redis.withLock { $0.takeDown(0) }
    shop.clock.duringNextPause { try? await shop.a.close() }
    let record = log.next()
    await #expect(throws: StoreFailure.unavailable("the journal is closed")) { try await shop.a.append([record]) }
    await #expect(throws: StoreFailure.unavailable("the primary is down")) { try await shop.b.heads() }
  }
}

/// Two nodes' journals on one modelled Redis, with a clock that a test moves.
struct TwoNodes: Sendable {
  let clock: SteppedTime
  let redis: SharedRedis
  let a: SharedMemoryJournal
  let b: SharedMemoryJournal

  init(replicas: Int = 0) {
    let clock = SteppedTime()
    self.clock = clock
    redis = SharedRedis(ModelledRedis(replicas: replicas)) { clock.now }
    let pause: @Sendable (Int64) async -> Void = { await clock.pause($0) }
    a = SharedMemoryJournal(node: "a", address: "a:80", on: redis, replicas: replicas, pause: pause)
    b = SharedMemoryJournal(node: "b", address: "b:80", on: redis, replicas: replicas, pause: pause)
  }

  /// Claims a shard under a nonce that no claim had.
  func outcome(_ shard: Int, by node: SharedMemoryJournal) async throws -> ClaimOutcome {
    try await node.claim([shard], nonce: clock.nextNonce(), at: SampleLog.start)[0]
  }

  /// Claims a shard that is free.
  func claim(_ shard: Int, by node: SharedMemoryJournal) async throws -> SampleLog {
    let nonce = clock.nextNonce()
    let outcome = try await node.claim([shard], nonce: nonce, at: SampleLog.start)[0]
    guard case .granted(let head, let epoch) = outcome else { throw Violation("shard \(shard): \(outcome)") }
    return SampleLog(shard: shard, from: head, epoch: epoch, nonce: nonce)
  }
}

/// Time that only a test moves; a pause takes none, and may be where something happens.
final class SteppedTime: Sendable {
  private struct State {
    var now = SampleLog.start
    var waited: Int64 = 0
    var nonces: UInt64 = 0
    var during: (@Sendable () async -> Void)?
  }

  private let state = Mutex(State())

  var now: Timestamp { state.withLock { $0.now } }
  /// How many milliseconds were asked for in pauses.
  var waited: Int64 { state.withLock { $0.waited } }

  func advance(_ milliseconds: Int64) { state.withLock { $0.now = $0.now + milliseconds } }

  func nextNonce() -> RecordNonce {
    state.withLock { state in
      state.nonces += 1
      return RecordNonce(first: 11, second: state.nonces)
    }
  }

  func duringNextPause(_ body: @escaping @Sendable () async -> Void) { state.withLock { $0.during = body } }

  func pause(_ milliseconds: Int64) async {
    let during = state.withLock { state in
      state.waited += milliseconds
      defer { state.during = nil }
      return state.during
    }
    await during?()
  }
}
