import ChannelIntake
import InventoryEngine
import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// A shop that is made to tell us what we have to know.
@Suite("Shopify's setup")
struct SetupTests {
  private static let address = "https://stock.example.com/webhooks/shopify"

  private func setup(_ script: ChannelScript) throws -> ShopifySetup {
    ShopifySetup(script.channel.catalogue, address: try WebhookAddress("https://stock.example.com"))
  }

  private func addresses(_ script: ChannelScript) async -> [String: [String]] {
    let all = await script.door.edit { shop, _ in shop.allSubscriptions.map { ($0.topic.schemaName, $0.uri) } }
    return Dictionary(grouping: all, by: \.0).mapValues { $0.map(\.1) }
  }

  @Test func everyTopicThatWeTakeIsOfTheSchema() {
    for topic in ShopifyTopic.allCases {
      #expect(WebhookTopic(schemaName: topic.schemaName)?.rawValue == topic.rawValue)
    }
  }

  @Test func aNewShopIsSubscribedOnce() async throws {
    try await ChannelScript.run(["MUG": 1]) { script in
      let setup = try setup(script)
      let plan = try await setup.plan()
      #expect(plan.steps == ShopifyTopic.allCases.map { .subscribe($0) })
      #expect(await addresses(script).isEmpty, "a plan changes nothing")
      #expect(!plan.needsSomebody)
      for step in plan.steps { try await setup.apply(step) }
      let there = await addresses(script)
      #expect(there.count == ShopifyTopic.allCases.count)
      #expect(there.values.allSatisfy { $0 == [Self.address] })
      // Twice is once.
      for step in plan.steps { try await setup.apply(step) }
      #expect(await addresses(script) == there)
      let again = try await setup.plan()
      #expect(again.steps.isEmpty)
      #expect(again.there == ShopifyTopic.allCases)
    }
  }

  @Test func whatComesTwiceEndsAndWhatGoesElsewhereIsTold() async throws {
    try await ChannelScript.run(["MUG": 1]) { script in
      try await script.door.edit { shop, now in
        for name in [nil, "second"] {
          try shop.subscribe(to: .ordersCreate, uri: Self.address, name: name, at: now)
        }
        try shop.subscribe(to: .ordersCreate, uri: "https://old.example.com/hook", at: now)
      }
      let setup = try setup(script)
      let plan = try await setup.plan()
      #expect(plan.there == [.ordersCreate])
      #expect(plan.elsewhere.map(\.address) == ["https://old.example.com/hook"])
      #expect(plan.steps.filter { if case .end(_, .duplicate) = $0 { true } else { false } }.count == 1)
      for step in plan.steps { try await setup.apply(step) }
      #expect(await addresses(script)["ORDERS_CREATE"] == [Self.address, "https://old.example.com/hook"])

      let replacing = try await setup.plan(replaces: true)
      #expect(replacing.elsewhere.isEmpty)
      for step in replacing.steps {
        try await setup.apply(step)
        try await setup.apply(step)
      }
      #expect(await addresses(script)["ORDERS_CREATE"] == [Self.address])
    }
  }

  @Test func xmlIsNotWhatWeRead() throws {
    let xml = ShopifyAdmin.WebhookSubscription(id: "a", topic: "ORDERS_PAID", address: Self.address, format: "XML")
    let plan = ShopifySetupPlan(
      to: try WebhookAddress(Self.address), there: [xml], replaces: false,
      scopes: ["write_inventory", "read_products", "write_orders"], findings: [])
    #expect(plan.steps.contains(.subscribe(.ordersPaid)))
    #expect(plan.steps.last == .end(xml, because: .notJSON), "a new subscription before the old one ends")
    #expect(plan.scopesMissing == ["read_locations"], "who may write may read")
    #expect(plan.needsSomebody)
  }

  @Test func aTopicThatIsRefusedSaysWhichScope() async throws {
    try await ChannelScript.run([:]) { script in
      await script.door.answerFirst { asked, _ in
        guard asked.operation == "Subscribe" else { return nil }
        let error: JSON = ["field": ["topic"], "message": "You cannot create this subscription"]
        return .json(["data": ["webhookSubscriptionCreate": ["webhookSubscription": .null, "userErrors": [error]]]])
      }
      let setup = try setup(script)
      await #expect(
        throws: ChannelFailure(
          "fulfillments/create: You cannot create this subscription; the app may need the scope read_fulfillments")
      ) { try await setup.apply(.subscribe(.fulfillmentsCreate)) }
    }
  }

  @Test(arguments: [
    ("https://stock.example.com", "https://stock.example.com/webhooks/shopify"),
    ("https://stock.example.com/", "https://stock.example.com/webhooks/shopify"),
    ("https://stock.example.com:8443/a/b", "https://stock.example.com:8443/a/b"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080/webhooks/shopify"),
  ])
  func whereWebhooksGo(_ text: String, _ whole: String) throws {
    #expect(try WebhookAddress(text).description == whole)
  }

  @Test(arguments: ["", "stock.example.com", "http://stock.example.com", "https://a:b@example.com", "https://"])
  func whereTheyDoNotGo(_ text: String) {
    #expect(throws: ShopifyAccessError.self) { try WebhookAddress(text) }
  }
}
