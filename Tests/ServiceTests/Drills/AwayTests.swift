import Foundation
import Testing

extension ServiceDrillTests {
  /// Clients that go away before they hear, and ask again with the same key.
  @Suite struct AwayTests {
    /// How much of a request is sent before its client goes, and how.
    private static let ways: [(part: Double, isReset: Bool)] = [
      (0.3, false), (0.9, false), (0.9, true), (1, false), (1, true),
    ]

    private static func request(_ client: HTTPCaller, _ name: String) -> [UInt8] {
      let body = #"{"sku":"a","location":"main","units":1}"#
      let head = """
        POST /v1/holds HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(client.token ?? "")\r\n\
        Idempotency-Key: \(name)\r\nContent-Length: \(body.utf8.count)\r\n\r\n
        """
      return Array((head + body).utf8)
    }

    @Test func theSameKeyGetsTheSameAnswer() async throws {
      let shop = try await ServiceDrillTests.open()
      let client = shop.client
      try await client.count("a", 1_000_000)
      var names: [String] = []
      for round in 0..<20 {
        for (index, way) in Self.ways.enumerated() {
          let name = "h-\(round)-\(index)"
          let bytes = Self.request(client, name)
          let wire = try Wire(port: client.port)
          wire.send(bytes.prefix(Int(Double(bytes.count) * way.part)))
          if way.isReset { wire.reset() }
          names.append(name)
        }
      }
      for name in names {
        let first = try await client.hold("a", as: name)
        let second = try await client.hold("a", as: name)
        #expect(first.status == 201 && second.status == 201)
        #expect(second.fields["idempotency-replayed"] == "true")
        // What is available, and the last entry, are the key's of the moment.
        for field in ["reservation", "sku", "location", "expiresAt"] {
          #expect(first.json[field] as? String == second.json[field] as? String, "\(name)")
        }
        #expect(first.number("units") == second.number("units"))
      }
      #expect(try await client.get("/v1/stock/a/main").number("reserved") == names.count)
      await shop.end()
    }
  }
}
