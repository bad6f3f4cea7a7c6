import Foundation
import Testing

extension ServiceTests {
  /// Carts: all or nothing, and ended as one.
  @Suite struct CartTests {
    private static let cart = """
      {"cart":"c-1","lines":[{"sku":"a","location":"main","units":2},{"sku":"b","location":"main","units":1}]}
      """
    private static let first = #""first":{"sku":"a","location":"main"}"#

    private func open(_ body: @escaping @Sendable (HTTPCaller) async throws -> Void) async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.count("b", 1)
        try await body(client)
      }
    }

    @Test func aCartIsConfirmed() async throws {
      try await open { client in
        let held = try await client.post("/v1/carts", Self.cart)
        #expect(held.status == 201)
        #expect((held.json["first"] as? [String: String]) == ["sku": "a", "location": "main"])
        #expect((held.json["lines"] as? [[String: Any]])?.count == 2)
        #expect(try await client.post("/v1/carts", Self.cart).fields["idempotency-replayed"] == "true")
        #expect(try await client.post("/v1/holds/a/main/c-1/release").code == "belongsToCart")
        let claims = #"[{"sku":"a","location":"main","claim":"o/1"},{"sku":"b","location":"main","claim":"o/2"}]"#
        let confirmed = try await client.post("/v1/carts/c-1/confirm", "{\(Self.first),\"lines\":\(claims)}")
        #expect(confirmed.status == 200)
        #expect(try await client.get("/v1/stock/a/main").number("availableToSell") == 3)
        let late = try await client.post("/v1/carts/c-1/release", "{\(Self.first)}")
        #expect((400..<500).contains(late.status))
      }
    }

    @Test func aCartIsExtendedAndReleased() async throws {
      try await open { client in
        _ = try await client.post("/v1/carts", Self.cart)
        let later = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 3_000))
        let extended = try await client.post("/v1/carts/c-1/extend", "{\(Self.first),\"expiresAt\":\"\(later)\"}")
        #expect(extended.status == 200)
        #expect(try await client.post("/v1/carts/c-1/release", "{\(Self.first)}").status == 200)
        #expect(try await client.hold("b", as: "r").status == 201)
      }
    }

    @Test func aShortCartNamesItsShortLines() async throws {
      try await open { client in
        let body =
          #"{"lines":[{"sku":"a","location":"main","units":9},{"sku":"b","location":"main","units":2}]}"#
        let short = try await client.post("/v1/carts", body)
        #expect(short.status == 409)
        let lines = try #require(short.json["short"] as? [[String: Any]])
        #expect(lines.map { $0["available"] as? Int } == [5, 1])
        #expect(try await client.get("/v1/stock/a/main").number("reserved") == 0)
      }
    }

    @Test func aCartThatNobodyKnows() async throws {
      try await open { client in
        let unknown = try await client.post("/v1/carts/c-9/release", "{\(Self.first)}")
        #expect(unknown.code == "unknownCart")
        #expect(try await client.post("/v1/carts", #"{"lines":[]}"#).status == 422)
      }
    }
  }
}
