import InventoryService
import Testing

extension ServiceTests {
  /// Bodies that no client should send: each gets a clear answer, and the next one is served.
  @Suite struct BodyTests {
    private static func hold(units: String) -> [UInt8] {
      Array(#"{"sku":"a","location":"main","units":\#(units)}"#.utf8)
    }

    /// The body, and the code that it gets.
    private static let bad: [(body: [UInt8], status: Int, code: String)] = [
      ([], 400, "malformedBody"),
      ([0xFF, 0xFE], 400, "malformedBody"),
      (Array(#"{"sku":"\#("\u{1}")"}"#.utf8), 400, "malformedBody"),
      (Array(#"{"sku":"a","sku":"a","location":"main","units":1}"#.utf8), 400, "malformedBody"),
      (Array(repeating: UInt8(ascii: "["), count: 100_000), 400, "malformedBody"),
      (Array(String(repeating: #"{"a":"#, count: 10_000).utf8), 400, "malformedBody"),
      (Array(#"{"sku":"a","location":"main","units":1,"price":2}"#.utf8), 422, "invalidField"),
      (Array(#"{"sku":"a","location":"main"}"#.utf8), 422, "invalidField"),
      (Array(#"{"sku":"","location":"main","units":1}"#.utf8), 422, "invalidField"),
      (hold(units: "007"), 400, "malformedBody"),
      (hold(units: "1e308"), 422, "invalidField"),
      (hold(units: "1e3"), 422, "invalidField"),
      (hold(units: "1.5"), 422, "invalidField"),
      (hold(units: "1.0"), 422, "invalidField"),
      (hold(units: "99999999999999999999"), 422, "invalidField"),
      (hold(units: #""7""#), 422, "invalidField"),
      (hold(units: "null"), 422, "invalidField"),
      (hold(units: "-5"), 422, "outOfRange"),
      (hold(units: "0"), 422, "outOfRange"),
      (hold(units: "1000000001"), 422, "outOfRange"),
    ]

    @Test func malformedBodies() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        for (body, status, code) in Self.bad {
          let answer = try await client.call("POST", "/v1/holds", [:], body)
          let words = String(decoding: body.prefix(60), as: UTF8.self)
          #expect(answer.status == status, "\(words)")
          #expect(answer.code == code, "\(words)")
          #expect(answer.fields["content-type"] == "application/problem+json")
        }
        #expect(try await client.get("/v1/stock/a/main").number("reserved") == 0)
      }
    }

    @Test func largeBodies() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let large = [UInt8](repeating: UInt8(ascii: " "), count: 2 << 20)
        let answer = try await client.call("POST", "/v1/holds", [:], large)
        #expect(answer.status == 413)
        #expect(answer.code == "bodyTooLarge")
        #expect(answer.number("limit") == 1 << 20)
        // Without a length nobody can know before it is read.
        var chunked = Array(
          "POST /v1/holds HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(client.token ?? "")\r\n".utf8)
        chunked += Array("Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        for _ in 0..<32 { chunked += Array("10000\r\n".utf8) + large.prefix(0x10000) + Array("\r\n".utf8) }
        #expect(try await client.send(chunked + Array("0\r\n\r\n".utf8)).status == 413)
        #expect(try await client.get("/livez").status == 200)
      }
    }

    @Test func aBodyThatDoesNotCome() async throws {
      var settings = ServiceSettings()
      settings.bodyPatience = .milliseconds(100)
      try await OpenService.open(settings: settings) { service in
        let client = service.caller()
        let head = "POST /v1/holds HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(client.token ?? "")\r\n"
        // The connection stays open: the server answers and closes it.
        let answer = try await client.send(Array((head + "Content-Length: 100\r\n\r\n{").utf8))
        #expect(answer.status == 408)
        #expect(answer.code == "bodyTooSlow")
        #expect(answer.fields["connection"] == "close")
      }
    }

    @Test func pathsAndMethods() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        #expect(try await client.get("/v2/holds").code == "noSuchRoute")
        let wrong = try await client.call("DELETE", "/v1/holds/a/b/c", [:], nil)
        #expect(wrong.status == 405)
        #expect(wrong.fields["allow"] == "GET")
        let head = try await client.send(Array("HEAD /livez HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".utf8))
        #expect(head.status == 200)
        let none = try await client.send(Array("HEAD /v1/holds HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".utf8))
        #expect(none.status == 405)
        #expect(head.body.isEmpty && none.body.isEmpty)
        #expect(try await client.get("/livez", ["X-Request-Id": "mine-1"]).fields["x-request-id"] == "mine-1")
        let own = try await client.get("/livez", ["X-Request-Id": "no name"])
        #expect(own.fields["x-request-id"] != "no name")
        #expect(try await client.send(Array("nonsense\r\n\r\n".utf8)).status == 400)
      }
    }
  }
}
