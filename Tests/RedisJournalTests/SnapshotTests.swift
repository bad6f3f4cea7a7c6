import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// Snapshots and trimming, where something goes wrong beside them.
  @Suite struct SnapshotTests {
    private func snapshot(_ scribe: ShardScribe) -> ShardSnapshot {
      ShardSnapshot(
        shard: scribe.shard, through: scribe.head.number, hash: scribe.head.hash, time: scribe.head.time, images: [])
    }

    private func partCount(_ server: RedisServer) throws -> Int? {
      try server.ask("KEYS", "{s:17}:snap:*").array?.count
    }

    @Test func noPartIsLeftOver() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      for _ in 1...4 {
        #expect(try await a.write() == .durable)
        try await a.journal.save(snapshot(a))
      }
      // The same again takes the place of the one before.
      try await a.journal.save(snapshot(a))
      #expect(try server.ask("HLEN", "{s:17}:snap").integer == 2)
      #expect(try partCount(server) == 2)
      for key in try server.ask("KEYS", "{s:17}:snap:*").array ?? [] {
        #expect(try server.ask("TTL", key.text ?? "").integer == -1, "a part that is named stays")
      }
      try await a.journal.close()
    }

    @Test func whoLostTheShardNamesNothing() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal(node: "a") {
        ($0.lease, $0.renewal, $0.selfStop) = (50, 60_000, 40)
        $0.archive = server.directory + "/archive"
      }
      var a = try await ShardScribe(journal, nonce: 1)
      for _ in 1...2 {
        #expect(try await a.write() == .durable)
        try await journal.save(snapshot(a))
      }
      let mark = a.head.number
      try await Task.sleep(for: .milliseconds(80))
      let b = try await ShardScribe(try await server.journal(node: "b"), nonce: 2)
      // It does not know it yet, then it does.
      for _ in 1...2 {
        for work in [{ try await journal.save(snapshot(b)) }, { try await journal.trim(shard: 17, through: mark - 1) }]
        {
          let failure = await #expect(throws: StoreFailure.self) { try await work() }
          #expect(failure.map { AppendOutcome.failed($0).isOwned } == true, "\(failure.map { "\($0)" } ?? "done")")
        }
        #expect(try await a.write() != .durable)
      }
      #expect(try server.recordCount() == 4)
      try await journal.close()
      try await b.journal.close()
    }

    @Test func aHoleInTheArchiveIsNoDamage() async throws {
      let server = try await RedisServer.start()
      // Two machines trim in turn: each archive has what its own node trimmed.
      for round in 1...3 as ClosedRange<UInt64> {
        let archive = server.directory + "/archive\(round % 2)"
        let journal = try await server.journal { $0.archive = archive }
        var a = try await ShardScribe(journal, nonce: round)
        var marks: [UInt64] = []
        for _ in 1...2 {
          for _ in 1...5 { #expect(try await a.write() == .durable) }
          marks.append(a.head.number)
          try await journal.save(snapshot(a))
        }
        try await journal.trim(shard: 17, through: marks[0])
        try await journal.release([17])
        try await journal.close()
      }
      let journal = try await server.journal { $0.archive = server.directory + "/archive1" }
      #expect(try await journal.records(shard: 17, after: 0, limit: 5).map(\.lastNumber) == [1, 2, 3, 4, 5])
      let failure = await #expect(throws: StoreFailure.self) {
        _ = try await journal.records(shard: 17, after: 0, limit: .max)
      }
      #expect(failure?.description.contains("was trimmed") == true, "\(failure.map { "\($0)" } ?? "read")")
      try await journal.close()
    }
  }
}
