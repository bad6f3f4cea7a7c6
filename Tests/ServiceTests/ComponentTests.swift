import Testing

extension ServiceTests {
  /// What a key's numbers are made of.
  @Suite struct ComponentTests {
    @Test func fromCountToClaim() async throws {
      try await OpenService.open(keys: [("shop", "admin"), ("b", "read")]) { service in
        let client = service.caller()
        try await client.count("a", 9, asOf: "2026-01-02T00:00:00Z")
        _ = try await client.call(
          "PUT", "/v1/policies", [:], Array(#"{"safetyBuffer":1,"owners":{"onHand":"erp"}}"#.utf8))
        _ = try await client.hold("a", 2, as: "r")
        _ = try await client.post("/v1/holds/a/main/r/confirm", #"{"claim":"order-1"}"#)
        _ = try await client.hold("a", 1, as: "r-2")
        let path = "/v1/stock/a/main/components"
        let answer = try await client.get(path)
        #expect(answer.number("availableToSell") == 5)
        #expect(answer.number("reserved") == 1)
        #expect(answer.number("safetyBuffer") == 1)
        let components = try #require(answer.json["components"] as? [String: [String: Any]])
        #expect(components.keys.sorted() == ["allocated", "onHand", "open", "pending"])
        let onHand = try #require(components["onHand"])
        #expect(onHand["owner"] as? String == "erp")
        #expect((onHand["count"] as? [String: Any])?["asOf"] as? String == "2026-01-02T00:00:00.000Z")
        #expect((onHand["marks"] as? [[String: Any]])?.first?["source"] as? String == "erp")
        #expect(components["open"]?["claims"] as? Int == 1)
        #expect(components["open"]?["claimUnits"] as? Int == 2)
        #expect(components["pending"]?["owner"] == nil)
        let source = try #require((answer.json["sources"] as? [[String: Any]])?.first)
        #expect(source["source"] as? String == "erp")
        #expect(source["deliveries"] as? Int == 1)
        let tag = try #require(answer.fields["etag"])
        #expect(try await client.get(path, ["If-None-Match": tag]).status == 304)
        #expect(try await client.get("/v1/stock/b/main/components").code == "unknownKey")
        #expect(try await service.caller(1).get(path).code == "unknownKey")
      }
    }
  }
}
