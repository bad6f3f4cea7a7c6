import JournalConformance
import StockJournal
import StockLedger
import Testing

/// One owner's talk with a store, line by line.
@Suite struct ShardOwnerTests {
  @Test func anAppendIsDurableOnceEnoughHaveIt() throws {
    var shard = OwnedShard(replicas: 2)
    let record = try shard.begin()
    #expect(shard.owner.toSend == [record])
    #expect(shard.owner.hear([.ok], copies: 1) == .again(.pause))
    #expect(shard.owner.hear([.duplicate], copies: nil) == .again(.reconnect))
    #expect(shard.owner.head == shard.claim.head)
    #expect(shard.owner.hear([.duplicate], copies: 2) == .durable)
    #expect(shard.owner.head == record.head)
    #expect(shard.owner.toSend.isEmpty)
  }

  @Test func withoutReplicasNobodyAsksForCopies() throws {
    var shard = OwnedShard(replicas: 0)
    _ = try shard.begin()
    #expect(shard.owner.hear([.ok], copies: nil) == .durable)
  }

  @Test func whatIsNotTheNextRecordIsRefused() throws {
    var shard = OwnedShard(replicas: 0)
    var skipping = shard.log
    _ = skipping.next()
    var higher = shard.log
    var strange = shard.log
    for wrong in [
      skipping.next(), higher.next(epoch: 9), strange.next(nonce: RecordNonce(first: 0, second: 0)),
    ] {
      #expect(throws: RecordError.self) { try shard.owner.begin(wrong) }
      #expect(shard.owner.toSend.isEmpty)
    }
    _ = try shard.begin()
  }

  @Test func noReplyIsAskedAgainUntilItIsKnown() throws {
    var shard = OwnedShard(replicas: 0)
    let record = try shard.begin()
    #expect(shard.owner.hear([.none], copies: nil) == .again(.reconnect))
    #expect(shard.owner.hear([.word("LOADING Redis is loading")], copies: nil) == .again(.pause))
    #expect(shard.owner.hear([.word("READONLY You can't")], copies: nil) == .again(.otherServer))
    #expect(shard.owner.hear([.word("NOSCRIPT No matching")], copies: nil) == .again(.loadScripts))
    #expect(shard.owner.toSend == [record])
    #expect(shard.owner.hear([.duplicate], copies: nil) == .durable)
  }

  @Test func aRefusalIsDefiniteOnlyWithoutDoubt() throws {
    let full = "OOM command not allowed when used memory > 'maxmemory'."
    var shard = OwnedShard(replicas: 0)
    _ = try shard.begin()
    #expect(shard.owner.hear([.word(full)], copies: nil) == .refused(.full(full)))
    #expect(shard.owner.toSend.isEmpty)
    shard.takeBack()
    _ = try shard.begin()
    #expect(shard.owner.hear([.none], copies: nil) == .again(.reconnect))
    #expect(shard.owner.hear([.word(full)], copies: nil) == .again(.pause))
    #expect(shard.owner.hear([.ok], copies: nil) == .durable)
  }

  @Test func aFenceSaysWhetherTheRecordMayBeThere() throws {
    var sure = OwnedShard(replicas: 1)
    _ = try sure.begin()
    #expect(sure.owner.hear([.fenced(epoch: 2, node: "b")], copies: 1) == .lost(mayBeWritten: false))
    var doubtful = OwnedShard(replicas: 1)
    _ = try doubtful.begin()
    #expect(doubtful.owner.hear([.ok], copies: 0) == .again(.pause))
    #expect(doubtful.owner.hear([.fenced(epoch: 2, node: "b")], copies: 1) == .lost(mayBeWritten: true))
    var idle = OwnedShard(replicas: 1)
    #expect(idle.owner.hear(renewal: .fenced(epoch: 2, node: "b")) == .lost(mayBeWritten: false))
  }

  @Test func nothingIsWrittenUnderALostClaim() async {
    await #expect(processExitsWith: .failure) {
      var shard = OwnedShard(replicas: 0)
      _ = shard.owner.hear(renewal: .fenced(epoch: 2, node: "b"))
      _ = try shard.begin()
    }
  }

  @Test func aLostTailIsWrittenAgain() throws {
    var shard = OwnedShard(replicas: 1)
    let first = try shard.append()
    let second = try shard.append()
    let third = try shard.begin()
    #expect(shard.owner.hear([shard.gap(after: shard.claim)], copies: 1) == .again(.now))
    #expect(shard.owner.toSend == [first, second, third])
    // Half of it gets through before the connection dies: the store stands in the midst of what is sent next.
    #expect(shard.owner.hear([.ok, .none, .none], copies: nil) == .again(.reconnect))
    #expect(shard.owner.hear([shard.gap(after: first), .ok, .ok], copies: 0) == .again(.pause))
    let there = shard.gap(after: third)
    #expect(shard.owner.hear([there, there, .duplicate], copies: 1) == .durable)
    #expect(shard.owner.head == third.head)
  }

  @Test func aRenewalFindsALostTail() throws {
    var shard = OwnedShard(replicas: 1)
    let first = try shard.append()
    #expect(shard.owner.hear(renewal: .ok) == .durable)
    #expect(shard.owner.hear(renewal: .none) == .again(.reconnect))
    #expect(shard.owner.hear(renewal: .word("NOREPLICAS Not enough")) == .again(.pause))
    #expect(shard.owner.hear(renewal: shard.gap(after: shard.claim)) == .again(.now))
    #expect(shard.owner.toSend == [first])
    // Records that were durable cannot be refused any more.
    #expect(shard.owner.hear([.word("NOREPLICAS Not enough")], copies: nil) == .again(.pause))
    #expect(shard.owner.hear([.ok], copies: 1) == .durable)
    #expect(shard.owner.toSend.isEmpty)
    #expect(shard.owner.hear(renewal: shard.gap(after: first)) == .again(.pause))
    #expect(shard.owner.toSend.isEmpty)
  }

  @Test func anotherHistoryStops() throws {
    var shard = OwnedShard(replicas: 0)
    _ = try shard.append()
    for number in [shard.claim.lastNumber, shard.owner.head.number, shard.owner.head.number + 5] {
      let other = AppendReply.gap(number: number, hash: RecordHash(first: 1, second: 1))
      guard case .stop(.damaged(let text)) = shard.owner.hear(renewal: other) else {
        Issue.record("another history at \(number) does not stop")
        return
      }
      #expect(text.contains("another history at entry \(number)"))
    }
  }

  @Test func onlyWhatIsKeptCanBeWrittenAgain() throws {
    var shard = OwnedShard(replicas: 0, keptBytesMax: 1_000)
    var records: [JournalRecord] = []
    for _ in 0..<40 { records.append(try shard.append()) }
    let bytes = records[0].bytes.count
    let kept = 1_000 / bytes
    #expect(shard.owner.hear(renewal: shard.gap(after: records[39 - kept])) == .again(.now))
    #expect(shard.owner.toSend == Array(records.suffix(kept)))
    guard case .stop(.damaged(let text)) = shard.owner.hear(renewal: shard.gap(after: records[38 - kept])) else {
      Issue.record("a store rolled back too far does not stop")
      return
    }
    #expect(text.contains("rolled back to entry \(records[38 - kept].lastNumber)"))
  }

  @Test func anEmptiedStoreAndStrangeWordsStop() throws {
    var shard = OwnedShard(replicas: 0)
    _ = try shard.begin()
    guard case .stop(.damaged(let text)) = shard.owner.hear([.gone], copies: nil) else {
      Issue.record("an emptied store does not stop")
      return
    }
    #expect(text.contains("emptied"))
    let word = shard.owner.hear([.word("NEWWORD of a later version")], copies: nil)
    #expect(word == .stop(WordClass.failure("NEWWORD of a later version")))
  }
}

/// An owner just after its claim, and the log that it writes.
struct OwnedShard {
  let claim: JournalRecord
  var owner: ShardOwner
  private(set) var log: SampleLog
  private var before: SampleLog

  init(replicas: Int, keptBytesMax: Int = 1 << 20) {
    var log = SampleLog(shard: 17)
    claim = log.next()
    owner = ShardOwner(claim: claim, replicas: replicas, keptBytesMax: keptBytesMax)
    self.log = log
    before = log
  }

  /// The next record, in flight.
  mutating func begin() throws -> JournalRecord {
    before = log
    let record = log.next()
    try owner.begin(record)
    return record
  }

  /// The next record, durable.
  mutating func append() throws -> JournalRecord {
    let record = try begin()
    #expect(owner.hear([.ok], copies: 2) == .durable)
    return record
  }

  /// Forgets the record that was refused.
  mutating func takeBack() { log = before }

  func gap(after record: JournalRecord) -> AppendReply { .gap(number: record.lastNumber, hash: record.hash) }
}
