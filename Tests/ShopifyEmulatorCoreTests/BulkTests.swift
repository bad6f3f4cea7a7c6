import ShopifyEmulatorCore
import StockLedger
import Testing

/// Bulk reads: JSON lines, read as time passes.
@Suite("Bulk reads")
struct BulkTests {
  private var script = ShopScript { $0.bulk.rootsPerSecond = 10 }

  private static let stock = """
    {
      productVariants {
        edges { node { id sku inventoryItem { id inventoryLevels {
          edges { node { id quantities(names: ["available"]) { quantity } } }
        } } } }
      }
    }
    """

  private mutating func start(_ query: String) -> JSON {
    let run = """
      mutation($query: String!) {
        bulkOperationRunQuery(query: $query) { bulkOperation { id status } userErrors { code message } }
      }
      """
    return script.ask(run, ["query": .string(query)])["data"]?["bulkOperationRunQuery"] ?? .null
  }

  private mutating func state(_ operation: JSON) -> JSON {
    let query = """
      query($id: ID!) { bulkOperation(id: $id) { status objectCount rootObjectCount fileSize url completedAt } }
      """
    return script.ask(query, ["id": operation["bulkOperation"]?["id"] ?? .null])["data"]?["bulkOperation"] ?? .null
  }

  private mutating func lines(_ operation: JSON) throws -> [JSON] {
    let id = try #require(GlobalID(operation["bulkOperation"]?["id"]?.text ?? "")).number
    var bytes: [UInt8] = []
    var index = 0
    while let chunk = script.shop.bulkChunk(of: id, index) {
      #expect(chunk.last == UInt8(ascii: "\n"), "a piece has whole lines")
      bytes += chunk
      index += 1
    }
    return try bytes.split(separator: UInt8(ascii: "\n")).map { try #require(JSON(bytes: Array($0))) }
  }

  @Test mutating func rowsComeWithTheirParents() throws {
    try script.shop.subscribe(to: .bulkOperationsFinish, uri: "https://example.com/hook", at: script.now)
    let mug = script.add("MUG", leeds: 10, york: 2)
    let cup = script.add("CUP", leeds: 5)
    let operation = start(Self.stock)
    #expect(operation["bulkOperation"]?["status"]?.text == "RUNNING")
    #expect(try lines(operation).isEmpty, "there is nothing before the end")
    script.wait(1_000)
    let state = state(operation)
    #expect(state["status"]?.text == "COMPLETED")
    #expect(state["objectCount"]?.text == "5")
    #expect(state["rootObjectCount"]?.text == "2")
    let rows = try lines(operation)
    #expect(
      rows == [
        [
          "id": ShopScript.id("ProductVariant", mug), "sku": "MUG",
          "inventoryItem": ["id": ShopScript.id("InventoryItem", script.item(mug))],
        ],
        level(mug, script.leeds, 10), level(mug, script.york, 2),
        [
          "id": ShopScript.id("ProductVariant", cup), "sku": "CUP",
          "inventoryItem": ["id": ShopScript.id("InventoryItem", script.item(cup))],
        ],
        level(cup, script.leeds, 5),
      ])
    #expect(state["fileSize"]?.text == String(rows.reduce(0) { $0 + $1.bytes.count + 1 }))
    script.wait(50)
    #expect(script.deliver().map(\.topic) == [.bulkOperationsFinish])
  }

  private func level(_ variant: Int64, _ location: Int64, _ units: Int64) -> JSON {
    [
      "id": .string(script.key(variant, at: location).id.description), "quantities": [["quantity": .integer(units)]],
      "__parentId": ShopScript.id("ProductVariant", variant),
    ]
  }

  @Test mutating func aResultIsNoPointInTime() throws {
    let variants = (0..<20).map { script.add("S\($0)", leeds: 10) }
    let operation = start(Self.stock)
    script.wait(1_000)
    script.shop.advanceBulk(to: script.now)
    for variant in [variants[0], variants[19]] {
      try script.shop.placeOrder(OrderDraft(variantID: variant, quantity: 1), at: script.now)
    }
    script.wait(1_000)
    #expect(state(operation)["status"]?.text == "COMPLETED")
    let units = try lines(operation).compactMap { $0["quantities"]?[0]?["quantity"]?.integer }
    #expect(units.count == 20)
    #expect(units.first == 10, "read before the order")
    #expect(units.last == 9, "read after it")
    _ = script.set([script.row(variants[0], 8, from: .null), script.row(variants[19], 8, from: 9)])
    let found = script.shop.audit.writesAboveUntoldOrders
    #expect(found.map(\.key) == [script.key(variants[0])], "the result told of the second order alone")
  }

  @Test mutating func aResultIsFetchedInRanges() throws {
    let mug = script.add("MUG", leeds: 10)
    let operation = start(Self.stock)
    let id = try #require(GlobalID(operation["bulkOperation"]?["id"]?.text ?? "")).number
    #expect(script.shop.bulkByteCount(of: id) == nil, "it goes on")
    #expect(script.shop.bulkBytes(of: id, from: 0, to: 10).isEmpty)
    #expect(script.shop.isBulkReading)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    script.wait(1_000)
    script.shop.advanceBulk(to: script.now)
    #expect(!script.shop.isBulkReading)
    let size = try #require(script.shop.bulkByteCount(of: id))
    let first = script.shop.bulkBytes(of: id, from: 0, to: size - 1)
    #expect(first.count == size - 1)
    _ = script.set([script.row(mug, 8, from: 9)])
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1, "a piece is read with its last byte")
    #expect(script.shop.bulkBytes(of: id, from: size - 1, to: .max) == [UInt8(ascii: "\n")])
    _ = script.set([script.row(mug, 7, from: 8)])
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1)
    for (place, end) in [(size, size + 1), (5, 5), (-1, 3), (.max, .max)] {
      #expect(script.shop.bulkBytes(of: id, from: place, to: end).isEmpty)
    }
    script.shop.dropBulkResult(of: id)
    #expect(script.shop.bulkByteCount(of: id) == nil)
  }

  @Test mutating func fiveRunAtOnceAndOneMayBeCancelled() {
    _ = (0..<20).map { script.add("S\($0)", leeds: 10) }
    let operations = (0..<5).map { _ in start(Self.stock) }
    #expect(ShopScript.codes(start(Self.stock)) == ["LIMIT_REACHED"])
    let cancel =
      "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
    let cancelled = script.ask(cancel, ["id": operations[0]["bulkOperation"]?["id"] ?? .null])
    #expect(cancelled["data"]?["bulkOperationCancel"]?["bulkOperation"]?["status"]?.text == "CANCELED")
    #expect(ShopScript.codes(start(Self.stock)) == [])
  }

  @Test(arguments: [
    "{ shop { id } }", "{ productVariants { nodes { nope } } }", "nonsense",
    "mutation { bulkOperationCancel(id: \"gid://shopify/BulkOperation/1\") { bulkOperation { id } } }",
    "{ productVariants(query: \"colour:red\") { nodes { id } } }",
    "{ orders { nodes { id lineItems { nodes { id } } fulfillmentOrders { nodes { lineItems { nodes { lineItem"
      + " { variant { inventoryItem { inventoryLevels { nodes { id } } } } } } } } } } } }",
  ])
  mutating func whatNoBulkQueryMayBe(_ query: String) {
    _ = script.add("MUG", leeds: 1)
    let operation = start(query)
    #expect(ShopScript.codes(operation) == ["INVALID"])
    #expect(operation["bulkOperation"] == .null)
  }
}
