import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// The ways in: a user with the rights that are needed and no others, a numbered database, a socket.
  @Suite struct AccessTests {
    /// What docs/operations names.
    private static let user =
      "user holdfast on >secret resetchannels ~hf:* ~{s:* ~ats:* &ats:* -@all "
      + "+client|setname +select +role +info +config|get +script|load +evalsha +multi +exec +wait +time "
      + "+exists +get +set +del +unlink +persist +publish "
      + "+hget +hset +hmget +hgetall +hkeys +hdel +hincrby +xadd +xrange +xrevrange +xtrim"

    @Test func aUserWithTheseRightsOnly() async throws {
      let server = try await RedisServer.start(Self.user)
      let address = try RedisAddress("redis://holdfast:secret@127.0.0.1:\(server.port)/3")
      try await useEverything(at: address, of: server)
      let readModel = RedisReadModel(address)
      let key = try StockKey(shop: "kiosk", sku: "tea", location: "leeds")
      await readModel.publish([AvailabilityChange(key: key, availableToSell: 4)])
      #expect(try value(of: "ats:kiosk:tea:leeds", at: 3, of: server) == "4")
    }

    @Test func aSocketInTheFileSystem() async throws {
      let server = try await RedisServer.start(onSocket: true)
      try await useEverything(at: RedisAddress("unix://\(server.directory)/redis.sock"), of: server)
    }

    /// Everything that a journal does, one after the other.
    private func useEverything(at address: RedisAddress, of server: RedisServer) async throws {
      let archive = server.directory + "/archive"
      let journal = try await server.journal(at: address) { ($0.archive, $0.renewal) = (archive, 60) }
      var (a, b) = (try await ShardScribe(journal, nonce: 1), try await ShardScribe(journal, shard: 4, nonce: 1))
      var marks: [ShardHead] = []
      for round in 1...3 {
        #expect(try await journal.append([a.next(count: round), b.next()]) == [.durable, .durable])
        marks.append(a.head)
        try await journal.save(
          ShardSnapshot(shard: 17, through: a.head.number, hash: a.head.hash, time: a.head.time, images: []))
      }
      try await journal.trim(shard: 17, through: marks[1].number)
      #expect(try await a.log().last?.head == a.head)
      #expect(try await journal.snapshot(shard: 17)?.through == a.head.number)
      #expect(try await journal.heads()[17] == a.head)
      try await journal.announce()
      #expect(try await journal.standing(of: ["a"]).announced == ["a": "a.test:1"])
      try await journal.withdraw()
      try await Task.sleep(for: .milliseconds(150))
      #expect(try await a.write() == .durable, "a renewal met no refusal")
      try await journal.release([17])
      #expect(try await journal.handovers() == 1)
      let fresh = try await server.journal(at: address)
      #expect(try await fresh.records(shard: 4, after: 2, limit: 1).map(\.lastNumber) == [3])
      #expect(try await fresh.load([a.next()]) == [.durable])
      try await journal.close()
      try await fresh.close()
    }

    private func value(of key: String, at database: Int, of server: RedisServer) throws -> String? {
      var writer = RESPWriter()
      writer.command("GET", key)
      return try server.connect(database: database).run(&writer, replies: 1)[0].text
    }
  }
}
