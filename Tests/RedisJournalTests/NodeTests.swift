import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// What nodes know of each other through Redis.
  @Suite struct NodeTests {
    @Test func signsOfLife() async throws {
      let server = try await RedisServer.start()
      let a = try await server.journal(node: "a") { $0.lease = 9_500 }
      let b = try await server.journal(node: "b")
      #expect(try await a.standing(of: ["a", "b", "c"]).announced == [:])
      try await a.announce()
      try await b.announce()
      #expect(try await a.standing(of: ["a", "b", "c"]).announced == ["a": "a.test:1", "b": "b.test:1"])
      #expect(try await b.standing(of: ["a"]).announced == ["a": "a.test:1"])
      #expect((9...10).contains(try server.ask("TTL", "hf:node:a").integer ?? 0), "a lease, rounded up to seconds")
      try await a.withdraw()
      try await a.withdraw()
      #expect(try await b.standing(of: ["a", "b"]).announced == ["b": "b.test:1"])
      try await a.close()
      try await b.close()
    }

    @Test func whoOwnsWhat() async throws {
      let server = try await RedisServer.start()
      let a = try await server.journal(node: "a")
      let b = try await server.journal(node: "b")
      _ = try await ShardScribe(a, shard: 17, nonce: 1)
      let seen = try await b.standing(of: [])
      #expect(seen.owners.count == 256)
      #expect(seen.owners[17].node == "a")
      #expect(seen.owners[17].address == "a.test:1")
      #expect(seen.owners[17].epoch == 1)
      #expect((1...10_000).contains(seen.owners[17].leaseLeft))
      #expect(seen.owners[18].node.isEmpty)
      #expect(seen.owners[18].leaseLeft <= 0)
      #expect(seen.ours == [])
      #expect(try await a.standing(of: []).ours == [17])
      #expect(b.owner(of: 17) == "a.test:1")
      #expect(a.owner(of: 17) == nil, "its own")
      try await a.close()
      try await b.close()
    }

    @Test func handoversAreCounted() async throws {
      let server = try await RedisServer.start()
      let a = try await server.journal(node: "a")
      let b = try await server.journal(node: "b")
      #expect(try await b.handovers() == 0)
      _ = try await a.claim([1, 2, 3], nonce: RecordNonce(first: 1, second: 1), at: ShardScribe.start)
      _ = try await b.standing(of: [])
      try await a.release([1, 2])
      #expect(try await b.handovers() == 2)
      let seen = try await b.standing(of: [])
      #expect(seen.handovers == 2)
      #expect(seen.owners[1].node.isEmpty)
      #expect(seen.owners[1].epoch == 1)
      #expect(b.owner(of: 1) == nil)
      #expect(b.owner(of: 3) == "a.test:1")
      try await a.close()
      try await b.close()
    }

    @Test func anEmptiedStoreIsDamage() async throws {
      let server = try await RedisServer.start()
      let a = try await server.journal()
      try server.ask("FLUSHALL")
      for look in [{ _ = try await a.handovers() }, { _ = try await a.standing(of: []) }] {
        let failure = await #expect(throws: StoreFailure.self) { try await look() }
        guard case .damaged = failure else {
          Issue.record("not said as damage: \(failure.map { "\($0)" } ?? "nothing")")
          return
        }
      }
      try await a.close()
    }
  }
}
