import InventoryService
import Testing

extension ServiceTests {
  /// What one connection may cost, and all of them together.
  @Suite struct ConnectionTests {
    private static let ask = "GET /livez HTTP/1.1\r\nHost: t\r\n\r\n"

    private static func head(_ token: String?, _ fields: String) -> String {
      "POST /v1/holds HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token ?? "")\r\n\(fields)\r\n\r\n"
    }

    @Test func whoIsIdleLongestIsClosed() async throws {
      var settings = ServiceSettings()
      settings.idleConnectionsMax = 4
      try await OpenService.open(settings: settings) { service in
        var wires: [Wire] = []
        for _ in 0..<10 {
          let wire = try Wire(port: service.port)
          wire.send(Self.ask)
          #expect(try await wire.until { $0.contains("alive") }.hasPrefix("HTTP/1.1 200"))
          wires.append(wire)
        }
        for wire in wires.prefix(6) { #expect(try await wire.untilClosed().contains("alive")) }
        for wire in wires.suffix(4) {
          wire.send(Self.ask)
          let text = try await wire.until { $0.split(separator: "alive").count == 3 }
          #expect(text.split(separator: "HTTP/1.1 200").count == 2)
        }
      }
    }

    @Test func whoAsksIsNotIdle() async throws {
      var settings = ServiceSettings()
      settings.idleConnectionsMax = 1
      try await OpenService.open(settings: settings) { service in
        let asking = try Wire(port: service.port)
        // In one piece: when the first is answered, the second is known to have begun.
        asking.send(Self.ask + Self.head(service.tokens[0], "Content-Length: 2"))
        try await asking.until { $0.contains("alive") }
        // Each closes the one before it, and none the one whose body is awaited.
        for _ in 0..<3 { _ = try await service.caller().get("/livez") }
        asking.send("{}")
        #expect(try await asking.until { $0.contains("requestId") }.contains("HTTP/1.1 422"))
      }
    }

    @Test func pastItsBoundTheServiceSaysComeBack() async throws {
      var settings = ServiceSettings()
      settings.callsMax = 0
      try await OpenService.open(settings: settings) { service in
        let answer = try await service.caller().hold("a", as: "h-1")
        #expect(answer.status == 429)
        #expect(answer.code == "overloaded")
        #expect(answer.fields["retry-after"] == "1")
        #expect(try await service.caller().get("/v1/stock/a").status == 429)
        // Who looks whether it lives is answered, and who has no key is told so.
        #expect(try await service.caller().get("/livez").status == 200)
        #expect(try await HTTPCaller(port: service.port).get("/v1/stock/a").status == 401)
      }
    }

    @Test func whereTooMuchWaitsTheConnectionItselfSaysSo() async throws {
      var settings = ServiceSettings()
      settings.waitingMax = 0
      try await OpenService.open(settings: settings) { service in
        let wire = try Wire(port: service.port)
        // Before anything of the body is there; what comes of it is passed over, and the connection goes on.
        wire.send(Self.head(service.tokens[0], "Content-Length: 3\r\nX-Request-Id: mine"))
        let refused = try await wire.until { $0.contains("overloaded") && $0.hasSuffix("}") }
        #expect(refused.hasPrefix("HTTP/1.1 429"))
        #expect(refused.lowercased().contains("retry-after: 1\r\n"))
        #expect(refused.contains("\"requestId\":\"mine\""))
        wire.send("{}\n" + "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await wire.until { $0.contains("HTTP/1.1 200") }.contains("overloaded"))
        wire.send(Self.head(service.tokens[0], "Connection: close\r\nContent-Length: 0"))
        _ = try await wire.untilClosed()
        let measured = try await service.caller().get("/metrics").text
        #expect(measured.contains(#"holdfast_http_requests_total{method="POST",route="none",status="429"} 2"#))
      }
    }

    @Test func aStreamTakesNobodysPlace() async throws {
      var settings = ServiceSettings()
      settings.waitingMax = 1
      try await OpenService.open(settings: settings) { service in
        let stream = try Wire(port: service.port)
        stream.send("GET /v1/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(service.tokens[0])\r\n\r\n")
        _ = try await stream.until { $0.contains("HTTP/1.1 200") }
        for number in 0..<20 {
          #expect(try await service.caller().hold("a", as: "h-\(number)").status == 409)
        }
      }
    }

    @Test(arguments: [(calls: 4, waiting: 1_000), (calls: 1_000, waiting: 4)])
    func inACrowdEachCallIsAnswered(_ bounds: (calls: Int, waiting: Int)) async throws {
      var settings = ServiceSettings()
      settings.callsMax = bounds.calls
      settings.waitingMax = bounds.waiting
      try await OpenService.open(settings: settings) { service in
        let client = service.caller()
        try await client.count("a", 1_000_000)
        let answers = try await withThrowingTaskGroup(of: [HTTPCaller.Answer].self) { group in
          for worker in 0..<64 {
            group.addTask {
              var answers: [HTTPCaller.Answer] = []
              for number in 0..<20 { answers.append(try await client.hold("a", as: "h-\(worker)-\(number)")) }
              return answers
            }
          }
          var all: [HTTPCaller.Answer] = []
          for try await answers in group { all += answers }
          return all
        }
        let held = answers.filter { $0.status == 201 }
        let refused = answers.filter { $0.status == 429 }
        #expect(!held.isEmpty)
        #expect(held.count + refused.count == 64 * 20)
        #expect(refused.allSatisfy { $0.code == "overloaded" && $0.fields["retry-after"] == "1" })
        // Who was refused holds nothing, and when the crowd has gone everybody is served.
        #expect(try await client.get("/v1/stock/a/main").number("reserved") == held.count)
      }
    }

    @Test func itIsToldBeforeTheBodyIsRead() async throws {
      var settings = ServiceSettings()
      settings.callsMax = 0
      try await OpenService.open(settings: settings) { service in
        let wire = try Wire(port: service.port)
        wire.send(Self.head(service.tokens[0], "Content-Length: 1000"))
        #expect(try await wire.until { $0.contains("overloaded") }.hasPrefix("HTTP/1.1 429"))
      }
    }

    @Test func whoSendsSlowlyTakesNobodysPlace() async throws {
      var settings = ServiceSettings()
      settings.callsMax = 1
      try await OpenService.open(settings: settings) { service in
        let slow = try (0..<5).map { _ in try Wire(port: service.port) }
        for wire in slow { wire.send(Self.head(service.tokens[0], "Content-Length: 10") + "{") }
        for number in 0..<20 {
          let answer = try await service.caller().hold("a", as: "h-\(number)")
          #expect(answer.status == 409)
        }
      }
    }

    @Test func bodiesInMemoryAreBounded() async throws {
      var settings = ServiceSettings()
      settings.bodyBytesMax = 100
      try await OpenService.open(settings: settings) { service in
        let client = service.caller()
        let (large, small) = (String(repeating: " ", count: 101), String(repeating: " ", count: 100))
        let refused = try await client.post("/v1/holds", large)
        #expect(refused.code == "overloaded")
        // What was refused is given back.
        let taken = try await client.post("/v1/holds", small)
        #expect(taken.code == "malformedBody")
      }
    }

    @Test func whoGoesOnSendingIsClosed() async throws {
      var settings = ServiceSettings()
      settings.bodyPatience = .milliseconds(200)
      settings.bodyMax = 1 << 10
      try await OpenService.open(settings: settings) { service in
        // Neither a body that nobody reads, nor the rest of one that is too large, keeps a connection.
        for fields in ["Content-Length: 100000000", "Transfer-Encoding: chunked"] {
          let wire = try Wire(port: service.port)
          wire.send(Self.head(service.tokens[0], fields))
          wire.send("10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n")
          #expect(try await wire.until { $0.contains("bodyTooLarge") }.hasPrefix("HTTP/1.1 413"))
          _ = try await wire.untilClosed()
        }
        let silent = try Wire(port: service.port)
        silent.send(Self.head(nil, "Content-Length: 10"))
        #expect(try await silent.untilClosed().hasPrefix("HTTP/1.1 401"))
        let looking = try Wire(port: service.port)
        looking.send("GET /livez HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n")
        #expect(try await looking.untilClosed().hasPrefix("HTTP/1.1 200"))
      }
    }

    @Test func fieldsAreBounded() async throws {
      try await OpenService.open { service in
        let many = (0..<101).map { "X-\($0): 1\r\n" }.joined()
        let long = "X-Long: " + String(repeating: "x", count: 40_000) + "\r\n"
        for fields in [many, long] {
          let wire = try Wire(port: service.port)
          wire.send("GET /livez HTTP/1.1\r\nHost: t\r\n" + fields + "\r\n")
          #expect(try await wire.untilClosed().hasPrefix("HTTP/1.1 400"))
        }
        #expect(try await service.caller().get("/livez").status == 200)
      }
    }
  }
}
