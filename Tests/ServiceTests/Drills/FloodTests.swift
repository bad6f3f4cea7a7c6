import Foundation
import Testing

extension ServiceDrillTests {
  /// Floods: each sender gets a clear answer or a closed connection, the others are served meanwhile, and memory does
  /// not grow with what is sent.
  @Suite struct FloodTests {
    /// Everything that is refused before any route sees it, or by one: how its answer may begin. "" = closed at once.
    private static func nonsense(_ token: String) -> [(bytes: [UInt8], says: String)] {
      func post(_ body: [UInt8]) -> [UInt8] {
        let head = "POST /v1/holds HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer \(token)\r\n"
        return Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
      }
      func hold(_ units: String) -> [UInt8] { post(Array(#"{"sku":"a","location":"main","units":\#(units)}"#.utf8)) }
      return [
        (post([0xFF, 0xC0, 0x80]), "400"), (post(Array(#"{"sku":"\ud800"}"#.utf8)), "400"),
        (post(Array(#"{"sku":"a","sku":"b","location":"main","units":1}"#.utf8)), "400"),
        (post(Array(repeating: UInt8(ascii: "["), count: 500_000)), "400"),
        (post(Array(String(repeating: #"{"a":"#, count: 100_000).utf8)), "400"),
        (hold("1e308"), "422"), (hold("-5"), "422"), (hold("007"), "400"), (hold(#""7""#), "422"),
        (hold("99999999999999999999"), "422"), (hold("NaN"), "400"),
        (Array("GET /livez HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 5_000))\r\n".utf8), "400"),
        (Array("GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\n\r\n".utf8), "4"),
        (Array("\u{0}\u{1}\u{2}\r\n\r\n".utf8), "400"), (Array("GET\r\n\r\n".utf8), "400"),
        (Array("POST /v1/holds HTTP/1.1\r\nContent-Length: -1\r\n\r\n".utf8), "400"),
        (Array("POST /v1/holds HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".utf8), "400"),
        (Array("POST /v1/holds HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".utf8), "4"),
      ]
    }

    /// Serves others while `flood` goes on: whoever asks is answered.
    private static func meanwhile(_ shop: Shop, _ sku: String, _ flood: @escaping @Sendable () async throws -> Void)
      async throws
    {
      try await shop.client.count(sku, 1_000_000)
      let (client, floods) = (shop.client, AsyncStream.makeStream(of: Void.self))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          defer { floods.continuation.finish() }
          try await flood()
        }
        group.addTask {
          var number = 0
          var isOver = false
          while !isOver {
            isOver = await Self.isFinished(floods.stream)
            number += 1
            let answer = try await client.hold(sku, as: "\(sku)-\(number)")
            #expect(answer.status == 201)
          }
        }
        try await group.waitForAll()
      }
      let alive = try await client.get("/livez")
      #expect(alive.status == 200)
    }

    /// Waits a moment: whether the stream has ended.
    private static func isFinished(_ stream: AsyncStream<Void>) async -> Bool {
      await withTaskGroup(of: Bool.self) { group in
        group.addTask {
          for await _ in stream {}
          return !Task.isCancelled
        }
        group.addTask {
          try? await Task.sleep(for: .milliseconds(20))
          return false
        }
        defer { group.cancelAll() }
        return await group.next() ?? false
      }
    }

    @Test func nonsenseIsRefused() async throws {
      let shop = try await ServiceDrillTests.open()
      try await Self.meanwhile(shop, "a") {
        for (bytes, says) in Self.nonsense(shop.client.token ?? "") {
          let wire = try Wire(port: shop.client.port)
          var rest = bytes[...]
          // Whatever the system takes at once; the answer may come before the end.
          while !rest.isEmpty, wire.send(rest.prefix(1 << 16)) { rest = rest.dropFirst(1 << 16) }
          let words = String(decoding: bytes.prefix(60), as: UTF8.self)
          let said = try await wire.untilClosed()
          #expect(said.hasPrefix("HTTP/1.1 \(says)"), "\(words)")
        }
      }
      await shop.end()
    }

    @Test func hugeBodiesCostNoMemory() async throws {
      let shop = try await ServiceDrillTests.open()
      try await Self.meanwhile(shop, "a") {}
      let before = try shop.resident
      try await Self.meanwhile(shop, "b") {
        let piece = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
        let chunk = Array("100000\r\n".utf8) + piece + Array("\r\n".utf8)
        for path in ["/v1/holds", "/v1/commands"] {
          for fields in ["Content-Length: 104857600", "Transfer-Encoding: chunked"] {
            let wire = try Wire(port: shop.client.port)
            let key = "Authorization: Bearer \(shop.client.token ?? "")"
            wire.send("POST \(path) HTTP/1.1\r\nHost: t\r\n\(key)\r\n\(fields)\r\n\r\n")
            for _ in 0..<100 where !wire.look().isClosed {
              wire.send(fields.hasPrefix("T") ? chunk : piece)
              try await Task.sleep(for: .milliseconds(1))
            }
            _ = try await wire.untilClosed()
          }
        }
      }
      let after = try shop.resident
      #expect(after < before + 100)
      await shop.end()
    }

    @Test func slowBodiesAreEnded() async throws {
      let shop = try await ServiceDrillTests.open()
      try await Self.meanwhile(shop, "a") {
        let key = "Authorization: Bearer \(shop.client.token ?? "")"
        let wires = try (0..<200).map { _ in try Wire(port: shop.client.port) }
        for wire in wires { wire.send("POST /v1/holds HTTP/1.1\r\nHost: t\r\n\(key)\r\nContent-Length: 100\r\n\r\n{") }
        // A byte a second: ten seconds are all that a body has.
        while wires.contains(where: { !$0.look().isClosed }) {
          for wire in wires { wire.send(" ") }
          try await Task.sleep(for: .seconds(1))
        }
        for wire in wires { #expect(wire.look().text.hasPrefix("HTTP/1.1 408")) }
      }
      await shop.end()
    }

    @Test func tenThousandIdleConnections() async throws {
      var files = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
      files.rlim_cur = files.rlim_max
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
      let count = min(10_000, Int(clamping: files.rlim_cur) - 1_000)
      let shop = try await ServiceDrillTests.open()
      let before = try shop.resident
      try await Self.meanwhile(shop, "a") {
        let wires = try (0..<count).map { _ in try Wire(port: shop.client.port) }
        // Half of them say half a request.
        for wire in wires.prefix(count / 2) { wire.send("GET /livez HTTP/1.1\r\nHost:") }
        while wires.count(where: { !$0.look().isClosed }) > 4_100 { try await Task.sleep(for: .milliseconds(50)) }
        let after = try shop.resident
        #expect(after < before + 400)
      }
      await shop.end()
    }

    @Test func aThousandRequestsInOnePiece() async throws {
      let shop = try await ServiceDrillTests.open()
      let wire = try Wire(port: shop.client.port)
      wire.send(String(repeating: "GET /livez HTTP/1.1\r\nHost: t\r\n\r\n", count: 1_000))
      let text = try await wire.until { $0.components(separatedBy: "alive").count == 1_001 }
      #expect(text.components(separatedBy: "HTTP/1.1 200").count == 1_001)
      await shop.end()
    }
  }
}
