import ShopifyEmulatorCore
import StockLedger
import Testing

/// Reading: pages, searches, points.
@Suite("Queries")
struct QueryTests {
  private var script = ShopScript()

  private mutating func skus(_ query: String) -> [String?] {
    let answer = script.ask(
      "query($query: String) { productVariants(first: 250, query: $query) { nodes { sku } } }",
      ["query": .string(query)])
    return (answer["data"]?["productVariants"]?["nodes"] ?? .null).values.map { $0["sku"]?.text }
  }

  @Test mutating func pagesFollowOneAnother() {
    for number in 1...7 { _ = script.add("S\(number)", leeds: 1) }
    let query = """
      query($after: String) {
        productVariants(first: 3, after: $after) {
          edges { cursor node { sku } } pageInfo { hasNextPage hasPreviousPage endCursor }
        }
      }
      """
    var seen: [String] = []
    var cursor = JSON.null
    for page in 0..<3 {
      let found = script.ask(query, ["after": cursor])["data"]?["productVariants"]
      seen += (found?["edges"] ?? .null).values.compactMap { $0["node"]?["sku"]?.text }
      #expect(found?["pageInfo"]?["hasNextPage"]?.bool == (page < 2))
      #expect(found?["pageInfo"]?["hasPreviousPage"]?.bool == (page > 0))
      cursor = found?["pageInfo"]?["endCursor"] ?? .null
    }
    #expect(seen == ["S1", "S2", "S3", "S4", "S5", "S6", "S7"])
    let last = script.ask("{ productVariants(last: 2, reverse: true) { nodes { sku } } }")
    #expect(last["data"]?["productVariants"]?["nodes"] == [["sku": "S2"], ["sku": "S1"]])
  }

  @Test mutating func aPageOutlivesWhatItsCursorStoodFor() {
    let variants = (1...4).map { script.add("S\($0)", leeds: 1) }
    script.shop.deleteVariant(variants[1])
    let answer = script.ask("{ productVariants(first: 2, after: \"\(variants[1])\") { nodes { sku } } }")
    #expect(answer["data"]?["productVariants"]?["nodes"] == [["sku": "S3"], ["sku": "S4"]])
  }

  @Test(arguments: [
    ("{ productVariants { nodes { id } } }", "you must provide one of first or last"),
    ("{ productVariants(first: 2, last: 2) { nodes { id } } }", "providing both first and last is not supported"),
    ("{ productVariants(first: 251) { nodes { id } } }", "first and last cannot exceed 250"),
    ("{ productVariants(first: -1) { nodes { id } } }", "first and last cannot be negative"),
    ("{ productVariants(first: 1, after: \"x\") { nodes { id } } }", "Invalid cursor for current pagination sort."),
    ("{ inventoryItem(id: \"7\") { id } }", "Invalid global id '7'"),
    ("{ inventoryItem(id: \"gid://shopify/Order/7\") { id } }", "Invalid global id 'gid://shopify/Order/7'"),
  ])
  mutating func whatAPageMayNotBe(_ query: String, message: String) {
    #expect(script.ask(query)["errors"]?[0]?["message"]?.text == message)
  }

  @Test mutating func searchesBySKU() {
    for sku in ["A-1", "a-1", "A 2", "B"] { _ = script.add(sku, leeds: 1) }
    _ = script.add(nil, leeds: 1)
    #expect(skus("sku:A-1") == ["A-1", "a-1"], "the search does not tell capitals apart")
    #expect(skus("sku:'A 2'") == ["A 2"])
    #expect(skus("sku:A-1 OR sku:\"A 2\"") == ["A-1", "a-1", "A 2"])
    #expect(skus("sku:A*") == ["A-1", "a-1", "A 2"])
    #expect(skus("-sku:A* AND NOT sku:B") == [nil])
    #expect(skus("sku:C").isEmpty)
    #expect(skus("").count == 5)
    let wrong = script.ask("{ productVariants(first: 1, query: \"colour:red\") { nodes { id } } }")
    #expect(wrong["errors"]?[0]?["message"]?.text == "A search by 'colour' isn't served by this emulator")
  }

  @Test mutating func ordersSinceATime() throws {
    let mug = script.add("MUG", leeds: 100)
    var placed: [Int64] = []
    for _ in 0..<4 {
      placed.append(try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now))
      script.wait(60_000)
    }
    try script.shop.cancel(placed[0], at: script.now)
    let since = "updated_at:>='\(DateTimeText.utc(ShopScript.start + 120_000))'"
    let answer = script.ask(
      "query($query: String) { orders(first: 9, sortKey: UPDATED_AT, query: $query) { nodes { legacyResourceId } } }",
      ["query": .string(since)])
    let found = (answer["data"]?["orders"]?["nodes"] ?? .null).values.compactMap { $0["legacyResourceId"]?.text }
    #expect(found == [placed[2], placed[3], placed[0]].map { "\($0)" })
  }

  /// The list of orders by their last change moves while it is read: no order of it is passed over.
  @Test(arguments: [false, true])
  mutating func ordersThatChangeBetweenPagesMoveNobodyElse(isReversed: Bool) throws {
    let mug = script.add("MUG", leeds: 100)
    var placed: [Int64] = []
    for _ in 0..<6 {
      placed.append(try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now))
      script.wait(60_000)
    }
    let query = """
      query($after: String) {
        orders(first: 2, after: $after, sortKey: UPDATED_AT, reverse: \(isReversed)) {
          nodes { legacyResourceId } pageInfo { hasNextPage endCursor }
        }
      }
      """
    var seen: [Int64] = []
    var cursor = JSON.null
    repeat {
      let page = script.ask(query, ["after": cursor])["data"]?["orders"]
      seen += (page?["nodes"] ?? .null).values.compactMap { $0["legacyResourceId"]?.text.flatMap { Int64($0) } }
      cursor = page?["pageInfo"]?["hasNextPage"] == true ? page?["pageInfo"]?["endCursor"] ?? .null : .null
      // The one on which the cursor stands goes to the end of the list.
      if seen.count == 2 { try script.shop.cancel(seen[1], at: script.now) }
    } while !cursor.isNull
    #expect(seen == (isReversed ? placed.reversed() : placed + [placed[1]]))
  }

  @Test mutating func aRefundIsFoundByItsID() throws {
    let mug = script.add("MUG", leeds: 10)
    let order = try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 2), at: script.now)
    let line = try #require(script.shop.order(order)?.lines.first?.id)
    try script.shop.refund(order, [.init(line: line, quantity: 1, restock: .cancel)], at: script.now)
    let refund = try script.shop.refund(order, [.init(line: line, quantity: 1, restock: .cancel)], at: script.now)
    let answer = script.ask(
      "query($id: ID!) { node(id: $id) { ... on Refund { id order { id } } } }",
      ["id": ShopScript.id("Refund", refund)])
    #expect(
      answer["data"]?["node"] == [
        "id": ShopScript.id("Refund", refund), "order": ["id": ShopScript.id("Order", order)],
      ])
    let unknown = script.ask("{ node(id: \"gid://shopify/Refund/1\") { id } }")
    #expect(unknown["data"]?["node"] == .null)
  }

  @Test mutating func nodesAnswerWhatIsThereAndNullForTheRest() {
    let mug = script.add("MUG", leeds: 10)
    let answer = script.ask(
      "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on InventoryLevel { quantities(names: [\"on_hand\"])"
        + " { name quantity } } } }",
      ["ids": [.string(script.key(mug).id.description), "gid://shopify/Order/1"]])
    #expect(
      answer["data"]?["nodes"] == [
        ["__typename": "InventoryLevel", "quantities": [["name": "on_hand", "quantity": 10]]], .null,
      ])
  }

  @Test mutating func idsPass2To53() {
    let mug = script.add("MUG", leeds: 10)
    #expect(mug > 1 << 53)
    let answer = script.request("{ productVariants(first: 1) { nodes { id legacyResourceId } } }")
    #expect(String(decoding: answer.body, as: UTF8.self).contains("\"legacyResourceId\":\"\(mug)\""))
    #expect(answer.json["data"]?["productVariants"]?["nodes"]?[0]?["id"] == ShopScript.id("ProductVariant", mug))
  }

  // MARK: Points

  private static func status(_ answer: JSON) -> [Int64?] {
    let cost = answer["extensions"]?["cost"]
    return [
      cost?["requestedQueryCost"]?.integer, cost?["actualQueryCost"]?.integer,
      cost?["throttleStatus"]?["currentlyAvailable"]?.integer,
    ]
  }

  @Test mutating func aQueryPaysForWhatItFindsAndAMutationTen() {
    script = ShopScript { $0.plan = EmulatedPlan(restoreRate: 100, bucketSize: 1_000) }
    let mug = script.add("MUG", leeds: 10)
    let query = "{ productVariants(first: 100) { nodes { sku inventoryItem { id } } pageInfo { hasNextPage } } }"
    #expect(Self.status(script.ask(query)) == [202, 4, 996], "2 for the connection, 2 for each of a hundred")
    let rows: JSON = ["input": script.input([script.row(mug, 1, from: 10)]), "key": "k"]
    #expect(Self.status(script.ask(ShopScript.set, rows)) == [10, 10, 986], "one row or 250: ten points")
    script.wait(100)
    #expect(Self.status(script.ask("{ shop { id } }")) == [1, 1, 995])
  }

  @Test mutating func anEmptyBucketThrottlesAndFillsAgain() {
    script = ShopScript { $0.plan = EmulatedPlan(restoreRate: 100, bucketSize: 25) }
    let mug = script.add("MUG", leeds: 10)
    #expect(ShopScript.codes(script.set([script.row(mug, 9, from: 10)])) == [])
    #expect(ShopScript.codes(script.set([script.row(mug, 8, from: 9)])) == [])
    let throttled = script.request(ShopScript.set, ["input": script.input([script.row(mug, 7, from: 8)]), "key": "k"])
    #expect(throttled.status == 200)
    #expect(ShopScript.errors(throttled.json) == ["THROTTLED"])
    #expect(throttled.json["data"] == nil)
    #expect(Self.status(throttled.json) == [10, nil, 5])
    #expect(script.stock(mug) == [8, 0, 8])
    script.wait(50)
    #expect(ShopScript.codes(script.set([script.row(mug, 7, from: 8)], key: "k")) == [], "the key was not spent")
  }

  @Test mutating func aQueryOfTooManyPointsIsRefused() {
    let answer = script.ask("{ orders(first: 250) { nodes { lineItems(first: 50) { nodes { id } } } } }")
    #expect(ShopScript.errors(answer) == ["MAX_COST_EXCEEDED"])
    #expect(answer["errors"]?[0]?["extensions"]?["cost"]?.integer == 13_252)
  }

  // MARK: Doors

  @Test mutating func whoMayComeIn() {
    script = ShopScript { $0.accessToken = "secret" }
    let post = { (path: String, token: String?) in
      EmulatedRequest(method: "POST", path: path, accessToken: token, body: JSON.object([]).bytes)
    }
    let path = "/admin/api/2026-04/graphql.json"
    #expect(script.shop.answer(post(path, nil), at: script.now).status == 401)
    #expect(script.shop.answer(post(path, "wrong"), at: script.now).status == 401)
    #expect(script.shop.answer(post("/admin/api/2020-01/graphql.json", "secret"), at: script.now).status == 404)
    #expect(script.shop.answer(post(path, "secret"), at: script.now).status == 200)
    let get = EmulatedRequest(method: "GET", path: path, accessToken: "secret")
    #expect(script.shop.answer(get, at: script.now).status == 405)
  }

  @Test mutating func theOldAPIIsReadToo() {
    let mug = script.add("MUG", leeds: 10, york: 3)
    let get = { (path: String, script: inout ShopScript) in
      script.shop.answer(EmulatedRequest(method: "GET", path: "/admin/api/2026-04/" + path), at: script.now)
    }
    let places = get("locations.json", &script).json["locations"]
    #expect(places?.values.compactMap { $0["name"]?.text } == ["Leeds", "York"])
    let products = get("products.json?limit=1", &script).json["products"]
    #expect(products?[0]?["variants"]?[0]?["inventory_quantity"]?.integer == 13)
    let levels = get(
      "inventory_levels.json?inventory_item_ids=\(script.item(mug))&location_ids=\(script.york)", &script)
    #expect(levels.json["inventory_levels"]?.values.map { $0["available"]?.integer } == [3])
    #expect(get("inventory_levels.json", &script).status == 422)
    #expect(get("customers.json", &script).status == 404)
    let one = [
      ("products/\(products?[0]?["id"]?.integer ?? 0)", "product"), ("variants/\(mug)", "variant"),
      ("locations/\(script.york)", "location"), ("inventory_items/\(script.item(mug))", "inventory_item"),
    ]
    for (path, name) in one { #expect(get("\(path).json", &script).json[name]?["id"] != nil) }
    #expect(get("locations/1.json", &script).status == 404)
    let there = get("locations/\(script.leeds)/inventory_levels.json", &script).json["inventory_levels"]
    #expect(there?.values.map { $0["available"]?.integer } == [10])
    _ = script.add("CUP", leeds: 1)
    let first = get("products.json?limit=1", &script)
    let link = first.headers.first { $0.name == "Link" }?.value ?? ""
    #expect(link.hasSuffix("&page_info=\(products?[0]?["id"]?.integer ?? 0)>; rel=\"next\""))
    #expect(get("products/count.json", &script).json["count"] == 2)
    let after = products?[0]?["id"]?.integer ?? 0
    #expect(get("products.json?since_id=\(after)", &script).json["products"]?.values.count == 1)
  }
}
