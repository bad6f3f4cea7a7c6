import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// What storefronts read in Redis: values that fade, messages where something changed, nothing that waits.
  @Suite struct RedisReadModelTests {
    private func change(_ sku: String, _ units: Int64) throws -> AvailabilityChange {
      AvailabilityChange(key: try StockKey(shop: "kiosk", sku: sku, location: "leeds"), availableToSell: units)
    }

    private func readModel(on server: RedisServer) throws -> RedisReadModel {
      RedisReadModel(try RedisAddress("redis://127.0.0.1:\(server.port)"))
    }

    @Test func aValueThatFades() async throws {
      let server = try await RedisServer.start()
      let readModel = try readModel(on: server)
      await readModel.publish([try change("tea", 12), try change("jam", 0)])
      #expect(try server.ask("GET", "ats:kiosk:tea:leeds").text == "12")
      #expect(try server.ask("GET", "ats:kiosk:jam:leeds").text == "0")
      #expect((1...30).contains(try server.ask("TTL", "ats:kiosk:tea:leeds").integer ?? -1))
      await readModel.publish([])
      try server.ask("EXPIRE", "ats:kiosk:tea:leeds", "1")
      await readModel.publish([try change("tea", 12)])
      #expect(try server.ask("TTL", "ats:kiosk:tea:leeds").integer ?? 0 > 1, "a refresh lets it live on")
    }

    @Test func aMessageWhereSomethingChanged() async throws {
      let server = try await RedisServer.start()
      let readModel = try readModel(on: server)
      let reader = try server.connect()
      var writer = RESPWriter()
      writer.command("PSUBSCRIBE", "ats:*")
      _ = try reader.run(&writer, replies: 1)
      for units in [3, 3, 2] as [Int64] { await readModel.publish([try change("tea", units)]) }
      await readModel.publish([try change("tea", 2), try change("jam", 2)])
      let messages = try (0..<3).map { _ in try reader.reply().array?.suffix(2).map(\.text) }
      #expect(
        messages == [
          ["ats:kiosk:tea:leeds", "3"], ["ats:kiosk:tea:leeds", "2"], ["ats:kiosk:jam:leeds", "2"],
        ])
    }

    @Test func noTwoKeysMeet() async throws {
      let server = try await RedisServer.start()
      let readModel = try readModel(on: server)
      let keys = [
        try StockKey(shop: "a:b", sku: "c", location: "d"), try StockKey(shop: "a", sku: "b:c", location: "d"),
        try StockKey(shop: "a", sku: "b", location: "c:d"), try StockKey(shop: "a%3Ab", sku: "c", location: "d"),
        try StockKey(shop: "a", sku: "b SET x 1", location: "ä"),
      ]
      await readModel.publish(
        keys.enumerated().map { AvailabilityChange(key: $1, availableToSell: Int64($0)) })
      #expect(try server.ask("DBSIZE").integer == 5)
      #expect(try server.ask("GET", "ats:a%3Ab:c:d").text == "0")
      #expect(try server.ask("GET", "ats:a%253Ab:c:d").text == "3")
      #expect(try server.ask("GET", "ats:a:b SET x 1:ä").text == "4")
    }

    @Test func awayAndBack() async throws {
      let server = try await RedisServer.start()
      let readModel = try readModel(on: server)
      await readModel.publish([try change("tea", 3)])
      server.kill()
      await readModel.publish([try change("tea", 2)])
      try await server.restart()
      await readModel.publish([try change("tea", 1)])
      #expect(try server.ask("GET", "ats:kiosk:tea:leeds").text == "1")
      server.pause()
      await readModel.publish([try change("tea", 0)])
      server.resume()
      try server.ask("SCRIPT", "FLUSH")
      try server.ask("SET", "ats:kiosk:jam:leeds", "x")
      try await until("scripts that are loaded again") {
        await readModel.publish([try change("jam", 7)])
        return try server.ask("GET", "ats:kiosk:jam:leeds").text == "7"
      }
    }

    @Test func somethingElseUnderTheName() async throws {
      let server = try await RedisServer.start()
      try server.ask("LPUSH", "ats:kiosk:tea:leeds", "x")
      await (try readModel(on: server)).publish([try change("tea", 5), try change("jam", 6)])
      #expect(try server.ask("GET", "ats:kiosk:tea:leeds").text == "5")
      #expect(try server.ask("GET", "ats:kiosk:jam:leeds").text == "6")
    }
  }
}
