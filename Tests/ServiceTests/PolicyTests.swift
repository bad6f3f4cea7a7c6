import Foundation
import Testing

extension HTTPCaller {
  func put(_ path: String, _ body: String) async throws -> Answer {
    try await call("PUT", path, [:], Array(body.utf8))
  }
}

extension ServiceTests {
  /// What configuration says, level by level, and what operators put right.
  @Suite struct PolicyTests {
    private static let key = "/v1/policies/items/a/locations/main"

    @Test func theMostExactLevelWins() async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        let client = service.caller()
        try await client.count("a", 10)
        let shop = try await client.put("/v1/policies", #"{"safetyBuffer":2,"skew":1000}"#)
        #expect(shop.status == 200)
        #expect(shop.json["entry"] is String)
        #expect(shop.json["duplicate"] as? Bool == false)
        #expect(try await client.get("/v1/stock/a/main").number("availableToSell") == 8)
        _ = try await client.put("/v1/policies/items/a", #"{"safetyBuffer":3}"#)
        #expect(try await client.get("/v1/stock/a/main").number("availableToSell") == 7)
        let key = try await client.put(Self.key, #"{"channels":[{"channel":"web","buffer":4}]}"#)
        let resolved = try #require(key.json["resolved"] as? [String: Any])
        #expect(resolved["safetyBuffer"] as? Int == 3)
        #expect(resolved["skew"] as? Int == 1000)
        #expect((key.json["says"] as? [String: Any])?.keys.sorted() == ["channels"])
        let short = try await client.post(
          "/v1/holds", #"{"sku":"a","location":"main","units":4,"channel":"web","reservation":"r"}"#)
        #expect(short.number("available") == 3)
        // What a level leaves out is withdrawn there.
        _ = try await client.put("/v1/policies/items/a", "{}")
        #expect(try await client.get("/v1/stock/a/main").number("availableToSell") == 8)
        #expect((try await client.get("/v1/policies/items/a").json["says"] as? [String: Any])?.isEmpty == true)
      }
    }

    @Test func whatWasReadCanBeWrittenBack() async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        let client = service.caller()
        let body = """
          {"safetyBuffer":1,"owners":{"onHand":"erp","open":"shopify"},"skew":5,\
          "skews":[{"count":"erp","claims":"pos","milliseconds":7}],"openFallsTo":"onHand","othersFallTo":"none",\
          "channels":[{"channel":"web","buffer":4,"quota":9,"quotaSince":"2026-01-01T00:00:00.000Z"}],\
          "customerLimit":{"units":2,"since":"2026-01-01T00:00:00.000Z"}}
          """
        #expect(try await client.put(Self.key, body).status == 200)
        let read = try await client.get(Self.key)
        let said = try #require(read.text.firstMatch(of: /"says":(\{.*\}),"resolved"/)).output.1
        #expect(said == body)
        let again = try await client.put(Self.key, String(said))
        #expect(again.json["duplicate"] as? Bool == true)
        let tag = try #require(read.fields["etag"])
        #expect(try await client.get(Self.key, ["If-None-Match": tag]).status == 304)
        _ = try await client.put(Self.key, "{}")
        #expect(try await client.get(Self.key, ["If-None-Match": tag]).status == 200)
      }
    }

    @Test func rulesOverAllLocations() async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.count("a", 5, location: "leeds")
        let rules = "/v1/policies/items/a/rules"
        let said = try await client.put(rules, #"{"channels":[{"channel":"web","quota":3}]}"#)
        #expect(said.status == 200)
        #expect(try await client.get(rules).text.contains(#""says":{"channels":[{"channel":"web","quota":3}]}"#))
        func hold(_ units: Int, _ location: String, _ name: String) async throws -> HTTPCaller.Answer {
          try await client.post(
            "/v1/holds",
            #"{"sku":"a","location":"\#(location)","units":\#(units),"channel":"web","reservation":"\#(name)"}"#)
        }
        #expect(try await hold(2, "main", "r-1").status == 201)
        #expect(try await hold(2, "leeds", "r-2").code == "insufficientStock")
        #expect(try await client.put(rules, #"{"safetyBuffer":3}"#).code == "invalidField")
        _ = try await client.put(rules, "{}")
        #expect(try await hold(2, "leeds", "r-3").status == 201)
      }
    }

    @Test func everyLevelThatSaysSomething() async throws {
      try await OpenService.open(keys: [("a", "admin"), ("b", "admin"), ("a", "hold"), ("a", "read")]) { service in
        let (client, other) = (service.caller(0), service.caller(1))
        let none = try await client.get("/v1/policies/levels")
        #expect(none.text == #"{"levels":[]}"#)
        try await client.count("c", 5)
        for (path, body) in [
          ("items/b/locations/main", #"{"skew":5}"#), ("items/b", #"{"safetyBuffer":3}"#),
          ("items/b/rules", #"{"customerLimit":{"units":2}}"#),
          ("items/a/rules", #"{"channels":[{"channel":"web","quota":3}]}"#), ("items/a/locations/x", "{}"),
          ("items/a/locations/main", #"{"skew":7}"#), ("items/z", #"{"skew":1}"#), ("items/z", "{}"),
        ] { #expect(try await client.put("/v1/policies/" + path, body).status == 200, "\(path)") }
        _ = try await client.put("/v1/policies", #"{"safetyBuffer":1}"#)
        _ = try await other.put("/v1/policies/items/a", #"{"safetyBuffer":9}"#)
        let rows = [
          #"{"says":{"safetyBuffer":1}}"#,
          #"{"sku":"a","rules":{"channels":[{"channel":"web","quota":3}]}}"#,
          #"{"sku":"a","location":"main","says":{"skew":7}}"#,
          #"{"sku":"b","says":{"safetyBuffer":3},"rules":{"customerLimit":{"units":2}}}"#,
          #"{"sku":"b","location":"main","says":{"skew":5}}"#,
        ]
        let all = try await service.caller(3).get("/v1/policies/levels")
        #expect(all.text == #"{"levels":[\#(rows.joined(separator: ","))]}"#)
        for limit in 1...5 {
          let pages = try await Self.levels(client, limit: limit)
          #expect(pages.rows == rows.joined(separator: ","))
          #expect(pages.counts == stride(from: 0, to: 5, by: limit).map { min(limit, 5 - $0) })
        }
        let tag = try #require(all.fields["etag"])
        #expect(try await client.get("/v1/policies/levels", ["If-None-Match": tag]).status == 304)
        // What is withdrawn is not there any more; what is said again is.
        _ = try await client.put("/v1/policies/items/a/rules", "{}")
        _ = try await client.put("/v1/policies/items/b", "{}")
        _ = try await client.put("/v1/policies", "{}")
        let left = [rows[2], #"{"sku":"b","rules":{"customerLimit":{"units":2}}}"#, rows[4]]
        #expect(try await Self.levels(client, limit: 2).rows == left.joined(separator: ","))
        _ = try await client.put("/v1/policies", #"{"safetyBuffer":1}"#)
        #expect(try await Self.levels(client, limit: 1).rows == ([rows[0]] + left).joined(separator: ","))
        #expect(
          try await other.get("/v1/policies/levels").text == #"{"levels":[{"sku":"a","says":{"safetyBuffer":9}}]}"#)
        #expect(try await service.caller(2).get("/v1/policies/levels").code == "missingScope")
        for cursor in ["!", "YQ"] {
          #expect(try await client.get("/v1/policies/levels?cursor=\(cursor)").code == "malformedQuery")
        }
      }
    }

    /// All pages of the list of levels: their rows as they are written, and how many each has.
    private static func levels(_ client: HTTPCaller, limit: Int) async throws -> (rows: String, counts: [Int]) {
      var rows: [String] = []
      var counts: [Int] = []
      var cursor = ""
      while true {
        let answer = try await client.get("/v1/policies/levels?limit=\(limit)\(cursor)")
        let page = answer.text.wholeMatch(of: /\{"levels":\[(.+)\](?:,"next":"[^"]+")?\}/)
        rows.append(String(try #require(page).output.1))
        counts.append((answer.json["levels"] as? [Any])?.count ?? 0)
        guard let next = answer.json["next"] as? String else { return (rows.joined(separator: ","), counts) }
        cursor = "&cursor=\(next)"
      }
    }

    @Test(arguments: [
      ("", 400, "malformedBody"), ("{", 400, "malformedBody"), (#"{"safetyBuffer":-1}"#, 422, "outOfRange"),
      (#"{"safetyBufer":1}"#, 422, "invalidField"), (#"{"openFallsTo":"erp"}"#, 422, "invalidField"),
      (#"{"channels":[{"channel":"a"},{"channel":"a"}]}"#, 422, "invalidField"),
    ])
    func bodiesThatAreNone(_ body: String, _ status: Int, _ code: String) async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        for path in ["/v1/policies", "/v1/policies/items/a", Self.key] {
          let answer = try await service.caller().put(path, body)
          #expect(answer.status == status)
          #expect(answer.code == code)
        }
      }
    }

    @Test func whoMayAndWhoMayNot() async throws {
      try await OpenService.open(keys: [("a", "read hold ingest:erp"), ("b", "admin"), ("a", "hold")]) { service in
        let (reader, other, holder) = (service.caller(0), service.caller(1), service.caller(2))
        try await reader.count("a", 5)
        #expect(try await reader.put(Self.key, "{}").code == "missingScope")
        #expect(try await holder.get(Self.key).code == "missingScope")
        // Another shop's word changes nothing here, and is not read here.
        #expect(try await other.put("/v1/policies", #"{"safetyBuffer":3}"#).status == 200)
        #expect(try await other.put(Self.key, #"{"safetyBuffer":3}"#).status == 200)
        #expect(try await reader.get("/v1/stock/a/main").number("availableToSell") == 5)
        let seen = try await reader.get(Self.key)
        #expect((seen.json["says"] as? [String: Any])?.isEmpty == true)
        #expect((seen.json["resolved"] as? [String: Any])?["safetyBuffer"] as? Int == 0)
        for path in ["fallen/free", "marks/reset"] {
          #expect(try await reader.post("/v1/stock/a/main/\(path)", "{}").code == "missingScope")
        }
      }
    }

    @Test func anOperatorResetsAMark() async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        let client = service.caller()
        try await client.count("a", 5, asOf: "2026-01-02T00:00:00Z")
        #expect(try await client.count("a", 6, asOf: "2026-01-01T00:00:00Z").code == "stale")
        let reset = try await client.post("/v1/stock/a/main/marks/reset", #"{"component":"onHand","source":"erp"}"#)
        #expect(reset.status == 200)
        #expect(reset.json["entry"] is String)
        #expect(try await client.count("a", 6, asOf: "2026-01-01T00:00:00Z").number("availableToSell") == 6)
        let free = "/v1/stock/a/main/fallen/free"
        let freed = try await client.post(free, #"{"component":"open","upTo":"2026-01-02T00:00:00Z"}"#)
        #expect(freed.status == 200)
        #expect(try await client.post(free, #"{"component":"onHand","upTo":"2026-01-02T00:00:00Z"}"#).status == 422)
        #expect(try await client.post(free, "{}").status == 422)
        let nobody = try await client.post(
          "/v1/stock/b/main/marks/reset", #"{"component":"onHand","source":"erp"}"#)
        #expect(nobody.code == "unknownKey")
      }
    }
  }
}
