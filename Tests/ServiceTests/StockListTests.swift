import Testing

@testable import InventoryService

extension ServiceTests {
  /// What a shop has, page by page.
  @Suite struct StockListTests {
    /// All pages of a list, as `sku/location`.
    private static func walk(_ client: HTTPCaller, _ query: String) async throws -> [[String]] {
      var pages: [[String]] = []
      var cursor = ""
      while true {
        let answer = try await client.get("/v1/stock?" + query + cursor)
        guard answer.status == 200 else { throw HTTPCaller.Cut() }
        let rows = try #require(answer.json["stock"] as? [[String: Any]])
        pages.append(rows.map { "\($0["sku"] ?? "")/\($0["location"] ?? "")" })
        guard let next = answer.json["next"] as? String else { return pages }
        cursor = "&cursor=\(next)"
      }
    }

    @Test func everyKeyOnce() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        var all: Set<String> = []
        for number in 0..<30 {
          let location = number % 3 == 0 ? "leeds" : "main"
          try await client.count("sku-\(number)", number, location: location)
          all.insert("sku-\(number)/\(location)")
        }
        let pages = try await Self.walk(client, "limit=7")
        #expect(pages.dropLast().allSatisfy { $0.count == 7 })
        #expect(pages.joined().count == 30)
        #expect(Set(pages.joined()) == all)
        let whole = try await Self.walk(client, "limit=1000")
        #expect(whole == [Array(pages.joined())])
      }
    }

    @Test func filters() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a-1", 5)
        try await client.count("a-2", -3)
        try await client.count("a-2", 9, location: "leeds")
        try await client.count("b+c d", 2)
        _ = try await client.hold("b+c d", 2, as: "r")
        func found(_ query: String) async throws -> Set<String> { Set(try await Self.walk(client, query).joined()) }
        #expect(try await found("skuPrefix=a-") == ["a-1/main", "a-2/main", "a-2/leeds"])
        #expect(try await found("skuPrefix=b%2Bc+d") == ["b+c d/main"])
        #expect(try await found("skuPrefix=A") == [])
        #expect(try await found("location=leeds") == ["a-2/leeds"])
        #expect(try await found("shortfall=true") == ["a-2/main"])
        #expect(try await found("shortfall=false&limit=1").count == 4)
        #expect(try await found("availableAtMost=0") == ["a-2/main", "b+c d/main"])
        #expect(try await found("availableAtLeast=6&limit=1") == ["a-2/leeds"])
      }
    }

    @Test func aListStaysWhileThingsComeAndGo() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        for number in 0..<20 { try await client.count("sku-\(number)", 5) }
        let first = try await client.get("/v1/stock?limit=10")
        let cursor = try #require(first.json["next"] as? String)
        for number in 0..<20 { _ = try await client.hold("sku-\(number)", as: "r-\(number)") }
        for number in 20..<60 { try await client.count("sku-\(number)", 5) }
        let rest = try await client.get("/v1/stock?limit=1000&cursor=\(cursor)")
        let rows = [first, rest].flatMap { $0.json["stock"] as? [[String: Any]] ?? [] }
        let skus = rows.compactMap { $0["sku"] as? String }
        #expect(Set(skus).count == skus.count)
        #expect(Set(skus).isSuperset(of: (0..<20).map { "sku-\($0)" }))
      }
    }

    @Test func aPageEndsWhereItIsLongEnough() async throws {
      var settings = ServiceSettings()
      settings.pageBytesMax = 500
      try await OpenService.open(settings: settings) { service in
        let client = service.caller()
        for number in 0..<10 { try await client.count("sku-\(number)", 5) }
        let pages = try await Self.walk(client, "limit=1000")
        #expect(pages.count > 2)
        #expect(Set(pages.joined()).count == 10 && pages.joined().count == 10)
        for number in 0..<10 { _ = try await client.hold("sku-1", as: "r-\(number)") }
        var trail: [String] = []
        var query = ""
        while true {
          let answer = try await client.get("/v1/stock/sku-1/main/entries" + query)
          let rows = answer.json["entries"] as? [[String: Any]] ?? []
          #expect((1...5).contains(rows.count))
          trail += rows.compactMap { $0["entry"] as? String }
          guard let next = answer.json["next"] as? String else { break }
          query = "?before=\(next)"
        }
        #expect(trail.count == 6 && Set(trail).count == 6)
      }
    }

    @Test func anotherShopSeesNothing() async throws {
      try await OpenService.open(keys: [("a", "read ingest:erp"), ("b", "read ingest:erp"), ("a", "hold")]) { service in
        for number in 0..<20 { try await service.caller(0).count("sku-\(number)", 5) }
        try await service.caller(1).count("sku-3", 1)
        let seen = try await service.caller(1).get("/v1/stock")
        #expect((seen.json["stock"] as? [[String: Any]])?.compactMap { $0["sku"] as? String } == ["sku-3"])
        #expect(seen.json["next"] == nil)
        // A cursor of shop A means nothing but a place in the order to shop B.
        let cursor = try #require(try await service.caller(0).get("/v1/stock?limit=1").json["next"] as? String)
        let after = try await Self.walk(service.caller(1), "cursor=\(cursor)").joined()
        #expect(Set(after).isSubset(of: ["sku-3/main"]))
        #expect(try await service.caller(2).get("/v1/stock").code == "missingScope")
      }
    }

    @Test(arguments: [
      "limit=0", "limit=1001", "limit=1.0", "limit=", "limit", "limit=1&limit=1", "unknown=1", "shortfall=yes",
      "availableAtMost=-1", "cursor=%ff", "cursor=!", "cursor=YQ", "skuPrefix=%zz", "skuPrefix=%00",
      "availableAtLeast=9007199254740993",
    ])
    func queriesThatAreNone(_ query: String) async throws {
      try await OpenService.open { service in
        let answer = try await service.caller().get("/v1/stock?\(query)")
        #expect(answer.status == 400)
        #expect(answer.code == "malformedQuery")
        #expect(answer.json["field"] is String)
      }
    }
  }
}
