import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// A primary and its replica: what a failover keeps, loses, and gives out twice.
  @Suite struct FailoverTests {
    /// A primary with a replica that has everything it has.
    private func pair() async throws -> (primary: RedisServer, replica: RedisServer) {
      let primary = try await RedisServer.start()
      let replica = try await RedisServer.start()
      try replica.replicaOf(primary)
      try await replica.waitSynced(with: primary)
      return (primary, replica)
    }

    @Test func acknowledgedMeansThatTheReplicaHasIt() async throws {
      let (primary, replica) = try await pair()
      var a = try await ShardScribe(try await primary.journal(replicas: 1, others: [replica]), nonce: 1)
      for _ in 0..<10 { #expect(try await a.write() == .durable) }
      primary.kill()
      #expect(try replica.recordCount() == 11)
      try await a.journal.close()
    }

    @Test func withoutItsReplicaARecordIsInDoubtUntilItIsBack() async throws {
      let (primary, replica) = try await pair()
      var a = try await ShardScribe(try await primary.journal(replicas: 1, others: [replica]), nonce: 1)
      replica.kill()
      let record = a.next()
      let journal = a.journal
      async let outcome = journal.append([record])[0]
      try await Task.sleep(for: .milliseconds(1_500))
      #expect(await !journal.hasRoom)
      try await replica.restart()
      try replica.replicaOf(primary)
      #expect(try await outcome == .durable)
      #expect(try primary.recordCount() == 2, "asked again and again, written once")
      try await replica.waitSynced(with: primary)
      #expect(try replica.recordCount() == 2)
      try await journal.close()
    }

    /// WAIT goes by the last command of its own connection: on a fresh one it would count every replica. Here it
    /// stands behind the record's next try, which also renews the lease and so is a write that a replica can lack.
    @Test func aFreshConnectionDoesNotCountReplicasThatAreBehind() async throws {
      let (primary, replica) = try await pair()
      let proxy = try FaultProxy(to: primary.port)
      var a = try await ShardScribe(try await primary.journal(through: proxy.port, replicas: 1), nonce: 1)
      replica.pause()
      let (journal, record) = (a.journal, a.next())
      async let outcome = journal.append([record])[0]
      for cuts in 1...4 {
        try await until("try \(cuts)") { await !journal.hasRoom }
        try await Task.sleep(for: .milliseconds(400))
        proxy.cutAll()
        #expect(await !journal.hasRoom, "acknowledged without its replica")
      }
      #expect(try primary.recordCount() == 2)
      replica.resume()
      #expect(try await outcome == .durable)
      #expect(try replica.recordCount() == 2)
      try await journal.close()
    }

    @Test func aPrimaryThatWasReplacedWithoutKnowingItIsLeft() async throws {
      let (primary, replica) = try await pair()
      let third = try await RedisServer.start()
      var a = try await ShardScribe(try await primary.journal(replicas: 1, others: [replica]), nonce: 1)
      #expect(try await a.write() == .durable)
      try replica.promote()
      try third.replicaOf(replica)
      try await third.waitSynced(with: replica)
      // It takes the record and waits for its replica in vain; nobody told it anything.
      #expect(try await a.write() == .durable)
      #expect(try replica.recordCount() == 3)
      #expect(try third.recordCount() == 3)
      try await a.journal.close()
    }

    @Test func whatIsReadIsThePrimarys() async throws {
      let (primary, replica) = try await pair()
      var a = try await ShardScribe(try await primary.journal(others: [replica]), nonce: 1)
      #expect(try await a.log().count == 1)
      try await replica.waitSynced(with: primary)
      try replica.promote()
      // A replica of nobody: it answers reads with what it had.
      try primary.ask("REPLICAOF", "127.0.0.1", "1")
      #expect(try await a.write(count: 3) == .durable)
      #expect(try await a.journal.heads()[17] == a.head)
      #expect(try await a.log().map(\.lastNumber) == [1, 4])
      #expect(try await a.journal.standing(of: []).owners[17].head == a.head)
      try await a.journal.close()
    }

    @Test func theNewPrimaryIsFound() async throws {
      let (primary, replica) = try await pair()
      let third = try await RedisServer.start()
      var a = try await ShardScribe(try await primary.journal(replicas: 1, others: [replica]), nonce: 1)
      #expect(try await a.write() == .durable)
      primary.kill()
      try replica.promote()
      try third.replicaOf(replica)
      try await third.waitSynced(with: replica)
      #expect(try await a.write() == .durable)
      #expect(try replica.recordCount() == 3)
      try await a.journal.close()
    }

    @Test func aPrimaryThatBecameAReplicaIsLeft() async throws {
      let (primary, replica) = try await pair()
      var a = try await ShardScribe(try await primary.journal(others: [replica]), nonce: 1)
      #expect(try await a.write() == .durable)
      try await replica.waitSynced(with: primary)
      try replica.promote()
      try primary.replicaOf(replica)
      #expect(try await a.write() == .durable)
      #expect(try await a.log().map(\.lastNumber) == [1, 2, 3])
      #expect(try replica.recordCount() == 3)
      try await a.journal.close()
    }

    @Test func aTailThatTheFailoverLostIsWrittenAgain() async throws {
      let (primary, replica) = try await pair()
      // Without a replica that is waited for, a forced failover loses what the replica did not have yet.
      var a = try await ShardScribe(try await primary.journal(others: [replica]), nonce: 1)
      #expect(try await a.write() == .durable)
      try await replica.waitSynced(with: primary)
      try replica.promote()
      for _ in 0..<5 { #expect(try await a.write(count: 2) == .durable) }
      #expect(try replica.recordCount() == 2)
      primary.kill()
      #expect(try await a.write() == .durable)
      #expect(try replica.recordCount() == 8)
      #expect(try await a.log().map(\.lastNumber) == [1, 2, 4, 6, 8, 10, 12, 13])
      try await a.journal.close()
    }

    @Test func aClaimThatTheFailoverLostIsToldApartByItsNonce() async throws {
      let (primary, replica) = try await pair()
      let a0 = try await primary.journal(node: "a", others: [replica])
      try await replica.waitSynced(with: primary)
      try replica.promote()
      // On the old primary, which nobody follows any more.
      var a = try await ShardScribe(a0, nonce: 1)
      #expect(a.epoch == 1)
      primary.kill()
      var b = try await ShardScribe(try await replica.journal(node: "b"), nonce: 2)
      #expect(b.epoch == 1, "the epoch is given out a second time")
      #expect(try await b.write() == .durable)
      // Its first try met a primary that was gone: by itself that may have been written.
      #expect(try await a.write() == .lost(mayBeWritten: true))
      #expect(try await b.log().map(\.nonce) == [b.nonce, b.nonce])
      try await a0.close()
      try await b.journal.close()
    }
  }
}
