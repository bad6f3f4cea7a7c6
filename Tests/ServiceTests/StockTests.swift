import Testing

extension ServiceTests {
  /// What may be sold, and what sources count.
  @Suite struct StockTests {
    @Test func aKeyAndAllLocations() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.count("a", 7, location: "leeds")
        _ = try await client.hold("a", 2, as: "r-1")
        let key = try await client.get("/v1/stock/a/main")
        #expect(key.number("onHand") == 5)
        #expect(key.number("reserved") == 2)
        #expect(key.number("availableToSell") == 3)
        #expect(key.number("ageMs") == 0)
        let item = try await client.get("/v1/stock/a")
        #expect(item.number("availableToSell") == 10)
        let locations = try #require(item.json["locations"] as? [[String: Any]])
        #expect(locations.map { $0["location"] as? String } == ["leeds", "main"])
      }
    }

    @Test(arguments: ["/v1/stock/a/main", "/v1/stock/a"])
    func whoHasItIsNotSentItAgain(_ path: String) async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        let tag = try #require(try await client.get(path).fields["etag"])
        let same = try await client.get(path, ["If-None-Match": "\"x\", \(tag)"])
        #expect(same.status == 304)
        #expect(same.body.isEmpty)
        _ = try await client.hold("a", as: "r")
        let changed = try await client.get(path, ["If-None-Match": tag])
        #expect(changed.status == 200)
        #expect(changed.fields["etag"] != tag)
      }
    }

    @Test func countsAreAbsolute() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        #expect(try await client.count("a", 5, asOf: "2026-01-02T00:00:00Z").number("availableToSell") == 5)
        #expect(try await client.count("a", 5, asOf: "2026-01-02T00:00:00Z").json["duplicate"] as? Bool == true)
        #expect(try await client.count("a", 6, asOf: "2026-01-02T00:00:00Z").code == "idReused")
        let stale = try await client.count("a", 9, asOf: "2026-01-01T00:00:00Z")
        #expect(stale.status == 409)
        #expect(stale.code == "stale")
        #expect(try await client.count("a", -3, asOf: "2026-01-03T00:00:00Z").number("availableToSell") == 0)
        #expect(try await client.get("/v1/stock/a/main").number("shortfall") == 3)
      }
    }
  }
}
