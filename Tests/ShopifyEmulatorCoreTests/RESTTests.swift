import ShopifyEmulatorCore
import StockLedger
import Testing

/// The old API's reads, as client libraries use them.
@Suite("REST")
struct RESTTests {
  private var script = ShopScript { $0.plan = EmulatedPlan(restoreRate: 100, bucketSize: 1_000_000) }

  private mutating func get(_ path: String, method: String = "GET", token: String = "token") -> EmulatedAnswer {
    script.shop.answer(
      EmulatedRequest(method: method, path: "/admin/api/2026-04/\(path)", accessToken: token), at: script.now)
  }

  private static func header(_ name: String, of answer: EmulatedAnswer) -> String? {
    answer.headers.first { $0.name == name }?.value
  }

  /// What follows `/admin/api/2026-04/` in the address of the next page.
  private static func next(of answer: EmulatedAnswer) throws -> String? {
    guard let link = header("Link", of: answer) else { return nil }
    let found = try #require(link.wholeMatch(of: /<https:\/\/[^\/]+\/admin\/api\/2026-04\/([^>]+)>; rel="next"/))
    return String(found.output.1)
  }

  /// Every row of a list, page by page.
  private mutating func walk(_ first: String, _ name: String) throws -> [[JSON]] {
    var pages: [[JSON]] = []
    var path: String? = first
    while let asked = path {
      let answer = get(asked)
      #expect(answer.status == 200)
      pages.append(answer.json[name]?.values ?? [])
      path = try Self.next(of: answer)
    }
    return pages
  }

  @Test mutating func productsComePageByPage() throws {
    let variants = (0..<7).map { script.add("S\($0)", leeds: 1) }
    let pages = try walk("products.json?limit=3", "products")
    #expect(pages.map(\.count) == [3, 3, 1])
    #expect(pages.joined().compactMap { $0["variants"]?[0]?["id"]?.integer } == variants)
    #expect(get("products/count.json").json == ["count": 7])
    let first = try #require(pages[0][0]["id"]?.integer)
    #expect(try walk("products.json?since_id=\(first)", "products")[0].count == 6)
    #expect(try walk("products.json?since_id=9223372036854775807", "products") == [[]])
    let one = get("products/\(first).json").json["product"]
    #expect(one == pages[0][0])
    #expect(one?["variants"]?[0]?["sku"] == "S0")
    #expect(one?["variants"]?[0]?["position"] == 1)
  }

  @Test mutating func levelsComePageByPage() throws {
    let variants = (0..<5).map { script.add("S\($0)", leeds: Int64($0), york: 1) }
    let all = try walk("inventory_levels.json?location_ids=\(script.leeds),\(script.york)&limit=4", "inventory_levels")
    #expect(all.map(\.count) == [4, 4, 2])
    #expect(
      all.joined().map { $0["inventory_item_id"]?.integer } == variants.flatMap { [script.item($0), script.item($0)] })
    let york = try walk("locations/\(script.york)/inventory_levels.json?limit=2", "inventory_levels")
    #expect(york.map(\.count) == [2, 2, 1])
    #expect(york.joined().allSatisfy { $0["location_id"]?.integer == script.york })
    let two = "\(script.item(variants[3]))%2C\(script.item(variants[1]))"
    let some = try walk("inventory_levels.json?inventory_item_ids=\(two)&limit=3", "inventory_levels")
    #expect(some.map(\.count) == [3, 1])
    #expect(some.joined().map { $0["available"]?.integer } == [1, 1, 3, 1])
    let both = try walk(
      "inventory_levels.json?inventory_item_ids=\(two)&location_ids=\(script.leeds)", "inventory_levels")
    #expect(both.joined().map { $0["available"]?.integer } == [1, 3])
  }

  @Test mutating func aPageIsNotLostWhereItsLastLevelIsGone() throws {
    let variants = (0..<4).map { script.add("S\($0)", leeds: Int64($0)) }
    let first = get("inventory_levels.json?location_ids=\(script.leeds)&limit=2")
    let next = try #require(try Self.next(of: first))
    script.shop.deleteVariant(variants[1])
    let rest = get(next).json["inventory_levels"]?.values ?? []
    #expect(rest.map { $0["available"]?.integer } == [2, 3])
  }

  @Test mutating func whatWasReadIsKnownToTheWriter() throws {
    let mug = script.add("MUG", leeds: 10)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    _ = get("inventory_levels.json?inventory_item_ids=\(script.item(mug))")
    _ = script.set([script.row(mug, 5, from: 9)])
    #expect(script.shop.audit.writes == 1)
    #expect(script.shop.audit.untoldWrites.isEmpty)
  }

  @Test mutating func oneByOne() throws {
    let mug = script.add("MUG", leeds: 10)
    let order = try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 2), at: script.now)
    #expect(get("shop.json").json["shop"]?["myshopify_domain"]?.text == "holdfast-test.myshopify.com")
    #expect(get("locations.json").json["locations"]?.values.map { $0["name"]?.text } == ["Leeds", "York"])
    #expect(get("locations/count.json").json == ["count": 2])
    #expect(get("locations/\(script.york).json").json["location"]?["name"] == "York")
    #expect(get("variants/\(mug).json").json["variant"]?["inventory_quantity"] == 8)
    #expect(get("orders/\(order).json").json["order"]?["line_items"]?[0]?["quantity"] == 2)
    let item = get("inventory_items/\(script.item(mug)).json").json["inventory_item"]
    #expect(item?["sku"] == "MUG")
    #expect(get("inventory_items.json?ids=\(script.item(mug)),7").json == ["inventory_items": .list([item ?? .null])])
  }

  @Test(arguments: [
    ("variants/7.json", 404), ("orders/7.json", 404), ("nothing.json", 404), ("products/x.json", 404),
    ("products", 404), ("inventory_levels.json", 422), ("inventory_items.json", 422),
    ("inventory_levels.json?page_info=x", 400), ("inventory_levels.json?page_info=1_2.x.3", 400),
    ("inventory_levels.json?page_info=1.2.3", 400), ("inventory_levels.json?page_info=1_2..", 422),
    ("inventory_levels.json?location_ids=" + [String](repeating: "1", count: 51).joined(separator: ","), 422),
    ("inventory_items.json?ids=" + [String](repeating: "1", count: 51).joined(separator: ","), 422),
  ])
  mutating func whatIsRefused(_ path: String, _ status: Int) {
    let answer = get(path)
    #expect(answer.status == status)
    #expect(answer.json["errors"] != nil)
  }

  @Test mutating func nothingIsWrittenThisWay() {
    #expect(get("products.json", method: "POST").status == 405)
    #expect(get("inventory_levels/set.json", method: "POST").status == 405)
  }

  @Test mutating func callsAreCountedOneByOne() throws {
    script = ShopScript {
      $0.plan = .standard
      $0.accessToken = "token"
      $0.sellerToken = "seller"
    }
    var limits: [String?] = []
    for _ in 0..<40 {
      let answer = get("shop.json")
      #expect(answer.status == 200)
      limits.append(Self.header("X-Shopify-Shop-Api-Call-Limit", of: answer))
    }
    #expect(limits.first == "1/40")
    #expect(limits.last == "40/40")
    let refused = get("shop.json")
    #expect(refused.status == 429)
    #expect(Self.header("Retry-After", of: refused) == "2.0")
    #expect(refused.json["errors"]?.text?.hasPrefix("Exceeded 2 calls per second") == true)
    #expect(get("shop.json", token: "seller").status == 200, "another app has calls of its own")
    script.wait(500)
    #expect(get("shop.json").status == 200)
    #expect(get("shop.json").status == 429)
  }
}
