import Crypto
import Foundation
import Testing

extension ServiceTests {
  /// Requests that are signed instead of bearing a key, through the program as it is run.
  @Suite struct SignatureTests {
    private static let body = #"{"kind":"count","sku":"a","location":"main","units":5,"asOf":"2026-01-01T00:00:00Z"}"#

    private static func signature(of body: String, with secret: String, at seconds: Int) -> String {
      let key = SymmetricKey(data: Data(secret.utf8))
      let digest = HMAC<SHA256>.authenticationCode(for: Data("\(seconds).\(body)".utf8), using: key)
      return "t=\(seconds),v1=" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func post(_ port: Int, key: String, _ signature: String, _ body: String = body) async throws -> Int {
      try await HTTPCaller(port: port).post(
        "/v1/ingest/erp", body,
        ["Content-Type": "application/jsonl", "Holdfast-Key": key, "Holdfast-Signature": signature]
      ).status
    }

    @Test func whoKnowsTheSecretMaySend() async throws {
      let place = try ScratchPlace()
      let token = try await place.key("shop", "read", "ingest:erp")
      let id = String(token.split(separator: "_")[1])
      let reader = try await place.key("shop", "read")
      let readerID = String(reader.split(separator: "_")[1])
      var secrets: [String] = []
      for id in [id, readerID] {
        let run = try await Holdfast.run("key", "sign", "--keys", place.keys, id, in: place)
        #expect(run.code == 0)
        secrets.append(run.out.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      #expect(secrets.allSatisfy { $0.hasPrefix("hfs_") && $0.utf8.count == 68 })
      let (process, port) = try await ServeProcess.serve(place, "--keys", place.keys)
      let now = Int(Date().timeIntervalSince1970)
      let good = Self.signature(of: Self.body, with: secrets[0], at: now)

      #expect(try await post(port, key: id, good, Self.body + " ") == 401)
      #expect(try await post(port, key: readerID, good) == 401)
      #expect(try await post(port, key: "0000000000000000", good) == 401)
      #expect(try await post(port, key: "", good) == 401)
      #expect(try await post(port, key: id, Self.signature(of: Self.body, with: secrets[1], at: now)) == 401)
      for late in [now - 400, now + 400] {
        #expect(try await post(port, key: id, Self.signature(of: Self.body, with: secrets[0], at: late)) == 401)
      }
      for malformed in ["", "t=1", "v1=00", good + ",t=1", good.replacing("v1=", with: "v2="), "t=-1,v1=00"] {
        #expect(try await post(port, key: id, malformed) == 401, "\(malformed)")
      }
      // A genuine signature of a key that may not send.
      #expect(try await post(port, key: readerID, Self.signature(of: Self.body, with: secrets[1], at: now)) == 403)
      let caller = HTTPCaller(port: port, token: token)
      #expect(try await caller.get("/v1/stock/a").status == 404)

      #expect(try await post(port, key: id, good) == 200)
      #expect(try await caller.get("/v1/stock/a/main").number("onHand") == 5)
      // A signature opens nothing but the door of sources.
      let read = try await HTTPCaller(port: port).get(
        "/v1/stock/a", ["Holdfast-Key": id, "Holdfast-Signature": Self.signature(of: "", with: secrets[0], at: now)])
      #expect(read.status == 401)

      let revoked = try await Holdfast.run("key", "revoke", "--keys", place.keys, id, in: place)
      #expect(revoked.code == 0)
      while try await post(port, key: id, good) != 401 { try await Task.sleep(for: .milliseconds(50)) }
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }
  }
}
