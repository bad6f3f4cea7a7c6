import ShopifyEmulatorCore
import StockLedger
import Testing

/// A shop with two locations and a clock that the test moves; its calls are those of a client.
struct ShopScript {
  static let start = Timestamp(milliseconds: 1_775_000_000_000)

  var shop: EmulatedShop
  var now = ShopScript.start
  let leeds: Int64
  let york: Int64
  private var keys = 0

  init(seed: UInt64 = 1, _ change: (inout EmulatorSettings) -> Void = { _ in }) {
    var settings = EmulatorSettings()
    change(&settings)
    shop = EmulatedShop(settings: settings, seed: seed, at: Self.start)
    leeds = shop.openLocation("Leeds", at: Self.start)
    york = shop.openLocation("York", at: Self.start)
  }

  // MARK: Catalogue

  /// A variant with so much in Leeds and, where given, in York; answers its number.
  mutating func add(
    _ sku: String?, leeds: Int64, york: Int64? = nil, policy: InventoryPolicy = .deny, isBundle: Bool = false
  ) -> Int64 {
    var draft = VariantDraft(sku: sku, stock: [.init(location: self.leeds, available: leeds)])
    if let york { draft.stock.append(.init(location: self.york, available: york)) }
    draft.policy = policy
    draft.isBundle = isBundle
    return shop.addVariant(draft, at: now)
  }

  func item(_ variant: Int64) -> Int64 { shop.variant(variant)?.itemID ?? 0 }
  func key(_ variant: Int64, at location: Int64? = nil) -> LevelKey {
    LevelKey(item: item(variant), location: location ?? leeds)
  }
  /// What may be sold, is committed and lies there, in this order.
  func stock(_ variant: Int64, at location: Int64? = nil) -> [Int64] {
    guard let level = shop[key(variant, at: location)] else { return [] }
    return [level.available, level.committed, level.onHand]
  }

  // MARK: Calls

  mutating func wait(_ milliseconds: Int64) { now = now + milliseconds }

  mutating func request(_ query: String, _ variables: JSON = .null, operation: String? = nil) -> EmulatedAnswer {
    let body: JSON = ["query": .string(query), "variables": variables, "operationName": JSON(operation)]
    return shop.answer(
      EmulatedRequest(
        method: "POST", path: "/admin/api/2026-04/graphql.json", accessToken: "token", body: body.bytes), at: now)
  }

  mutating func ask(_ query: String, _ variables: JSON = .null) -> JSON { request(query, variables).json }

  static let set = """
    mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
      inventorySetQuantities(input: $input) @idempotent(key: $key) {
        inventoryAdjustmentGroup { reason referenceDocumentUri changes { name delta quantityAfterChange } }
        userErrors { code field message }
      }
    }
    """

  func row(_ variant: Int64, _ quantity: Int64, from: JSON, at location: Int64? = nil) -> JSON {
    [
      "inventoryItemId": .string("gid://shopify/InventoryItem/\(item(variant))"),
      "locationId": .string("gid://shopify/Location/\(location ?? leeds)"), "quantity": .integer(quantity),
      "changeFromQuantity": from,
    ]
  }

  func input(_ rows: [JSON], name: String = "available", reason: String = "correction") -> JSON {
    [
      "name": .string(name), "reason": .string(reason),
      "referenceDocumentUri": "gid://holdfast/Publication/7", "quantities": .list(rows),
    ]
  }

  /// Sets rows under a key, a new one unless told; answers the payload.
  mutating func set(_ rows: [JSON], key: String? = nil) -> JSON { setInput(input(rows), key: key) }

  mutating func setInput(_ input: JSON, key: String? = nil) -> JSON {
    keys += 1
    let answer = ask(Self.set, ["input": input, "key": .string(key ?? "key-\(keys)")])
    guard let payload = answer["data"]?["inventorySetQuantities"], !payload.isNull else { return answer }
    return payload
  }

  /// The codes of a payload's user errors.
  static func codes(_ payload: JSON) -> [String] {
    (payload["userErrors"] ?? .null).values.map { $0["code"]?.text ?? "-" }
  }

  /// The codes of an answer's errors.
  static func errors(_ answer: JSON) -> [String] {
    (answer["errors"] ?? .null).values.map { $0["extensions"]?["code"]?.text ?? $0["message"]?.text ?? "-" }
  }

  /// What may be sold, as the API tells it: the writer has read it then.
  mutating func read(_ variant: Int64) -> Int64? {
    let answer = ask(
      "query($id: ID!) { inventoryLevel(id: $id) { quantities(names: [\"available\"]) { quantity } } }",
      ["id": .string(key(variant).id.description)])
    return answer["data"]?["inventoryLevel"]?["quantities"]?[0]?["quantity"]?.integer
  }

  // MARK: Webhooks

  /// Every attempt that is due, each answered with a status; nil stands for no answer.
  @discardableResult
  mutating func deliver(_ status: Int? = 200) -> [WebhookAttempt] {
    let attempts = shop.takeWebhooks(at: now)
    for attempt in attempts { shop.noteWebhook(attempt.id, status: status, at: now) }
    return attempts
  }

  static func id(_ type: String, _ number: Int64) -> JSON { .string(GlobalID(type, number).description) }
}
