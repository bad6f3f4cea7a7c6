import NIOHTTP1
import ShopifyEmulator
import ShopifyEmulatorCore
import Testing

extension ShopifyEmulatorTests {
  /// The Admin API as a client meets it.
  @Suite struct EmulatorDoorTests {
    @Test func aCallIsAnswered() async throws {
      try await OpenShop.open { shop in
        let answer = try await shop.post(OpenShop.graphQL, ["query": "{ shop { name } }"])
        #expect(answer.status == 200)
        #expect(answer.json["data"] == ["shop": ["name": "Holdfast Test"]])
        #expect(answer.headers.first(name: "content-type") == "application/json; charset=utf-8")
        #expect(answer.headers.first(name: "x-shopify-api-version") == "2026-04")
        let rest = try await shop.get("/admin/api/2026-04/locations.json")
        #expect(rest.json["locations"]?.values.map { $0["name"]?.text } == ["Leeds", "York"])
        #expect(try await shop.get("/admin/api/2020-01/locations.json").status == 404)
        #expect(try await shop.get("/elsewhere").status == 404)
        #expect(try await shop.get(OpenShop.graphQL).status == 405)
      }
    }

    @Test func onlyWhoHasATokenIsLetIn() async throws {
      try await OpenShop.open {
        $0.accessToken = "token"
        $0.sellerToken = "seller"
      } _: { shop async throws in
        for path in ["/admin/api/2026-04/shop.json", "/emulator/levels"] {
          #expect(try await shop.get(path).status == 401)
          #expect(try await shop.get(path, ["X-Shopify-Access-Token": "guess"]).status == 401)
          for token in ["token", "seller"] {
            #expect(try await shop.get(path, ["x-shopify-access-token": token]).status == 200)
          }
        }
      }
    }

    @Test func addressesAreThoseThatClientsReach() async throws {
      var server = EmulatorServer.Settings()
      server.address = "https://shopify.example:4010"
      try await OpenShop.open(server: server) { shop in
        await shop.shop.turn { shop, now in _ = shop.addVariant(VariantDraft(sku: "CUP"), at: now) }
        let page = try await shop.get("/admin/api/2026-04/products.json?limit=1")
        let link = page.headers.first(name: "link") ?? ""
        #expect(link.hasPrefix("<https://shopify.example:4010/admin/api/2026-04/products.json?"), "\(link)")
      }
    }

    @Test func whatIsAskedByHeadHasNoBody() async throws {
      try await OpenShop.open { shop in
        for path in ["/admin/api/2026-04/shop.json", "/emulator/levels", "/elsewhere"] {
          let answer = try await shop.call(.HEAD, path)
          #expect(answer.status >= 404)
          #expect(answer.body.isEmpty)
        }
      }
    }

    @Test func aBodyThatIsTooLargeIsRefused() async throws {
      try await OpenShop.open { shop async throws in
        let large = [UInt8](repeating: UInt8(ascii: " "), count: 4_000_001)
        #expect(try await shop.call(.POST, OpenShop.graphQL, [:], large).status == 413)
        #expect(try await shop.post(OpenShop.graphQL, ["query": "{ shop { name } }"]).status == 200)
      }
    }

    @Test func aConnectionIsCutAfterTheEffectOrBefore() async throws {
      try await OpenShop.open { shop in
        let mutation = """
          mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: "https://a.example"})
            { userErrors { message } } }
          """
        _ = try await shop.post("/emulator/faults", ["cutBefore": 1_000])
        await #expect(throws: (any Error).self) { try await shop.ask(mutation) }
        #expect(await shop.shop.turn { shop, _ in shop.allSubscriptions.isEmpty })
        _ = try await shop.post("/emulator/faults", ["preset": "none", "cutAfter": 1_000])
        await #expect(throws: (any Error).self) { try await shop.ask(mutation) }
        #expect(await shop.shop.turn { shop, _ in shop.allSubscriptions.count == 1 })
        _ = try await shop.post("/emulator/faults", ["preset": "none"])
        #expect(try await shop.ask("{ shop { name } }")["data"] != nil)
      }
    }

    @Test func aSlowAnswerHoldsUpNobodyElse() async throws {
      let order = Shared<[String]>([])
      // Ten hours of the shop's time: some seconds.
      try await OpenShop.open(
        {
          $0.faults.slow = 36_000_000...36_000_000
          $0.faults.slowPerMille = 1_000
        }, speed: 10_000, record: { _ in order.withLock { $0.append("asked") } }
      ) { shop in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            _ = try await shop.ask("{ shop { name } }")
            order.withLock { $0.append("slow") }
          }
          while order.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(2)) }
          _ = try await shop.get("/emulator/quiet")
          order.withLock { $0.append("quick") }
          try await group.waitForAll()
        }
      }
      #expect(order.withLock { $0 } == ["asked", "quick", "slow"])
    }

    @Test func whatIsAskedIsRecorded() async throws {
      let recorded = Shared<[[UInt8]]>([])
      try await OpenShop.open(record: { body in recorded.withLock { $0.append(body) } }) { shop in
        _ = try await shop.ask("{ shop { name } }", ["a": 1])
        _ = try await shop.get("/admin/api/2026-04/shop.json")
        _ = try await shop.get("/emulator/levels")
      }
      #expect(
        recorded.withLock { $0.map { JSON(bytes: $0) } } == [["query": "{ shop { name } }", "variables": ["a": 1]]])
    }
  }
}
