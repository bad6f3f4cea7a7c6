import HTTPTypes
import ShopifyEmulator
import ShopifyEmulatorCore
import Testing

extension ShopifyEmulatorTests {
  /// Webhooks as a subscriber meets them.
  @Suite struct CourierTests {
    @Test func anOrderIsToldAndSigned() async throws {
      var server = EmulatorServer.Settings()
      server.secret = "shh"
      try await Subscriber.open { [server] subscriber in
        try await OpenShop.open(server: server) { shop in
          try await shop.subscribe(.ordersCreate, to: subscriber.address)
          let order = try await shop.order(2)
          try await shop.quiet()
          let told = subscriber.told
          #expect(told.count == 1)
          #expect(told[0].json["id"]?.integer == order)
          #expect(told[0]["X-Shopify-Topic"] == "orders/create")
          #expect(told[0]["X-Shopify-Shop-Domain"] == "holdfast-test.myshopify.com")
          #expect(told[0]["X-Shopify-API-Version"] == "2026-04")
          #expect(told[0]["Content-Type"] == "application/json")
          for name in ["Webhook-Id", "Event-Id", "Triggered-At"] { #expect(told[0]["X-Shopify-\(name)"] != nil) }
          #expect(
            told[0]["X-Shopify-Hmac-Sha256"] == WebhookSignature.text(of: told[0].body, secret: "shh"))
        }
      }
    }

    /// RFC 4231, test case 2, in base64.
    @Test func theSignatureIsTheOneOfTheRFC() {
      #expect(
        WebhookSignature.text(of: Array("what do ya want for nothing?".utf8), secret: "Jefe")
          == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=")
    }

    @Test func eightRetriesWithTheSameBytesThenTheSubscriptionEnds() async throws {
      try await Subscriber.open { _, _ in
        .internalServerError
      } _: { subscriber in
        // Four hours in a second and a half.
        try await OpenShop.open(speed: 10_000) { shop in
          try await shop.subscribe(.ordersCreate, to: subscriber.address)
          try await shop.order()
          try await shop.quiet()
          let told = subscriber.told
          #expect(told.count == 9)
          #expect(Set(told.map(\.body)).count == 1)
          #expect(Set(told.map { $0["X-Shopify-Event-Id"] }).count == 1)
          #expect(await shop.shop.turn { shop, _ in shop.allSubscriptions.isEmpty })
        }
      }
    }

    @Test func whatIsNotAnsweredInTimeIsSentAgain() async throws {
      var server = EmulatorServer.Settings()
      server.answerLimit = .seconds(2)
      try await Subscriber.open { _, number in
        if number == 1 { try await Task.sleep(for: .seconds(600)) }
        return .ok
      } _: { [server] subscriber in
        try await OpenShop.open(server: server, speed: 10_000) { shop in
          try await shop.subscribe(.ordersCreate, to: subscriber.address)
          try await shop.order()
          try await shop.quiet()
          #expect(subscriber.told.count == 2)
        }
      }
    }

    @Test func aRedirectIsNotFollowed() async throws {
      try await Subscriber.open { _, number in
        number == 1 ? .found : .ok
      } _: { subscriber in
        try await OpenShop.open(speed: 10_000) { shop in
          try await shop.subscribe(.ordersCreate, to: subscriber.address)
          try await shop.order()
          try await shop.quiet()
          #expect(subscriber.told.count == 2)
        }
      }
    }

    @Test func soManyAtOnceAndNoMoreInTheirOrder() async throws {
      var server = EmulatorServer.Settings()
      server.deliveriesMax = 2
      let (gates, gate) = AsyncStream.makeStream(of: Void.self)
      let out = Shared((now: 0, most: 0))
      try await Subscriber.open { _, _ in
        out.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        for await _ in gates { break }
        out.withLock { $0.now -= 1 }
        return .ok
      } _: { [server] subscriber in
        try await OpenShop.open(server: server) { shop in
          try await shop.subscribe(.ordersCreate, to: subscriber.address)
          var orders: [Int64] = []
          for _ in 0..<6 { orders.append(try await shop.order()) }
          while out.withLock({ $0.now }) < 2 { try await Task.sleep(for: .milliseconds(2)) }
          // All are due by now; no third one has left.
          try await Task.sleep(for: .milliseconds(60))
          #expect(subscriber.told.count == 2)
          gate.finish()
          try await shop.quiet()
          #expect(out.withLock { $0.most } == 2)
          // Those that are out together may pass each other on the way; nothing passes those that left before.
          let told = subscriber.told.compactMap { $0.json["id"]?.integer }
          #expect(told.prefix(2).sorted() == orders.prefix(2).sorted())
          #expect(told.sorted() == orders)
        }
      }
    }

    @Test func whatComesEarlierWakesTheSleeper() async throws {
      try await Subscriber.open { subscriber in
        try await OpenShop.open({ $0.webhooks.delay = 3_600_000...3_600_000 }) { shop in
          try await shop.subscribe(.ordersCreate, to: subscriber.address)
          try await shop.order()
          _ = try await shop.post("/emulator/faults", ["preset": "none"])
          let soon = try await shop.order()
          while subscriber.told.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
          #expect(subscriber.told[0].json["id"]?.integer == soon)
          let quiet = try await shop.get("/emulator/quiet").json
          #expect(quiet["quiet"] == false)
          #expect((quiet["nextWebhookIn"]?.integer ?? 0) > 3_000_000)
        }
      }
    }

    /// Four buyers at once, webhooks lost, doubled, late, mixed up. What was sold is told, but for what was lost.
    @Test func everyOrderIsToldOrCountedAsLost() async throws {
      try await Subscriber.open { subscriber in
        try await OpenShop.open { settings in
          settings.webhooks.lossPerMille = 100
          settings.webhooks.duplicatePerMille = 100
          settings.webhooks.delay = 0...200
        } _: { shop in
          try await shop.subscribe(.ordersCreate, to: subscriber.address)
          _ = try await shop.post("/emulator/edit", ["sku": "MUG", "location": "Leeds", "by": 1_000])
          let batch: JSON = ["orders": .list((0..<25).map { _ in ["sku": "MUG", "quantity": 1] })]
          try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
              group.addTask { for _ in 0..<4 { _ = try await shop.post("/emulator/orders", batch) } }
            }
            try await group.waitForAll()
          }
          try await shop.quiet()
          #expect(await shop.mugs() == 610)
          let told = subscriber.told
          let orders = Set(told.compactMap { $0.json["id"]?.integer })
          let lost = try await shop.get("/emulator/quiet").json["webhooksLost"]?.integer ?? 0
          #expect(orders.count + Int(lost) == 400)
          #expect(lost > 0)
          #expect(told.count > orders.count)
          #expect(Set(told.map { $0["X-Shopify-Event-Id"] }).count == orders.count, "a duplicate has the same id")
        }
      }
    }

    @Test func theAuditHearsOfWhatWasAnswered() async throws {
      try await Subscriber.open { subscriber in
        try await OpenShop.open { shop in
          try await shop.subscribe(.ordersCreate, to: subscriber.address)
          try await shop.order()
          try await shop.quiet()
          try await write(shop, 8, from: 9)
          #expect(try await shop.get("/emulator/audit").json["writesAboveUntoldOrders"] == 0)
          await shop.shop.turn { shop, _ in for each in shop.allSubscriptions { shop.unsubscribe(each.id) } }
          let order = try await shop.order(3)
          try await write(shop, 8, from: 5)
          let audit = try await shop.get("/emulator/audit").json
          #expect(audit["writes"] == 2)
          #expect(audit["writesAboveUntoldOrders"] == 1)
          #expect(audit["unitsAboveUntoldOrders"] == 3)
          #expect(audit["first"]?[0]?["untold"] == [["order": .integer(order), "units": 3]])
        }
      }
    }

    private func write(_ shop: OpenShop, _ units: Int64, from: Int64) async throws {
      let level = try #require(try await shop.get("/emulator/levels").lines.first)
      let id = { (type: String, name: String) -> JSON in
        .string("gid://shopify/\(type)/\(level[name]?.integer ?? 0)")
      }
      let answer = try await shop.ask(
        """
        mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
          inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code } }
        }
        """,
        [
          "key": .string("\(units) from \(from)"),
          "input": [
            "name": "available", "reason": "correction", "referenceDocumentUri": "gid://holdfast/Publication/1",
            "quantities": [
              [
                "inventoryItemId": id("InventoryItem", "inventoryItemId"), "locationId": id("Location", "locationId"),
                "quantity": .integer(units), "changeFromQuantity": .integer(from),
              ]
            ],
          ],
        ])
      #expect(answer["data"]?["inventorySetQuantities"]?["userErrors"] == [])
    }
  }
}
