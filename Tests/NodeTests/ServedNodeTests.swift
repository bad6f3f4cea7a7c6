import Foundation
import FoundationNetworking
import RedisRig
import Testing

extension NodeTests {
  @Suite("Nodes that serve HTTP") struct ServedNodeTests {
    /// A `holdfast serve` that is one of two.
    private struct Served {
      let port: UInt16
      let command: Holdfast.Command

      init(_ number: Int, on redis: RedisServer) throws {
        port = try LoopbackSocket.freePort()
        command = try Holdfast.start(
          [
            "serve", "--store", redis.address, "--create", "--nodes", "2", "--node", "\(number)", "--lease", "1500",
            "--shop", "shop", "--listen", "127.0.0.1:\(port)",
          ])
      }

      /// Status and fields of an answer; none where nobody listens.
      func ask(_ path: String, _ body: String? = nil) async throws -> (status: Int, json: [String: Any]) {
        guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { return (0, [:]) }
        var request = URLRequest(url: url)
        if let body {
          request.httpMethod = "POST"
          request.httpBody = Data(body.utf8)
        }
        guard let (content, response) = try? await URLSession.shared.data(for: request) else { return (0, [:]) }
        let json = (try? JSONSerialization.jsonObject(with: content)) as? [String: Any]
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, json ?? [:])
      }

      func owns(_ shards: Int) async throws -> Bool { try await ask("/readyz").json["shards"] as? Int == shards }
    }

    @Test("readyz says which shards are here; what lives elsewhere is named; a node that stops leaves nothing behind")
    func two() async throws {
      let redis = try await RedisServer.start()
      let first = try Served(1, on: redis)
      // The first makes the store, and has all of it until the second is there.
      try await until("node 1 owns all") { try await first.owns(256) }
      let second = try Served(2, on: redis)
      try await until("each owns its half") {
        let first = try await first.owns(128)
        let second = try await second.owns(128)
        return first && second
      }
      let ready = try await second.ask("/readyz").json["owned"] as? String
      #expect(ready?.hasPrefix("1,3,5,") == true)

      let sku = skus(1, homeOf: 2, of: 2)[0]
      let count = #"{"source":"erp","sku":"\#(sku)","location":"main","units":5,"asOf":"2026-01-01T00:00:00Z"}"#
      let hold = #"{"sku":"\#(sku)","location":"main","units":2,"reservation":"r-1"}"#
      #expect(try await second.ask("/v1/counts", count).status == 200)
      #expect(try await second.ask("/v1/holds", hold).status == 201)
      try await until("node 1 names node 2") {
        let there = try await first.ask("/v1/holds", hold)
        return there.status == 503 && there.json["owner"] as? String == "http://127.0.0.1:\(second.port)"
      }

      second.command.signal(SIGTERM)
      #expect(try await second.command.end().ending == .exited(0))
      try await until("node 1 owns all again") { try await first.owns(256) }
      let stock = try await first.ask("/v1/stock/\(sku)/main").json
      #expect(stock["reserved"] as? Int == 2)
      #expect(stock["availableToSell"] as? Int == 3)
    }
  }
}
