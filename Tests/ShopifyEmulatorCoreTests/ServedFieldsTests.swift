import Foundation
import StockLedger
import Testing

@testable import ShopifyEmulatorCore

/// Asks for every field of the generated table, so that none is listed and not answered.
@Suite("Served fields")
struct ServedFieldsTests {
  private var script = ShopScript {
    $0.queryCostMax = .max
    $0.plan = EmulatedPlan(restoreRate: 1_000, bucketSize: 1_000_000_000)
  }
  private let variant: Int64
  private let order: Int64

  init() throws {
    variant = script.add("MUG", leeds: 50, york: 50)
    var draft = OrderDraft(variantID: variant, quantity: 10)
    draft.attributes = [OrderAttribute("checkout", "c-1")]
    draft.tags = ["first"]
    order = try script.shop.placeOrder(draft, at: script.now)
    let fulfillmentOrder = try #require(script.shop.order(order)?.fulfillmentOrderIDs.first)
    let line = try #require(script.shop.fulfillmentOrder(fulfillmentOrder)?.lines.first?.id)
    try script.shop.fulfil(
      fulfillmentOrder, [.init(line: line, quantity: 2)], trackingNumber: "T1", at: script.now)
    let sold = try #require(script.shop.order(order)?.lines.first?.id)
    try script.shop.refund(order, [.init(line: sold, quantity: 1, restock: .cancel)], at: script.now)
  }

  private func arguments(of field: FieldDefinition) -> String {
    let given: [String: String] = [
      "first": "2", "names": "[\"available\", \"on_hand\", \"committed\", \"incoming\"]",
      "locationId": "\"gid://shopify/Location/\(script.leeds)\"",
      "inventoryItemId": "\"gid://shopify/InventoryItem/\(script.item(variant))\"",
    ]
    let used = field.arguments.compactMap { argument in given[argument.name].map { "\(argument.name): \($0)" } }
    return used.isEmpty ? "" : "(\(used.joined(separator: ", ")))"
  }

  /// Every field of a type, and of what they lead to, so many levels down.
  private func selection(of type: String, depth: Int) -> String {
    guard let definition = GraphQLSchema.admin[type] else { return "" }
    let fields = definition.fields.values.sorted { $0.name < $1.name }.compactMap { field -> String? in
      let text = field.name + arguments(of: field)
      guard GraphQLSchema.admin[field.type.name]?.hasFields == true else { return text }
      guard depth > 0 else { return nil }
      return "\(text) \(selection(of: field.type.name, depth: depth - 1))"
    }
    return "{ __typename \(fields.joined(separator: " ")) }"
  }

  private func expectAnswered(_ query: String, _ variables: JSON = .null, _ script: inout ShopScript) -> JSON {
    let answer = script.ask(query, variables)
    #expect(answer["errors"] == nil, "\(answer["errors"]?[0] ?? .null)")
    return answer["data"]?.members.first?.value ?? .null
  }

  @Test func ofEveryObjectByItsID() throws {
    var script = script
    let operation = script.ask(
      "mutation { bulkOperationRunQuery(query: \"{ productVariants { nodes { id } } }\") { bulkOperation { id } } }")
    let bulk = try #require(operation["data"]?["bulkOperationRunQuery"]?["bulkOperation"]?["id"]?.text)
    let subscription = try script.shop.subscribe(to: .ordersCreate, uri: "https://example.com/hook", at: script.now)
    let placed = try #require(script.shop.order(order))
    let ids: [(String, String)] = [
      ("Order", "gid://shopify/Order/\(order)"), ("ProductVariant", "gid://shopify/ProductVariant/\(variant)"),
      ("InventoryItem", "gid://shopify/InventoryItem/\(script.item(variant))"),
      ("InventoryLevel", script.key(variant).id.description), ("Location", "gid://shopify/Location/\(script.leeds)"),
      ("FulfillmentOrder", "gid://shopify/FulfillmentOrder/\(placed.fulfillmentOrderIDs[0])"),
      ("Fulfillment", "gid://shopify/Fulfillment/\(placed.fulfillmentIDs[0])"), ("BulkOperation", bulk),
      ("WebhookSubscription", "gid://shopify/WebhookSubscription/\(subscription)"),
      ("Product", "gid://shopify/Product/\(script.shop.variant(variant)?.productID ?? 0)"),
      ("Shop", "gid://shopify/Shop/\(script.shop.settings.firstID)"),
    ]
    for (type, id) in ids {
      let node = expectAnswered(
        "query($id: ID!) { node(id: $id) { ... on \(type) \(selection(of: type, depth: 3)) } }",
        ["id": .string(id)], &script)
      #expect(node["id"]?.text == id)
      #expect(node["__typename"]?.text == type)
    }
  }

  @Test func ofEveryRootConnection() {
    var script = script
    for field in GraphQLSchema.admin["Query"]?.fields.values.sorted(by: { $0.name < $1.name }) ?? []
    where field.type.name.hasSuffix("Connection")
      || ["shop", "currentAppInstallation", "location"].contains(field.name)
    {
      let found = expectAnswered(
        "{ \(field.name)\(arguments(of: field)) \(selection(of: field.type.name, depth: 4)) }", .null, &script)
      #expect(found["__typename"]?.text == field.type.name)
    }
  }

  /// A mutation, its arguments, and whether it goes through.
  private struct Call {
    let name: String
    let arguments: String
    let isTaken: Bool

    init(_ name: String, _ arguments: String, isTaken: Bool = true) {
      self.name = name
      self.arguments = arguments
      self.isTaken = isTaken
    }
  }

  private func stockCalls() -> [Call] {
    let level = "inventoryItemId: \"gid://shopify/InventoryItem/\(script.item(variant))\""
    let place = "locationId: \"gid://shopify/Location/\(script.leeds)\""
    let set = { (name: String) in
      "input: {name: \"\(name)\", reason: \"correction\", quantities: [{\(level), \(place), quantity: 9,"
        + " changeFromQuantity: null}]}"
    }
    let adjust = { (reason: String) in
      "input: {name: \"available\", reason: \"\(reason)\", changes: [{\(level), \(place), delta: 1,"
        + " changeFromQuantity: null}]}"
    }
    return [
      Call("inventorySetQuantities", set("available")), Call("inventorySetQuantities", set("nothing"), isTaken: false),
      Call("inventoryAdjustQuantities", adjust("restock")),
      Call("inventoryAdjustQuantities", adjust("whim"), isTaken: false),
      Call("inventoryActivate", "\(level), \(place)"),
      Call("inventoryActivate", "\(level), locationId: \"gid://shopify/Location/1\"", isTaken: false),
    ]
  }

  private func orderCalls() throws -> [Call] {
    let placed = try #require(script.shop.order(order))
    let waiting = placed.fulfillmentOrderIDs[0]
    let create = { (quantity: Int) in
      "order: {lineItems: [{variantId: \"gid://shopify/ProductVariant/\(variant)\", quantity: \(quantity)}]}"
    }
    let refund = { (quantity: Int) in
      "input: {orderId: \"gid://shopify/Order/\(order)\", refundLineItems: [{lineItemId:"
        + " \"gid://shopify/LineItem/\(placed.lines[0].id)\", quantity: \(quantity), restockType: CANCEL}]}"
    }
    let fulfil = { (id: Int64) in
      "fulfillment: {lineItemsByFulfillmentOrder: [{fulfillmentOrderId: \"gid://shopify/FulfillmentOrder/\(id)\"}]}"
    }
    let move = { (id: Int64) in
      "id: \"gid://shopify/FulfillmentOrder/\(id)\", newLocationId: \"gid://shopify/Location/\(script.york)\""
    }
    let cancel = { (id: Int64) in "orderId: \"gid://shopify/Order/\(id)\", restock: true, reason: CUSTOMER" }
    var other = script
    let fresh = try other.shop.placeOrder(OrderDraft(variantID: variant, quantity: 1), at: other.now)
    return [
      Call("orderCancel", cancel(fresh)), Call("orderCancel", cancel(order), isTaken: false),
      Call("orderCreate", create(3)), Call("orderCreate", create(0), isTaken: false),
      Call("refundCreate", refund(1)), Call("refundCreate", refund(99), isTaken: false),
      Call("fulfillmentCreate", fulfil(waiting)), Call("fulfillmentCreate", fulfil(1), isTaken: false),
      Call("fulfillmentCancel", "id: \"gid://shopify/Fulfillment/\(placed.fulfillmentIDs[0])\""),
      Call("fulfillmentCancel", "id: \"gid://shopify/Fulfillment/1\"", isTaken: false),
      Call("fulfillmentOrderMove", move(waiting)), Call("fulfillmentOrderMove", move(1), isTaken: false),
    ]
  }

  private var otherCalls: [Call] {
    let hook = { (uri: String) in "topic: ORDERS_CREATE, webhookSubscription: {uri: \"\(uri)\"}" }
    return [
      Call("webhookSubscriptionCreate", hook("https://example.com/a")),
      Call("webhookSubscriptionCreate", hook("ftp://example.com"), isTaken: false),
      Call("webhookSubscriptionDelete", "id: \"gid://shopify/WebhookSubscription/1\"", isTaken: false),
      Call("bulkOperationRunQuery", "query: \"{ orders { nodes { id } } }\""),
      Call("bulkOperationRunQuery", "query: \"{ shop { id } }\"", isTaken: false),
      Call("bulkOperationCancel", "id: \"gid://shopify/BulkOperation/1\"", isTaken: false),
    ]
  }

  /// The payloads of all mutations: each call is made on a shop of its own.
  @Test func ofEveryPayload() throws {
    let mutations = try #require(GraphQLSchema.admin["Mutation"]).fields
    let calls = stockCalls() + (try orderCalls()) + otherCalls
    #expect(Set(calls.map(\.name)) == Set(mutations.keys))
    for call in calls {
      var script = script
      try script.shop.placeOrder(OrderDraft(variantID: variant, quantity: 1), at: script.now)
      let payload = selection(of: try #require(mutations[call.name]).type.name, depth: 2)
      let answer = expectAnswered(
        "mutation { \(call.name)(\(call.arguments)) @idempotent(key: \"k\") \(payload) }", .null, &script)
      #expect(answer["userErrors"]?.values.isEmpty == call.isTaken, "\(call.name): \(answer)")
    }
  }

  /// The SDL is for people and tools, the Swift text for the emulator; one script writes both.
  @Test func theTableIsTheCommittedSDL() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Simulations")
    let sdl = try String(
      contentsOf: root.appending(path: "ShopifyEmulatorCore/Schema/admin-2026-04.graphql"), encoding: .utf8)
    let types = try SchemaReader.read(sdl)
    #expect(types.count > 100)
    #expect(types.values.sorted { $0.name < $1.name } == GraphQLSchema.admin.all)
  }
}
