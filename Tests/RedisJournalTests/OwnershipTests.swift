import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// Who may write: claims, leases, fences, hand-overs, on a real Redis.
  @Suite struct OwnershipTests {
    @Test func aClaimIsARecordOfTheLog() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      #expect(a.epoch == 1)
      #expect(a.head.number == 1)
      #expect(try await a.write(count: 3) == .durable)
      let log = try await a.log()
      #expect(log.map(\.lastNumber) == [1, 4])
      #expect(log.map(\.epoch) == [1, 1])
      var sections = log[0].sections
      #expect(try sections.next()?.body == .claimed(node: "a"))
      try await a.journal.close()
    }

    @Test func whileALeaseLivesNobodyElseClaims() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(node: "a"), nonce: 1)
      let b = try await server.journal(node: "b")
      let outcome = try await b.claim([17], nonce: RecordNonce(first: 2, second: 1), at: ShardScribe.start)[0]
      guard case .held(let holder, let left) = outcome else {
        Issue.record("claimed beside a living lease: \(outcome)")
        return
      }
      #expect(holder == "a")
      #expect((1...10_000).contains(left))
      #expect(b.owner(of: 17) == "a.test:1")
      #expect(try await a.write() == .durable)
      try await a.journal.close()
      try await b.close()
    }

    @Test func aShardThatWasGivenUpIsClaimedAtOnce() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(node: "a"), nonce: 1)
      #expect(try await a.write() == .durable)
      try await a.journal.release([17])
      var b = try await ShardScribe(try await server.journal(node: "b"), nonce: 2)
      #expect(b.epoch == 2)
      #expect(b.head.number == 3)
      #expect(try await b.write() == .durable)
      let outcome = try await a.write()
      #expect(outcome != .durable, "a wrote after it gave the shard up")
      #expect(try await b.log().map(\.epoch) == [1, 1, 2, 2])
      try await a.journal.close()
      try await b.journal.close()
    }

    @Test func aZombieIsFencedAndLearnsIt() async throws {
      let server = try await RedisServer.start()
      // Its renewals come too late for its lease: as a process that was stopped for a while.
      var a = try await ShardScribe(
        try await server.journal(node: "a") {
          ($0.lease, $0.renewal, $0.selfStop) = (50, 60_000, 40)
        }, nonce: 1)
      #expect(try await a.write() == .durable)
      try await Task.sleep(for: .milliseconds(80))
      #expect(a.journal.unconfirmedFor(shard: 17) > 0)
      var b = try await ShardScribe(try await server.journal(node: "b"), nonce: 2)
      #expect(try await b.write() == .durable)
      #expect(try await a.write() == .lost(mayBeWritten: false))
      var losses = try #require(a.journal.losses).makeAsyncIterator()
      #expect(await losses.next() == [17])
      #expect(try await b.write() == .durable)
      #expect(try await b.log().map(\.epoch) == [1, 1, 2, 2, 2])
      try await a.journal.close()
      try await b.journal.close()
    }

    @Test func aRenewalFindsTheLossWithoutAnAppend() async throws {
      let server = try await RedisServer.start()
      let a = try await ShardScribe(
        try await server.journal(node: "a") { ($0.lease, $0.renewal, $0.selfStop) = (30, 150, 20) }, nonce: 1)
      try await Task.sleep(for: .milliseconds(40))
      let b = try await ShardScribe(try await server.journal(node: "b"), nonce: 2)
      var losses = try #require(a.journal.losses).makeAsyncIterator()
      #expect(await losses.next() == [17])
      #expect(b.epoch == 2)
      try await a.journal.close()
      try await b.journal.close()
    }

    @Test func renewalsKeepAnIdleShard() async throws {
      let server = try await RedisServer.start()
      let a = try await ShardScribe(
        try await server.journal(node: "a") { ($0.lease, $0.renewal, $0.selfStop) = (2_000, 100, 1_500) }, nonce: 1)
      let before = try server.ask("HGET", "{s:17}:own", "until").integer ?? 0
      try await Task.sleep(for: .milliseconds(600))
      #expect(try server.ask("HGET", "{s:17}:own", "until").integer ?? 0 > before)
      #expect(a.journal.unconfirmedFor(shard: 17) == 0)
      try await a.journal.close()
    }
  }
}
