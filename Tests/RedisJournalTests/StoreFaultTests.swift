import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// One Redis that fails in every way there is: what is acknowledged is there once, what is refused is not.
  @Suite struct StoreFaultTests {
    /// Appends while something is wrong; returns once it is definite. `mend` runs beside it, after a while.
    private func write(
      _ scribe: inout ShardScribe, mend: @Sendable @escaping () async throws -> Void
    ) async throws -> AppendOutcome {
      let record = scribe.next(count: 2)
      let journal = scribe.journal
      async let outcome = journal.append([record])[0]
      try await Task.sleep(for: .milliseconds(300))
      try await mend()
      return try await outcome
    }

    @Test(arguments: [
      FaultProxy.Fault.cutRequest(after: 0), .cutRequest(after: 40), .cutReply(after: 0), .cutReply(after: 3),
    ])
    func aCutIsAskedAgain(_ fault: FaultProxy.Fault) async throws {
      let server = try await RedisServer.start()
      let proxy = try FaultProxy(to: server.port)
      var a = try await ShardScribe(try await server.journal(through: proxy.port), nonce: 1)
      #expect(try await a.write() == .durable)
      try proxy.set(fault)
      #expect(try await a.write(count: 5) == .durable)
      #expect(proxy.cutCount == 1, "the fault did not strike")
      #expect(try await a.write() == .durable)
      #expect(try server.recordCount() == 4, "each record stands there once")
      #expect(try await a.log().map(\.lastNumber) == [1, 2, 7, 8])
      try await a.journal.close()
    }

    @Test(arguments: [FaultProxy.Fault.cutReply(after: 0), .cutReply(after: 6)])
    func aClaimWhoseReplyIsLostCountsOnce(_ fault: FaultProxy.Fault) async throws {
      let server = try await RedisServer.start()
      let proxy = try FaultProxy(to: server.port)
      let journal = try await server.journal(through: proxy.port)
      // The connection is there before the fault is.
      _ = try await ShardScribe(journal, shard: 3, nonce: 9)
      try proxy.set(.delay(milliseconds: 1))
      try proxy.set(fault)
      var a = try await ShardScribe(journal, nonce: 1)
      #expect(a.epoch == 1)
      #expect(try await a.write() == .durable)
      #expect(try await a.log().count == 2)
      try await journal.close()
    }

    @Test func redisKilledAndBack() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      #expect(try await a.write() == .durable)
      server.kill()
      #expect(await a.journal.hasRoom)
      nonisolated(unsafe) let away = server
      let journal = a.journal
      let outcome = try await write(&a) {
        #expect(await !journal.hasRoom, "it waits for Redis and says that it has room")
        try await away.restart()
      }
      #expect(outcome == .durable)
      #expect(await journal.hasRoom)
      #expect(try await a.log().map(\.lastNumber) == [1, 2, 4])
      try await journal.close()
    }

    @Test func aFrozenRedisGoesOnAfterThirtySeconds() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      server.pause()
      nonisolated(unsafe) let frozen = server
      let journal = a.journal
      let outcome = try await write(&a) {
        try await Task.sleep(for: .seconds(30))
        #expect(journal.unconfirmedFor(shard: 17) > 7_000)
        frozen.resume()
      }
      #expect(outcome == .durable)
      #expect(journal.unconfirmedFor(shard: 17) == 0)
      #expect(try await a.log().count == 2, "calls that piled up while it was frozen wrote the record once")
      try await journal.close()
    }

    @Test func noMemory() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      try server.ask("CONFIG", "SET", "maxmemory", "1mb")
      guard case .failed(.full) = try await a.write() else {
        Issue.record("not refused as full")
        return
      }
      try server.ask("CONFIG", "SET", "maxmemory", "0")
      #expect(try server.recordCount() == 1)
      try await a.journal.release([17])
      var again = try await ShardScribe(a.journal, nonce: 2)
      #expect(try await again.write() == .durable)
      try await a.journal.close()
    }

    @Test func tooFewReplicasForTheServer() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      try server.ask("CONFIG", "SET", "min-replicas-to-write", "1")
      guard case .failed(.unavailable) = try await a.write() else {
        Issue.record("not refused as unavailable")
        return
      }
      #expect(try server.recordCount() == 1)
      try await a.journal.close()
    }

    @Test func aRefusedShardGoesOnFromItsHead() async throws {
      let server = try await RedisServer.start()
      let a = try await ShardScribe(try await server.journal(), nonce: 1)
      try server.ask("CONFIG", "SET", "min-replicas-to-write", "1")
      var refused = a
      #expect(try await refused.write() != .durable)
      try server.ask("CONFIG", "SET", "min-replicas-to-write", "0")
      var again = a
      #expect(try await again.write(count: 4) == .durable)
      #expect(try await again.log().map(\.lastNumber) == [1, 5])
      try await a.journal.close()
    }

    @Test func aRecordThatDoesNotFitRefusesTheWholeCommit() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      var a = try await ShardScribe(journal, shard: 1, nonce: 1)
      var b = try await ShardScribe(journal, shard: 2, nonce: 1)
      _ = b.next()
      let outcomes = try await journal.append([a.next(), b.next()])
      #expect(outcomes.allSatisfy { $0 != .durable })
      #expect(try server.recordCount(shard: 1) == 1)
      #expect(try server.recordCount(shard: 2) == 1)
      try await journal.close()
    }

    @Test func shardsOfOneCommitFailEachForItself() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal { ($0.lease, $0.renewal) = (40, 60_000) }
      var a = try await ShardScribe(journal, shard: 1, nonce: 1)
      var b = try await ShardScribe(journal, shard: 2, nonce: 1)
      try await Task.sleep(for: .milliseconds(60))
      let other = try await server.journal(node: "b")
      _ = try await ShardScribe(other, shard: 2, nonce: 2)
      #expect(try await journal.append([a.next(), b.next()]) == [.durable, .lost(mayBeWritten: false)])
      try await journal.close()
      try await other.close()
    }

    @Test func theLogCutOffAtItsEndIsWrittenAgain() async throws {
      let server = try await RedisServer.start("auto-aof-rewrite-percentage 0")
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      for _ in 0..<20 { #expect(try await a.write(count: 3) == .durable) }
      server.stop()
      try server.truncateAppendOnlyFile(by: 1_500)
      try await server.restart()
      #expect(try server.recordCount() ?? 21 < 21, "nothing was cut off")
      #expect(try await a.write() == .durable)
      #expect(try await a.log().map(\.lastNumber) == [1] + (1...20).map { UInt64($0 * 3 + 1) } + [62])
      try await a.journal.close()
    }
  }
}
