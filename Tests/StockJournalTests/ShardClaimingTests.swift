import JournalConformance
import StockJournal
import StockLedger
import Testing

/// One node's claim of a shard, line by line.
@Suite struct ShardClaimingTests {
  private static let nonce = RecordNonce(first: 4, second: 2)
  private static let foreign = RecordNonce(first: 9, second: 9)

  private static func claiming(replicas: Int = 0) -> ShardClaiming {
    ShardClaiming(shard: 17, node: "a", nonce: nonce, time: SampleLog.start, replicas: replicas)
  }

  private static func taken(epoch: UInt64 = 3, nonce: RecordNonce = foreign, leaseLeft: Int64 = 0) -> OwnState {
    var log = SampleLog(shard: 17, epoch: epoch, nonce: nonce)
    return OwnState(
      epoch: epoch, nonce: nonce, node: "b", address: "b:80", head: log.next(count: 5).head, leaseLeft: leaseLeft)
  }

  @Test func aFreeShardIsClaimedWithARecord() throws {
    var claiming = Self.claiming()
    let request = try #require(claiming.hear(own: .own(Self.taken())).request)
    let record = request.record
    #expect(request.expected == Self.taken())
    #expect((record.epoch, record.nonce) == (4, Self.nonce))
    #expect((record.firstNumber, record.count) == (6, 1))
    #expect(record.previous == Self.taken().head.hash)
    // Never before the log's last record.
    #expect(record.time == Self.taken().head.time)
    var sections = record.sections
    #expect(try sections.next() == JournalEntry(at: record.time, body: .claimed(node: "a")))
    #expect(try sections.key() == .journal)
    let owner = try #require(claiming.hear(.ok, copies: nil).owner)
    #expect(owner.head == record.head)
    #expect((owner.shard, owner.epoch, owner.nonce) == (17, 4, Self.nonce))
  }

  @Test func anEmptyLogIsClaimedAtItsFirstEntry() throws {
    var claiming = Self.claiming()
    let request = try #require(claiming.hear(own: .own(OwnState())).request)
    #expect((request.record.epoch, request.record.firstNumber) == (1, 1))
    #expect(request.record.time == SampleLog.start)
  }

  @Test func aLivingLeaseHolds() {
    var claiming = Self.claiming()
    #expect(claiming.hear(own: .own(Self.taken(leaseLeft: 250))).holder == "b for 250")
    #expect(claiming.hear(own: .own(Self.taken())).request != nil)
    #expect(claiming.hear(.held(by: "c", for: 9_000), copies: nil).holder == "c for 9000")
  }

  @Test func aClaimCountsOnceEnoughHaveIt() throws {
    var claiming = Self.claiming(replicas: 1)
    let request = try #require(claiming.hear(own: .own(Self.taken())).request)
    let again = claiming.hear(.ok, copies: 0)
    #expect(again.request == request)
    #expect(again.after == .pause)
    #expect(claiming.hear(.duplicate, copies: nil).after == .reconnect)
    let ours = OwnState(epoch: 4, nonce: Self.nonce, node: "a", head: request.record.head, leaseLeft: 9_000)
    #expect(claiming.hear(own: .own(ours)).request == request)
    #expect(claiming.hear(.duplicate, copies: 1).owner?.head == request.record.head)
  }

  @Test func aChangedRowIsReadAgain() throws {
    var claiming = Self.claiming()
    let first = try #require(claiming.hear(own: .own(Self.taken())).request)
    #expect(claiming.hear(.changed, copies: nil).after == .now)
    let second = try #require(claiming.hear(own: .own(Self.taken(epoch: 7))).request)
    #expect(second.record.epoch == 8)
    #expect(second != first)
  }

  @Test func withoutAReplyTheRowTells() throws {
    var claiming = Self.claiming()
    let request = try #require(claiming.hear(own: .own(Self.taken())).request)
    #expect(claiming.hear(.none, copies: nil).after == .reconnect)
    #expect(claiming.hear(own: .none).after == .reconnect)
    // Not carried out: the very same claim again.
    #expect(claiming.hear(own: .own(Self.taken())).request == request)
    #expect(claiming.hear(.none, copies: nil).after == .reconnect)
    // Carried out: sent once more to renew it and to ask for copies.
    let ours = OwnState(epoch: 4, nonce: Self.nonce, node: "a", head: request.record.head, leaseLeft: 9_000)
    #expect(claiming.hear(own: .own(ours)).request == request)
    #expect(claiming.hear(.duplicate, copies: nil).owner != nil)
  }

  @Test func aNonceThatMayHaveClaimedIsNotUsedAfterAnother() throws {
    var doubtful = Self.claiming()
    _ = doubtful.hear(own: .own(Self.taken()))
    _ = doubtful.hear(.none, copies: nil)
    #expect(doubtful.hear(own: .own(Self.taken(epoch: 4))).failure == .unavailable(Self.spent))
    var held = Self.claiming()
    _ = held.hear(own: .own(Self.taken()))
    _ = held.hear(.none, copies: nil)
    #expect(held.hear(own: .own(Self.taken(epoch: 4, leaseLeft: 1))).holder == "b for 1")
    var used = Self.claiming()
    #expect(used.hear(own: .own(Self.taken(nonce: Self.nonce, leaseLeft: 9))).failure == .unavailable(Self.spent))
  }

  private static let spent = "shard 17: this nonce may have claimed it before; claim it with a new one"

  @Test func wordsGoByTheirClass() throws {
    let full = "OOM command not allowed when used memory > 'maxmemory'."
    var claiming = Self.claiming()
    #expect(claiming.hear(own: .word("LOADING Redis is loading")).after == .pause)
    #expect(claiming.hear(own: .word("MASTERDOWN Link with MASTER is down")).after == .otherServer)
    _ = try #require(claiming.hear(own: .own(Self.taken())).request)
    #expect(claiming.hear(.word("NOSCRIPT No matching script."), copies: nil).after == .loadScripts)
    var refused = claiming
    #expect(refused.hear(.word(full), copies: nil).failure == .full(full))
    #expect(claiming.hear(.none, copies: nil).after == .reconnect)
    #expect(claiming.hear(own: .own(Self.taken())).request != nil)
    #expect(claiming.hear(.word(full), copies: nil).after == .pause)
  }

  @Test func whatOnlyPeopleCanMendStops() {
    var claiming = Self.claiming()
    #expect(claiming.hear(own: .gone).stop != nil)
    #expect(claiming.hear(own: .word("NOPERM this user has no permissions")).stop != nil)
    let end = OwnState(head: ShardHead(number: .max))
    #expect(claiming.hear(own: .own(end)).stop != nil)
    #expect(claiming.hear(own: .own(OwnState(epoch: .max))).stop != nil)
    _ = claiming.hear(own: .own(Self.taken()))
    #expect(claiming.hear(.gone, copies: nil).stop != nil)
  }
}

extension ClaimStep {
  fileprivate var request: ClaimRequest? { if case .send(let request, _) = self { request } else { nil } }
  fileprivate var owner: ShardOwner? { if case .granted(let owner) = self { owner } else { nil } }
  fileprivate var failure: StoreFailure? { if case .failed(let failure) = self { failure } else { nil } }
  fileprivate var stop: StoreFailure? { if case .stop(let failure) = self { failure } else { nil } }
  fileprivate var holder: String? {
    if case .held(let node, let milliseconds) = self { "\(node) for \(milliseconds)" } else { nil }
  }
  fileprivate var after: RetryAfter? {
    switch self {
    case .read(let after), .send(_, let after): after
    case .granted, .held, .failed, .stop: nil
    }
  }
}
