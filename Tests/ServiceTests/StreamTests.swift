import InventoryService
import Testing

extension ServiceTests {
  /// What changes, as it changes.
  @Suite struct StreamTests {
    private static let two = [("shop", "read hold ingest:erp"), ("other", "read hold ingest:erp")]

    @Test func whatChangesIsToldAndNothingElse() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let stream = try EventListener(client)
        let open = try await stream.next()[0]
        #expect(open.name == "open" && open.id != nil)
        try await client.count("a", 5)
        let counted = try await stream.next()[0]
        #expect(counted.name == "stock")
        #expect(counted.number("availableToSell") == 5 && counted.number("shortfall") == 0)
        #expect(counted.json["sku"] as? String == "a" && counted.json["location"] as? String == "main")
        let held = try await client.hold("a", 2, as: "r-1")
        let told = try await stream.next()[0]
        #expect(told.number("availableToSell") == 3)
        #expect(told.json["entry"] as? String == held.json["entry"] as? String)
        // Held units become an order's: nothing more may be sold, and nothing less.
        #expect(try await client.post("/v1/holds/a/main/r-1/confirm", #"{"claim":"o-1"}"#).status == 200)
        _ = try await client.hold("a", 1, as: "r-2")
        #expect(try await stream.next()[0].number("availableToSell") == 2)
      }
    }

    @Test func aShortfallBeginsAndEnds() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 2)
        _ = try await client.hold("a", 2, as: "r-1")
        _ = try await client.post("/v1/holds/a/main/r-1/confirm", #"{"claim":"o-1"}"#)
        let stream = try EventListener(client)
        _ = try await stream.next()
        try await client.count("a", 1, asOf: "2026-01-02T00:00:00Z")
        let began = try await stream.next(2)
        #expect(began.map(\.name) == ["stock", "shortfall"])
        #expect(began[1].json["state"] as? String == "began")
        #expect(began[1].number("shortfall") == 1)
        #expect(began[1].json["uncoveredClaims"] as? [String] == ["o-1"])
        #expect(began[0].id == nil && began[1].id != nil)
        try await client.count("a", 7, asOf: "2026-01-03T00:00:00Z")
        let ended = try await stream.next(2)
        #expect(ended[1].json["state"] as? String == "ended")
        #expect(ended[1].json["uncoveredClaims"] as? [String] == [])
      }
    }

    @Test func lowStockIsToldWhenItCrossesTheLine() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let stream = try EventListener(client, "/v1/stream?lowAt=2")
        #expect(try await stream.next()[0].number("lowAt") == 2)
        try await client.count("a", 5)
        #expect(try await stream.next().map(\.name) == ["stock"])
        _ = try await client.hold("a", 3, as: "r-1")
        let low = try await stream.next(2)
        #expect(low[1].name == "lowStock" && low[1].json["low"] as? Bool == true)
        _ = try await client.hold("a", 1, as: "r-2")
        #expect(try await stream.next().map(\.name) == ["stock"])
        _ = try await client.post("/v1/holds/a/main/r-1/release")
        let enough = try await stream.next(2)
        #expect(enough[1].name == "lowStock" && enough[1].json["low"] as? Bool == false)
      }
    }

    @Test func filtersAndShopsAreKept() async throws {
      try await OpenService.open(keys: Self.two) { service in
        let (client, other) = (service.caller(0), service.caller(1))
        let leeds = try EventListener(client, "/v1/stream?sku=a&location=leeds")
        let all = try EventListener(client)
        _ = (try await leeds.next(), try await all.next())
        try await other.count("a", 9, location: "leeds")
        try await client.count("b", 1, location: "leeds")
        #expect(try await all.next()[0].json["sku"] as? String == "b")
        try await client.count("a", 2)
        #expect(try await all.next()[0].json["location"] as? String == "main")
        try await client.count("a", 3, location: "leeds")
        #expect(try await leeds.next()[0].number("availableToSell") == 3)
        #expect(try await all.next()[0].number("availableToSell") == 3)
        #expect(!all.text.contains(":9"))
      }
    }

    @Test func whatWasMissedIsToldFirst() async throws {
      try await OpenService.open(keys: Self.two) { service in
        let (client, other) = (service.caller(0), service.caller(1))
        let first = try EventListener(client)
        _ = try await first.next()
        try await client.count("a", 5)
        let last = try #require(try await first.next()[0].id)
        first.hangUp()
        for sku in ["b", "c", "d"] { try await client.count(sku, 7) }
        try await other.count("e", 9)
        _ = try await client.hold("b", 1, as: "r-1")
        let again = try EventListener(client, "/v1/stream", ["Last-Event-ID": last])
        #expect(try await again.next()[0].name == "open")
        var told: [String: Int] = [:]
        while told["d"] == nil || told["b"] == nil || told["c"] == nil {
          let event = try await again.next()[0]
          told[event.json["sku"] as? String ?? "?"] = event.number("availableToSell")
        }
        #expect(told["b"] == 6 && told["c"] == 7 && told["d"] == 7 && told["e"] == nil)
        _ = try await client.hold("c", 2, as: "r-2")
        // Some of it is told twice: as missed, and as news.
        while told["c"] != 5 {
          let event = try await again.next()[0]
          told[event.json["sku"] as? String ?? "?"] = event.number("availableToSell")
        }
        #expect(told["e"] == nil)
      }
    }

    @Test func whatItDoesNotTake() async throws {
      var settings = ServiceSettings()
      settings.streamsMax = 1
      try await OpenService.open(keys: [("s", "read"), ("s", "hold")], settings: settings) { service in
        let client = service.caller(0)
        #expect(try await service.caller(1).get("/v1/stream").code == "missingScope")
        #expect(try await client.get("/v1/stream?lowAt=-1").code == "malformedQuery")
        #expect(try await client.get("/v1/stream?skus=a").code == "malformedQuery")
        #expect(try await client.get("/v1/stream", ["Last-Event-ID": "7-1"]).code == "malformedHeader")
        #expect(try await client.call("HEAD", "/v1/stream", [:], nil).status == 200)
        let stream = try EventListener(client)
        _ = try await stream.next()
        let second = try await client.get("/v1/stream")
        #expect(second.status == 429 && second.code == "tooManyStreams")
        #expect(second.fields["retry-after"] == "5")
        // Who hangs up makes room.
        stream.hangUp()
        while !(try await client.get("/metrics").text.contains("holdfast_stream_listeners 0\n")) {
          try await Task.sleep(for: .milliseconds(10))
        }
        _ = try await EventListener(client).next()
      }
    }

    @Test func afterARestartNothingIsMissing() async throws {
      let place = try ScratchPlace()
      let token = try await place.key("shop", "read", "hold", "ingest:erp")
      let (first, port) = try await ServeProcess.serve(place, "--keys", place.keys)
      let client = HTTPCaller(port: port, token: token)
      let stream = try EventListener(client)
      _ = try await stream.next()
      try await client.count("a", 5)
      let last = try #require(try await stream.next()[0].id)
      // A stop ends streams, and says so.
      first.signal(15)
      let end = try await stream.next()[0]
      #expect(end.name == "end" && end.json["reason"] as? String == "stopping")
      #expect(await first.end() == 0)

      let (second, next) = try await ServeProcess.serve(place, "--keys", place.keys)
      let back = HTTPCaller(port: next, token: token)
      try await back.count("b", 3)
      let again = try EventListener(back, "/v1/stream", ["Last-Event-ID": last])
      var names: [String] = []
      while !names.contains("b") {
        let event = try await again.next()[0]
        #expect(event.name != "reset")
        names.append(event.json["sku"] as? String ?? event.name)
      }
      // A key that is revoked hears nothing more.
      let id = String(token.split(separator: "_")[1])
      #expect(try await Holdfast.run("key", "revoke", "--keys", place.keys, id, in: place).code == 0)
      let over = try await again.next()[0]
      #expect(over.name == "end" && over.json["reason"] as? String == "keyEnded")
      second.signal(15)
      #expect(await second.end() == 0)
    }
  }
}
