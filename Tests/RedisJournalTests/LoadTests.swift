import JournalConformance
import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// A journal that is copied into Redis: its records as they are, where nobody owns a shard.
  @Suite struct LoadTests {
    /// Six records of two claims of shard 17, and one of shard 4.
    private func sample() -> (records: [JournalRecord], log: SampleLog) {
      var log = SampleLog(shard: 17)
      var other = SampleLog(shard: 4, epoch: 3)
      var records = [log.next(count: 2), other.next(), log.next()]
      for count in 1...3 { records.append(log.next(count: count, epoch: 2, nonce: RecordNonce(first: 5, second: 5))) }
      return (records, log)
    }

    private func records(of shard: Int, in records: [JournalRecord]) -> [JournalRecord] {
      records.filter { $0.shard == shard }
    }

    @Test func recordsComeAsTheyAre() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      let (sample, log) = sample()
      #expect(try await journal.load(sample) == Array(repeating: .durable, count: sample.count))
      for shard in [4, 17] {
        let found = try await journal.records(shard: shard, after: 0, limit: .max)
        #expect(found == records(of: shard, in: sample))
      }
      #expect(try await journal.heads()[17] == sample.last?.head)
      // The next claim goes on from there.
      var a = try await ShardScribe(journal, nonce: 1)
      #expect(a.epoch == 3)
      #expect(a.head.number == log.head.number + 1)
      #expect(try await a.write() == .durable)
      #expect(try await journal.load([]) == [])
      try await journal.close()
    }

    @Test func twiceIsOnce() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      let (sample, _) = sample()
      for _ in 1...2 { #expect(try await journal.load(sample) == Array(repeating: .durable, count: sample.count)) }
      #expect(try server.recordCount() == 5)
      try await journal.close()
    }

    @Test func whatAReplyIsMissingForIsAskedAgain() async throws {
      let server = try await RedisServer.start()
      let proxy = try FaultProxy(to: server.port)
      let journal = try await server.journal(through: proxy.port)
      let (sample, _) = sample()
      _ = try await journal.load([])
      _ = try await ShardScribe(journal, shard: 9, nonce: 1)
      try proxy.set(.cutReply(after: 5))
      #expect(try await journal.load(sample) == Array(repeating: .durable, count: sample.count))
      #expect(proxy.cutCount == 1)
      #expect(try server.recordCount() == 5)
      try await journal.close()
    }

    @Test func aShardThatIsOwnedIsNotTouched() async throws {
      let server = try await RedisServer.start()
      let owner = try await ShardScribe(try await server.journal(node: "b"), nonce: 1)
      let journal = try await server.journal()
      let (sample, _) = sample()
      for (record, outcome) in zip(sample, try await journal.load(sample)) {
        if record.shard == 4 { #expect(outcome == .durable) } else { #expect(outcome.isOwned, "\(outcome)") }
      }
      #expect(try server.recordCount() == 1)
      try await owner.journal.close()
      try await journal.close()
    }

    @Test func whatDoesNotContinueTheLogIsRefused() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      let (sample, log) = sample()
      let shard = records(of: 17, in: sample)
      let outcomes = try await journal.load([shard[0], shard[2], shard[3]])
      #expect(outcomes.map { $0 == .durable } == [true, false, false])
      #expect(try await journal.load(Array(shard[1...])) == Array(repeating: .durable, count: 4))
      var older = log
      guard case .failed(.other(let words)) = try await journal.load([older.next(epoch: 1)])[0] else {
        Issue.record("an epoch fell")
        return
      }
      #expect(words.contains("epoch"))
      #expect(try server.recordCount() == 5)
      try await journal.close()
    }

    @Test func aFullRedisSaysSo() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      try server.ask("CONFIG", "SET", "maxmemory", "1mb")
      let (sample, _) = sample()
      let outcomes = try await journal.load(sample)
      #expect(outcomes.allSatisfy { if case .failed = $0 { true } else { false } })
      try server.ask("CONFIG", "SET", "maxmemory", "0")
      #expect(try await journal.load(sample) == Array(repeating: .durable, count: sample.count))
      try await journal.close()
    }

    @Test func anEmptiedStoreIsDamage() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      try server.ask("FLUSHALL")
      let failure = await #expect(throws: StoreFailure.self) { _ = try await journal.load(sample().records) }
      guard case .damaged = failure else {
        Issue.record("not said as damage")
        return
      }
      try await journal.close()
    }

    @Test func aSnapshotComesToo() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      let (sample, log) = sample()
      _ = try await journal.load(sample)
      let snapshot = log.snapshot(images: 3)
      try await journal.save(snapshot)
      #expect(try await journal.snapshot(shard: 17) == snapshot)
      // Not beside an owner.
      let owner = try await ShardScribe(try await server.journal(node: "b"), nonce: 1)
      let failure = await #expect(throws: StoreFailure.self) { try await journal.save(snapshot) }
      #expect(failure.map { AppendOutcome.failed($0).isOwned } == true)
      try await owner.journal.close()
      try await journal.close()
    }
  }
}

extension AppendOutcome {
  /// True for a refusal because another node owns the shard.
  var isOwned: Bool { if case .failed(.owned) = self { true } else { false } }
}
