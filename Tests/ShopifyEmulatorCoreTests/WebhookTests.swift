import ShopifyEmulatorCore
import StockLedger
import Testing

/// What the shop tells, when, and how often.
@Suite("Webhooks")
struct WebhookTests {
  private var script = ShopScript()

  private mutating func subscribe(_ topics: WebhookTopic...) throws {
    for topic in topics { try script.shop.subscribe(to: topic, uri: "https://example.com/hook", at: script.now) }
  }

  private static func json(_ attempt: WebhookAttempt) throws -> JSON { try #require(JSON(bytes: attempt.body)) }

  private static func header(_ name: String, _ attempt: WebhookAttempt) -> String? {
    attempt.headers.first { $0.name == name }?.value
  }

  @Test mutating func anOrderIsTold() throws {
    let mug = script.add("MUG", leeds: 10)
    try subscribe(.ordersCreate, .orderRoutingComplete, .inventoryLevelsUpdate)
    var draft = OrderDraft(variantID: mug, quantity: 2)
    draft.checkoutToken = "c-1"
    draft.attributes = [OrderAttribute("reservation", "r-1")]
    let placed = try script.shop.placeOrder(draft, at: script.now)
    #expect(script.deliver().isEmpty, "it is on its way")
    script.wait(50)
    let attempts = script.deliver()
    #expect(attempts.map(\.topic) == [.inventoryLevelsUpdate, .ordersCreate])
    let body = try Self.json(attempts[1])
    #expect(body["id"]?.integer == placed)
    #expect(body["checkout_token"]?.text == "c-1")
    #expect(body["note_attributes"] == [["name": "reservation", "value": "r-1"]])
    #expect(body["created_at"]?.text == "2026-03-31T18:33:20-05:00")
    #expect(body["line_items"]?[0]?["quantity"]?.integer == 2)
    #expect(body["line_items"]?[0]?["sku"]?.text == "MUG")
    #expect(body["location_id"] == .null, "a web order has no location: it comes with the fulfillment order")
    #expect(Self.header("X-Shopify-Topic", attempts[1]) == "orders/create")
    #expect(Self.header("X-Shopify-Triggered-At", attempts[1]) == "2026-03-31T23:33:20.000000000Z")
    #expect(Self.header("X-Shopify-API-Version", attempts[1]) == "2026-04")
    script.wait(500)
    let routed = try Self.json(try #require(script.deliver().first))
    #expect(routed["fulfillment_order"]?["assigned_location_id"]?.integer == script.leeds)
    #expect(routed["fulfillment_order"]?["line_items"]?[0]?["quantity"]?.integer == 2)
    #expect(script.shop.webhooksWaiting == 0)
  }

  @Test mutating func everythingElseIsTold() throws {
    let mug = script.add("MUG", leeds: 10, york: 10)
    try subscribe(
      .ordersUpdated, .ordersEdited, .ordersCancelled, .ordersPaid, .refundsCreate, .fulfillmentsCreate,
      .fulfillmentOrdersMoved, .appUninstalled, .fulfillmentsUpdate, .inventoryItemsUpdate)
    let first = try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 4), at: script.now)
    let line = try #require(script.shop.order(first)?.lines.first?.id)
    try script.shop.edit(first, line: line, by: 1, at: script.now)
    let source = try #require(script.shop.order(first)?.fulfillmentOrderIDs.first)
    let moved = try script.shop.move(source, to: script.york, at: script.now)
    let waiting = try #require(script.shop.fulfillmentOrder(moved.moved)?.lines.first?.id)
    let made = try script.shop.fulfil(moved.moved, [.init(line: waiting, quantity: 2)], at: script.now)
    try script.shop.track(made, number: "T-1", at: script.now)
    script.shop.renameVariant(mug, sku: "CUP", at: script.now)
    try script.shop.refund(first, [.init(line: line, quantity: 1, restock: .cancel)], at: script.now)
    let second = try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    try script.shop.cancel(second, at: script.now)
    script.wait(50)
    var bodies: [WebhookTopic: JSON] = [:]
    for attempt in script.deliver() where bodies[attempt.topic] == nil {
      bodies[attempt.topic] = try Self.json(attempt)
    }
    #expect(bodies[.ordersPaid]?["id"]?.integer == first)
    #expect(bodies[.ordersEdited]?["order_edit"]?["line_items"]?["additions"] == [["id": .integer(line), "delta": 1]])
    #expect(
      bodies[.fulfillmentOrdersMoved]?["moved_fulfillment_order"]?["assigned_location_id"]?.integer == script.york)
    #expect(bodies[.fulfillmentOrdersMoved]?["original_fulfillment_order"]?["status"]?.text == "closed")
    #expect(bodies[.fulfillmentsCreate]?["line_items"]?[0]?["quantity"]?.integer == 2)
    #expect(bodies[.fulfillmentsCreate]?["location_id"]?.integer == script.york)
    #expect(bodies[.fulfillmentsUpdate]?["tracking_number"]?.text == "T-1")
    #expect(bodies[.inventoryItemsUpdate]?["sku"]?.text == "CUP")
    #expect(bodies[.refundsCreate]?["refund_line_items"]?[0]?["restock_type"]?.text == "cancel")
    #expect(bodies[.ordersUpdated]?["updated_at"] != nil)
    #expect(bodies[.ordersCancelled]?["cancel_reason"]?.text == "customer")
    #expect(bodies[.ordersCancelled]?["refunds"]?.values.count == 1)
    script.shop.uninstall(at: script.now)
    script.wait(50)
    #expect(script.deliver().map(\.topic) == [.appUninstalled])
    #expect(script.shop.allSubscriptions.map(\.topic) == [.appUninstalled])
  }

  @Test mutating func eightRetriesInFourHoursThenTheSubscriptionEnds() throws {
    let mug = script.add("MUG", leeds: 10)
    try subscribe(.ordersCreate, .ordersPaid)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    script.wait(50)
    let begun = script.now
    var attempts: [WebhookAttempt] = []
    while let due = script.shop.nextWebhookAt {
      script.now = max(script.now, due)
      let taken = script.deliver(attempts.count % 2 == 0 ? nil : 500).filter { $0.topic == .ordersCreate }
      attempts += taken
    }
    #expect(attempts.map(\.number) == Array(1...9))
    #expect(Set(attempts.map(\.body)).count == 1, "each with the original body")
    #expect(Set(attempts.map { Self.header("X-Shopify-Webhook-Id", $0) }).count == 1)
    #expect(script.now == begun + 4 * 3_600_000)
    #expect(script.shop.allSubscriptions.isEmpty)
  }

  @Test mutating func anAnswerEndsTheRetries() throws {
    let mug = script.add("MUG", leeds: 10)
    try subscribe(.ordersCreate)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    script.wait(50)
    script.deliver(503)
    #expect(script.shop.nextWebhookAt == script.now + 60_000)
    script.wait(60_000)
    #expect(script.deliver(204).map(\.number) == [2])
    #expect(script.shop.nextWebhookAt == nil)
    #expect(script.shop.webhooksWaiting == 0)
  }

  @Test mutating func aLateBodyShowsTheLastValue() throws {
    script = ShopScript { $0.webhooks.lateBody = 2_000...2_000 }
    let mug = script.add("MUG", leeds: 10)
    try subscribe(.inventoryLevelsUpdate)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    script.wait(1_000)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    script.wait(2_050)
    let bodies = try script.deliver().map(Self.json)
    #expect(bodies.map { $0["available"]?.integer } == [8, 8], "two changes, and both show the last")
  }

  @Test mutating func lostDoubledAndMixedUp() throws {
    script = ShopScript(seed: 7) {
      $0.webhooks.lossPerMille = 200
      $0.webhooks.duplicatePerMille = 200
      $0.webhooks.delay = 0...60_000
    }
    let mug = script.add("MUG", leeds: 1_000)
    try subscribe(.ordersCreate)
    var placed: [Int64] = []
    for _ in 0..<200 {
      placed.append(try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now))
    }
    script.wait(60_000)
    let attempts = script.deliver()
    let told = try attempts.map { try #require(try Self.json($0)["id"]?.integer) }
    #expect(script.shop.webhooksLost > 20)
    #expect(Set(told).count + script.shop.webhooksLost == placed.count)
    #expect(told.count > Set(told).count + 10, "some came twice")
    #expect(told != told.sorted(), "and not in order")
    let events = attempts.map { Self.header("X-Shopify-Event-Id", $0) }
    #expect(Set(events).count == Set(told).count, "a duplicate has the same event id")
  }

  @Test mutating func subscriptionsAreMadeSeenAndEnded() throws {
    let make = """
      mutation($uri: String!, $fields: [String!]) {
        webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: $uri, includeFields: $fields}) {
          webhookSubscription { id topic uri format } userErrors { field message }
        }
      }
      """
    let variables: JSON = ["uri": "https://example.com/hook", "fields": ["id", "updated_at"]]
    let made = script.ask(make, variables)["data"]?["webhookSubscriptionCreate"]?["webhookSubscription"]
    #expect(made?["topic"]?.text == "ORDERS_CREATE")
    let again = script.ask(make, variables)["data"]?["webhookSubscriptionCreate"]?["userErrors"]
    #expect(again?[0]?["message"]?.text == "Address for this topic has already been taken")
    let seen = script.ask("{ webhookSubscriptions(first: 9, topics: [ORDERS_CREATE, ORDERS_PAID]) { nodes { id } } }")
    #expect(seen["data"]?["webhookSubscriptions"]?["nodes"] == [["id": made?["id"] ?? .null]])
    let mug = script.add("MUG", leeds: 10)
    let placed = try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    script.wait(50)
    #expect(try script.deliver().map { try Self.json($0).members.map(\.name) } == [["id", "updated_at"]])
    try script.shop.cancel(placed, at: script.now)
    let end = "mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId } }"
    let ended = script.ask(end, ["id": made?["id"] ?? .null])["data"]?["webhookSubscriptionDelete"]
    #expect(ended?["deletedWebhookSubscriptionId"] == made?["id"])
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: script.now)
    #expect(script.shop.webhooksWaiting == 0)
  }
}
