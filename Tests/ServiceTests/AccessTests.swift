import InventoryService
import StockLedger
import Testing

extension ServiceTests {
  /// Who may do what, and in whose shop.
  @Suite struct AccessTests {
    @Test func withoutAGoodKeyThereIsNothing() async throws {
      try await OpenService.open { service in
        let good = service.tokens[0]
        var wrong = String(good.dropLast())
        wrong.append(good.last == "0" ? "1" : "0")
        for token in [nil, "", "hf_x", wrong, good + "0", good.uppercased(), "hf_0000000000000000_" + good.suffix(64)] {
          let answer = try await HTTPCaller(port: service.port, token: token).get("/v1/stock/a")
          #expect(answer.status == 401, "\(token ?? "no token")")
          #expect(answer.fields["www-authenticate"] == "Bearer")
        }
        for open in ["/livez", "/readyz", "/openapi.json"] {
          #expect(try await HTTPCaller(port: service.port).get(open).status == 200)
        }
      }
    }

    @Test func aScopeIsNeeded() async throws {
      let keys = [("s", "read"), ("s", "hold"), ("s", "ingest:wms"), ("s", "admin")]
      try await OpenService.open(keys: keys) { service in
        let (read, hold, ingest, admin) = (
          service.caller(0), service.caller(1), service.caller(2), service.caller(3)
        )
        #expect(try await admin.count("a", 5).status == 200)
        #expect(try await read.get("/v1/stock/a").status == 200)
        #expect(try await read.hold("a", as: "r").code == "missingScope")
        #expect(try await hold.hold("a", as: "r").status == 201)
        #expect(try await hold.get("/v1/stock/a").status == 403)
        let counted = try await ingest.count("a", 6)
        #expect(counted.status == 403)
        #expect(counted.json["scope"] as? String == "ingest:erp")
        #expect(try await ingest.hold("a", as: "r").status == 403)
      }
    }

    @Test func shopsDoNotSeeEachOther() async throws {
      let all = "read hold ingest:erp"
      try await OpenService.open(keys: [("a", all), ("b", all)]) { service in
        let (ours, theirs) = (service.caller(0), service.caller(1))
        try await ours.count("sku", 5)
        _ = try await ours.hold("sku", as: "r-1")
        // What the other shop has is answered as what nobody has.
        func differsNot(_ path: String, _ other: String, post body: String? = nil) async throws {
          var answers: [[String: String]] = []
          for path in [path, other] {
            let answer =
              if let body { try await theirs.post(path, body) } else { try await theirs.get(path) }
            answers.append(["status": "\(answer.status)", "code": answer.code ?? ""])
          }
          #expect(answers[0] == answers[1], "\(path)")
          #expect(answers[0]["status"] == "404", "\(path)")
        }
        try await differsNot("/v1/stock/sku", "/v1/stock/none")
        try await differsNot("/v1/stock/sku/main", "/v1/stock/none/main")
        try await differsNot("/v1/holds/sku/main/r-1", "/v1/holds/none/main/r-1")
        try await differsNot("/v1/holds/sku/main/r-1/release", "/v1/holds/none/main/r-1/release", post: "")
        try await differsNot(
          "/v1/holds/sku/main/r-1/confirm", "/v1/holds/none/main/r-1/confirm", post: #"{"claim":"c"}"#)
        #expect(try await theirs.hold("sku", as: "r-1").number("available") == 0)
        #expect(try await ours.get("/v1/stock/sku/main").number("reserved") == 1)
        // A field that would name a shop is none.
        let named = try await theirs.post("/v1/holds", #"{"shop":"a","sku":"sku","location":"main","units":1}"#)
        #expect(named.status == 422)
      }
    }
  }

  /// The key file by itself.
  @Suite struct KeyRingTests {
    private func made(_ expiresAt: Timestamp? = nil, _ limits: KeyLimits = KeyLimits()) -> AccessKey {
      var random = SystemRandomNumberGenerator()
      let scopes = [Scope.read, .ingest(source: "erp"), .publish]
      return AccessKey.make(shop: "s", scopes: scopes, expiresAt: expiresAt, limits: limits, using: &random).key
    }

    @Test func aKeyIsReadAsItWasWritten() throws {
      let limits = KeyLimits(rate: 5, burst: 10, holdsMax: 7, unitsMax: 8)
      let keys = [made(), made(Timestamp(milliseconds: 1_800_000_000_000)), made(nil, limits)]
      let file = keys.flatMap { $0.line + [UInt8(ascii: "\n")] }
      #expect(try KeyRing(file).keys == keys)
    }

    @Test func theFileHoldsNoSecret() {
      var random = SystemRandomNumberGenerator()
      let made = AccessKey.make(shop: "s", scopes: [.read], expiresAt: nil, using: &random)
      let secret = made.token.split(separator: "_")[2]
      #expect(secret.count == 64)
      #expect(!String(decoding: made.key.line, as: UTF8.self).contains(secret))
    }

    @Test func revokedAndExpiredKeysAreNotGood() throws {
      let now = Timestamp(milliseconds: 1_800_000_000_000)
      let (good, ended) = (made(now + 1), made(now))
      #expect(good.isGood(at: now))
      #expect(!ended.isGood(at: now))
      let file = good.line + [UInt8(ascii: "\n")] + AccessKey.revocation(of: good.id, at: now)
      let read = try #require(try KeyRing(file).keys.first)
      #expect(read.isRevoked(at: now))
      #expect(!read.isRevoked(at: now - 1))
      #expect(!read.isGood(at: now))
    }

    @Test func whatIsRevokedLaterIsGoodUntilThen() throws {
      let key = made()
      let end = Timestamp(milliseconds: 1_800_000_000_000)
      let lines = [key.line, AccessKey.revocation(of: key.id, at: end), AccessKey.revocation(of: key.id, at: end + 5)]
      let read = try #require(try KeyRing(Array(lines.joined(separator: [UInt8(ascii: "\n")]))).keys.first)
      #expect(read.isGood(at: end - 1))
      #expect(!read.isGood(at: end))
    }

    @Test(arguments: [
      "x", "{}", #"{"key":"a","sha256":"00","shop":"s","scopes":"read"}"#,
      #"{"revoke":"a","at":"2026-01-01T00:00:00Z"}"#,
      #"{"key":"a","sha256":"\#(String(repeating: "0", count: 64))","shop":"s","scopes":"write"}"#,
      #"{"key":"a","sha256":"\#(String(repeating: "0", count: 64))","shop":"s","scopes":"read","rate":0}"#,
    ])
    func aFileIsReadWholeOrNotAtAll(_ line: String) {
      let file = made().line + [UInt8(ascii: "\n")] + Array(line.utf8)
      let error = #expect(throws: KeyFileError.self) { try KeyRing(file) }
      #expect(error?.line == 2)
    }
  }
}
