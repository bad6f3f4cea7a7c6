import Foundation
import Logging
import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

/// Tests that start servers, one after the other: two cores are not many.
@Suite(.serialized) struct RealServers {}

extension RealServers {
  /// What a store is: made once, checked at every start, read as it was written.
  @Suite struct StoreTests {
    @Test func aRedisWithoutAStoreIsNotTakenForAnEmptyOne() async throws {
      let server = try await RedisServer.start()
      await #expect(throws: StoreFailure.self) { _ = try await server.journal { $0.creates = false } }
      try await (try await server.journal()).close()
      try await (try await server.journal { $0.creates = false }).close()
    }

    @Test func afterFlushAllNobodyStartsAtZero() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      #expect(try await a.write() == .durable)
      try server.ask("FLUSHALL")
      let failure = await #expect(throws: StoreFailure.self) { try await a.write() }
      guard case .damaged = failure else {
        Issue.record("not said as damage: \(failure.map { "\($0)" } ?? "nothing")")
        return
      }
      // A second node of the same program, which was told nothing of making a store, refuses as well.
      await #expect(throws: StoreFailure.self) { _ = try await server.journal { $0.creates = false } }
      #expect(try server.recordCount() == 0)
      try await a.journal.close()
    }

    @Test func oneMissingRowIsDamage() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      try server.ask("DEL", "{s:200}:own")
      await #expect(throws: StoreFailure.self) { _ = try await journal.heads() }
      try await journal.close()
    }

    @Test(arguments: [
      ("appendonly no", "appendonly is no"), ("appendfsync everysec", "appendfsync is everysec"),
      ("maxmemory 100mb\nmaxmemory-policy allkeys-lru", "maxmemory-policy is allkeys-lru"),
    ])
    func settingsThatLoseRecordsAreRefused(_ line: String, _ words: String) async throws {
      let server = try await RedisServer.start(line)
      let failure = await #expect(throws: StoreFailure.self) { _ = try await server.journal() }
      #expect(failure?.description.contains(words) == true, "\(failure.map { "\($0)" } ?? "nothing")")
      #expect(try server.ask("EXISTS", "hf:meta").integer == 0, "a refused store was made all the same")
      try await (try await server.journal { $0.acceptsRisks = true }).close()
    }

    @Test func theCountOfReplicasIsTheStoresOwn() async throws {
      let server = try await RedisServer.start()
      try await (try await server.journal(replicas: 1)).close()
      let failure = await #expect(throws: StoreFailure.self) { _ = try await server.journal(replicas: 2) }
      #expect(failure?.description.contains("made for 1 replicas, not 2") == true)
      try await (try await server.journal()).close()
    }

    @Test func aNewerFormatIsNotTouched() async throws {
      let server = try await RedisServer.start()
      try await (try await server.journal()).close()
      try server.ask("HSET", "hf:meta", "format", "2")
      let failure = await #expect(throws: StoreFailure.self) { _ = try await server.journal() }
      guard case .newerFormat = failure else {
        Issue.record("\(failure.map { "\($0)" } ?? "opened")")
        return
      }
    }

    @Test func aFlippedBitInALogIsFound() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      #expect(try await a.write(count: 2) == .durable)
      var bytes = a.next().bytes
      bytes[90] ^= 4
      // Behind the owner's back, as damaged memory would: a record that looks right from outside.
      var writer = RESPWriter()
      writer.command(5)
      writer.argument("XADD")
      writer.argument("{s:17}:log")
      writer.argument("1-4")
      writer.argument("r")
      writer.argument(bytes)
      _ = try server.connect().run(&writer, replies: 1)
      await #expect(throws: StoreFailure.self) { _ = try await a.log() }
      try await a.journal.close()
    }

    @Test func aLogThatEndsBeforeItsRowSaysIsFound() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      #expect(try await a.write() == .durable)
      try server.ask("XTRIM", "{s:17}:log", "MAXLEN", "0")
      var numbers = Array(repeating: UInt64.max, count: 256)
      numbers[17] = 0
      let journal = a.journal
      let asked = numbers
      await #expect(throws: StoreFailure.self) {
        var cursor: PageCursor? = .start
        while let from = cursor { cursor = try await journal.page(after: asked, from: from).next }
      }
      try await journal.close()
    }

    @Test func readsGoOnFromAnyEntryOverManyEpochs() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      var records: [JournalRecord] = []
      for nonce in 1...9 as ClosedRange<UInt64> {
        var scribe = try await ShardScribe(journal, nonce: nonce)
        for count in 1...3 { _ = try await journal.append([scribe.next(count: count)]) }
        records = try await scribe.log()
        try await journal.release([17])
      }
      #expect(records.count == 36)
      let fresh = try await server.journal()
      for number in 0...(records[35].lastNumber) {
        let found = try await fresh.records(shard: 17, after: number, limit: 2)
        #expect(found == Array(records.filter { $0.lastNumber > number }.prefix(2)), "after \(number)")
      }
      try await journal.close()
      try await fresh.close()
    }

    @Test func trimmedRecordsAreInTheArchiveAndStayReadable() async throws {
      let server = try await RedisServer.start()
      let archive = server.directory + "/archive"
      var a = try await ShardScribe(try await server.journal { $0.archive = archive }, nonce: 1)
      var marks: [ShardSnapshot] = []
      for _ in 0..<3 {
        for _ in 0..<50 { _ = try await a.write(count: 2) }
        let mark = ShardSnapshot(shard: 17, through: a.head.number, hash: a.head.hash, time: a.head.time, images: [])
        try await a.journal.save(mark)
        marks.append(mark)
      }
      let whole = try await a.log()
      try await a.journal.trim(shard: 17, through: marks[1].through)
      #expect(try server.recordCount() ?? 0 == 50)
      #expect(try await a.log() == whole)
      #expect(try await a.journal.snapshot(shard: 17) == marks[2])
      try await a.journal.close()
      let other = try await server.journal()
      await #expect(throws: StoreFailure.self, "the archive is on another machine") {
        _ = try await other.records(shard: 17, after: 0, limit: 1)
      }
      #expect(try await other.records(shard: 17, after: marks[1].through, limit: .max).count == 50)
      try await other.close()
    }
  }
}
