import Foundation
import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import StoreThread
import Testing

extension RealServers {
  /// Words that a real Redis can be brought to say, while a record waits.
  @Suite struct RealWordTests {
    /// Appends; mends what is wrong once the journal says that it waits.
    private func write(_ scribe: inout ShardScribe, mend: () async throws -> Void) async throws -> AppendOutcome {
      let record = scribe.next()
      let journal = scribe.journal
      async let outcome = journal.append([record])[0]
      try await until("a journal that waits") { await !journal.hasRoom }
      try await mend()
      return try await outcome
    }

    @Test func loading() async throws {
      // A pause after each command read from the file; Redis answers between every 1,024 of them.
      let server = try await RedisServer.start("key-load-delay 400", "auto-aof-rewrite-percentage 0")
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      #expect(try await a.write() == .durable)
      var writer = RESPWriter()
      for _ in 0..<3_000 { writer.command("SET", "filler", "") }
      _ = try server.connect().run(&writer, replies: 3_000)
      try server.restartWithoutWaiting()
      try await until("LOADING") {
        do { return try server.ask("PING").errorWord == "LOADING" } catch RedisFailure.connect(let line) {
          return line.hasPrefix("LOADING")
        }
      }
      #expect(try await a.write() == .durable)
      #expect(try await a.log().map(\.lastNumber) == [1, 2, 3])
      try await a.journal.close()
    }

    @Test func busy() async throws {
      let server = try await RedisServer.start("busy-reply-threshold 10")
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      let script = StoreThread(name: "test")
      defer { script.end() }
      // Both before it is busy: then it lets nobody in.
      let (connection, other) = (try server.connect(replyTimeout: 60_000), try server.connect())
      var writer = RESPWriter()
      script.post {
        var writer = RESPWriter()
        writer.command("EVAL", "while true do end", "0")
        _ = try? connection.run(&writer, replies: 1)
      }
      try await until("BUSY") {
        writer.command("GET", "k")
        return try other.run(&writer, replies: 1)[0].errorWord == "BUSY"
      }
      let outcome = try await write(&a) {
        writer.command("SCRIPT", "KILL")
        let killed = try other.run(&writer, replies: 1)[0]
        #expect(killed.isOK)
      }
      #expect(outcome == .durable)
      #expect(try await a.log().map(\.lastNumber) == [1, 2])
      try await a.journal.close()
    }

    @Test func scriptsFlushed() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      var a = try await ShardScribe(journal, shard: 1, nonce: 1)
      var b = try await ShardScribe(journal, shard: 2, nonce: 1)
      try server.ask("SCRIPT", "FLUSH")
      #expect(try await journal.append([a.next(), b.next()]) == [.durable, .durable])
      #expect(try server.recordCount(shard: 1) == 2)
      #expect(try server.recordCount(shard: 2) == 2)
      try server.ask("SCRIPT", "FLUSH")
      try await journal.release([1])
      _ = try await ShardScribe(try await server.journal(node: "b"), shard: 1, nonce: 2)
      try await journal.close()
    }

    @Test func scriptsFlushedUnderAnIdleShard() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal { $0.renewal = 60 }
      _ = try await ShardScribe(journal, nonce: 1)
      let ends = { try server.ask("HGET", "{s:17}:own", "until").integer ?? 0 }
      try server.ask("SCRIPT", "FLUSH")
      let before = try ends()
      try await until("a renewal") { try ends() > before }
      try await journal.close()
    }

    @Test func readOnlyUntilItIsAPrimaryAgain() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(), nonce: 1)
      // A replica of nobody: it keeps what it has.
      try server.ask("REPLICAOF", "127.0.0.1", "1")
      let outcome = try await write(&a) { try server.promote() }
      #expect(outcome == .durable)
      #expect(try await a.log().map(\.lastNumber) == [1, 2])
      try await a.journal.close()
    }

    @Test func aUserWithoutScriptsIsToldAtTheStart() async throws {
      let server = try await RedisServer.start("user clerk on >till ~* &* +@all -evalsha")
      try await (try await server.journal()).close()
      let address = try RedisAddress("redis://clerk:till@127.0.0.1:\(server.port)")
      let failure = await #expect(throws: StoreFailure.self) { _ = try await server.journal(at: address) }
      #expect(failure?.description.contains("NOPERM") == true)
      #expect(failure?.description.contains("the user needs the rights") == true)
    }
  }
}
