import ChannelIntake
import Foundation
import InventoryEngine
import StockJournal
import Synchronization
import Testing

@testable import InventoryService

extension ServiceTests {
  /// The door that Shopify knocks at: who is let in, what is answered, and what waits.
  @Suite struct ShopifyDoorTests {
    private var order: ShopifyOrder { ShopifyOrder(lines: [.init(id: 466_157_049_012_345_678, sku: "mug", units: 1)]) }

    private func order(_ number: Int64) -> ShopifyOrder {
      ShopifyOrder(
        id: 9_007_199_254_740_993 + number, lines: [.init(id: 9_107_199_254_740_993 + number, sku: "mug", units: 1)])
    }

    private func open(
      _ accounts: [ShopifyAccount] = [ShopifyRig.account], store: any JournalStore = MemoryJournal(),
      lines: any KeptLines = MemoryLines(), signals: (any ShopifySignals)? = nil,
      _ body: @escaping @Sendable (OpenService) async throws -> Void
    ) async throws {
      try await OpenService.open(
        keys: [("shop", "read hold ingest:erp"), ("other", "read")], journal: store, clock: SampleClock(),
        shopify: ShopifyRig.desk(accounts, store: lines, signals: signals), body)
    }

    // MARK: Who is let in

    @Test func whoeverDidNotSignIsToldNothing() async throws {
      let other = ShopifyAccount(shop: ShopifyShop(name: "other", domain: "cups.myshopify.com"), secret: "theirs")
      try await open([ShopifyRig.account, other]) { service in
        let shopify = service.caller()
        let bytes = try order.body().bytes
        var edited = bytes
        edited[edited.count / 2] ^= 1
        let good = ShopifyRig.signature(of: bytes)
        let attempts: [(domain: String, signature: String, body: [UInt8])] = [
          (ShopifyRig.domain, ShopifyRig.signature(of: bytes, secret: "wrong"), bytes),
          (ShopifyRig.domain, ShopifyRig.signature(of: bytes, secret: "theirs"), bytes),
          (ShopifyRig.domain, good, edited), (ShopifyRig.domain, good, bytes + [0x20]),
          (ShopifyRig.domain, String(good.dropLast(2)), bytes), (ShopifyRig.domain, "not base64 at all", bytes),
          ("cups.myshopify.com", good, bytes), ("nobody.myshopify.com", good, bytes),
          ("nobody.myshopify.com", ShopifyRig.signature(of: bytes, secret: ""), bytes),
        ]
        for attempt in attempts {
          let answer = try await shopify.call(
            "POST", "/webhooks/shopify",
            [
              "X-Shopify-Topic": "orders/create", "X-Shopify-Shop-Domain": attempt.domain,
              "X-Shopify-Hmac-Sha256": attempt.signature, "X-Shopify-Webhook-Id": "w", "X-Shopify-Event-Id": "e",
              "X-Request-Id": "same",
            ], attempt.body)
          #expect(answer.status == 401)
          #expect(
            answer.text
              == #"{"type":"/problems/badSignature","title":"The signature is not of a shop known here","status":401,"#
              + #""code":"badSignature","requestId":"same"}"#)
        }
        #expect(try await shopify.get("/v1/stock/mug/main").status == 404)
        #expect(try await shopify.get("/v1/webhooks").json["topics"] as? [String] == [])
      }
    }

    @Test func aSecretThatIsReplacedIsGoodUntilItIsGone() async throws {
      try await open { service in
        let shopify = service.caller()
        #expect(try await shopify.webhook("orders/create", order(1).body(), secret: ShopifyRig.oldSecret).status == 200)
        #expect(try await shopify.webhook("orders/create", order(2).body()).status == 200)
        let open = try await shopify.numbers("mug")[0]
        #expect(open == 2)
      }
      try await open([ShopifyAccount(shop: ShopifyRig.shop, secret: ShopifyRig.secret)]) { service in
        let shopify = service.caller()
        let late = try await shopify.webhook("orders/create", order(1).body(), secret: ShopifyRig.oldSecret)
        #expect(late.status == 401)
      }
    }

    @Test func withoutShopsAndWithoutHeaders() async throws {
      try await OpenService.open { service in
        let answer = try await service.caller().webhook("orders/create", order.body())
        #expect(answer.status == 401)
      }
      try await open { service in
        let shopify = service.caller()
        let bytes = try order.body().bytes
        let all = [
          "X-Shopify-Topic": "orders/create", "X-Shopify-Shop-Domain": ShopifyRig.domain,
          "X-Shopify-Hmac-Sha256": ShopifyRig.signature(of: bytes), "X-Shopify-Webhook-Id": "w",
          "X-Shopify-Event-Id": "e",
        ]
        for name in all.keys {
          let answer = try await shopify.call("POST", "/webhooks/shopify", all.filter { $0.key != name }, bytes)
          #expect(answer.status == 400, "\(name)")
          #expect(answer.json["field"] as? String == name)
        }
        let large = try await shopify.call("POST", "/webhooks/shopify", all, [UInt8](repeating: 0x20, count: 6 << 20))
        #expect(large.status == 413)
        #expect(try await shopify.call("POST", "/webhooks/shopify", all, bytes).status == 200)
      }
    }

    // MARK: Repeats

    @Test func aRepeatChangesNothing() async throws {
      try await open { service in
        let shopify = service.caller()
        let body = try order.body()
        #expect(try await shopify.webhook("orders/create", body, event: "e-1").outcome == "applied")
        #expect(try await shopify.webhook("orders/create", body, event: "e-1").outcome == "duplicate")
        // A second subscription tells the same event; another event tells the same order.
        #expect(try await shopify.webhook("orders/create", body, event: "e-1", webhook: "w-2").outcome == "duplicate")
        #expect(try await shopify.webhook("orders/updated", body, event: "e-1").outcome == "applied")
        #expect(try await shopify.webhook("orders/paid", body, event: "e-2").outcome == "applied")
        #expect(try await shopify.numbers("mug")[0] == 1)
        let health = try await shopify.get("/v1/webhooks")
        #expect(health.text.contains(#""topic":"orders/create","deliveries":3"#), "\(health.text)")
        #expect(health.json["domain"] as? String == ShopifyRig.domain)
      }
    }

    @Test func aHundredAtOnce() async throws {
      try await open { service in
        let shopify = service.caller()
        try await shopify.count("mug", 1_000)
        try await withThrowingTaskGroup(of: Int.self) { group in
          for number in 0..<25 {
            var order = order(Int64(number))
            let parcel = ShopifyOrder.Parcel(
              id: Int64(number), line: order.lines[0].id, units: 1, location: 24_826_418)
            let created = try order.body()
            order.parcels = [parcel]
            order.minutes = 41
            let bodies = [
              ("fulfillments/create", try order.parcel(parcel)), ("orders/updated", try order.body()),
              ("orders/create", created), ("orders/create", created),
            ]
            for (topic, body) in bodies {
              let bytes = try body.bytes
              group.addTask { try await shopify.webhook(topic, bytes: bytes).status }
            }
          }
          for try await status in group { #expect(status == 200) }
        }
        #expect(try await shopify.numbers("mug") == [0, 25, 975])
      }
    }

    // MARK: What waits

    @Test func aStoreThatIsAwayIsSaidToShopify() async throws {
      let journal = MemoryJournal()
      try await open(store: journal) { service in
        let shopify = service.caller()
        try await shopify.count("mug", 5)
        await journal.arm(.appendFull)
        let failed = try await shopify.webhook("orders/create", order.body(), event: "e-1")
        #expect(failed.status == 503)
        #expect(failed.fields["retry-after"] != nil)
        var answer = failed
        for _ in 0..<200 where answer.status == 503 {
          try await Task.sleep(for: .milliseconds(50))
          answer = try await shopify.webhook("orders/create", order.body(), event: "e-1")
        }
        #expect(answer.status == 200)
        #expect(try await shopify.numbers("mug") == [1, 0, 4])
      }
    }

    @Test func whatCannotBeKeptIsSaidToo() async throws {
      let lines = MemoryLines()
      try await open(lines: lines) { service in
        let shopify = service.caller()
        await lines.breakDown()
        var order = order
        order.lines[0].sku = ""
        let answer = try await shopify.webhook("orders/create", order.body())
        #expect(answer.status == 503)
      }
    }

    @Test func anOrderWithoutASKUWaitsUntilItIsMapped() async throws {
      let lines = MemoryLines()
      try await open(lines: lines) { service in
        let shopify = service.caller()
        var order = order
        order.lines.append(.init(id: 77, sku: "", units: 2, variant: 4_711))
        #expect(try await shopify.webhook("orders/create", order.body(), event: "e-7").outcome == "kept")
        // The other line counts at once.
        #expect(try await shopify.numbers("mug")[0] == 1)
        let waiting = try await shopify.get("/v1/webhooks/unjoined")
        #expect(waiting.number("count") == 1)
        let row = try #require((waiting.json["unjoined"] as? [[String: Any]])?.first)
        #expect(row["reason"] as? String == "unknownSKU")
        #expect(row["event"] as? String == "e-7")
        #expect(row["order"] as? String == "820982911946154508")
        // Another shop's key sees nothing of it.
        #expect(try await service.caller(1).get("/v1/webhooks/unjoined").text == #"{"count":0,"unjoined":[]}"#)
        #expect(try await service.caller(1).get("/v1/webhooks").text == #"{"unjoined":0,"topics":[]}"#)
      }
      // Configuration maps the variant, the service starts again: what waited is tried at once.
      var shop = ShopifyRig.shop
      shop.variants = [4_711: "cup"]
      try await open([ShopifyAccount(shop: shop, secret: ShopifyRig.secret)], lines: lines) { service in
        let shopify = service.caller()
        for _ in 0..<250 where try await shopify.get("/v1/webhooks/unjoined").number("count") != 0 {
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await shopify.numbers("cup")[0] == 2)
      }
      #expect(await lines.lines.last.map { String(decoding: $0, as: UTF8.self) }?.contains("over") == true)
    }

    @Test func aLocationThatNobodyMappedWaits() async throws {
      try await open { service in
        let shopify = service.caller()
        try await shopify.webhook("orders/create", order.body())
        let parcel = ShopifyOrder.Parcel(id: 1, line: order.lines[0].id, units: 1, location: 5)
        let sent = try await shopify.webhook("fulfillments/create", order.parcel(parcel))
        #expect(sent.outcome == "kept")
        #expect(try await shopify.get("/v1/webhooks/unjoined").text.contains("unknownLocation"))
        #expect(try await shopify.numbers("mug")[0] == 1)
      }
    }

    @Test func aBodyThatCannotBeReadIsKeptForPeople() async throws {
      try await open { service in
        let shopify = service.caller()
        for text in ["", "[]", "{}", #"{"id":"x"}"#, "\u{FF}", #"{"id":1,"created_at":"now","line_items":[]}"#] {
          let answer = try await shopify.webhook("orders/create", bytes: Array(text.utf8))
          #expect(answer.outcome == "kept", "\(text)")
        }
        var negative = try order.body()
        negative["line_items"] = [["id": 1, "sku": "mug", "quantity": -1]]
        #expect(try await shopify.webhook("orders/create", negative).outcome == "kept")
        #expect(try await shopify.get("/v1/webhooks/unjoined").number("count") == 7)
        #expect(try await shopify.get("/v1/stock/mug/main").status == 404)
      }
    }

    @Test func whatIsNoStockIsPassedOver() async throws {
      try await open { service in
        let shopify = service.caller()
        var body = try order.body()
        var tip = (body["line_items"] as? [[String: Any]])?.first ?? [:]
        tip.merge(["id": 3, "sku": "", "variant_id": NSNull()]) { $1 }
        body["line_items"] = [tip]
        #expect(try await shopify.webhook("orders/create", body).outcome == "applied")
        #expect(try await shopify.webhook("customers/create", order.body()).outcome == "ignored")
      }
    }

    // MARK: Signals

    private actor Heard: ShopifySignals {
      private(set) var signals: [ShopifySignal] = []
      func changed(_ signal: ShopifySignal) { signals.append(signal) }
    }

    @Test func numbersOfShopifysAreAReasonToLook() async throws {
      let heard = Heard()
      try await open(signals: heard) { service in
        let shopify = service.caller()
        try await shopify.count("mug", 5)
        let level = try ShopifyRig.sample("inventory-level")
        #expect(try await shopify.webhook("inventory_levels/update", level).status == 200)
        #expect(try await shopify.webhook("inventory_levels/update", level.with(["available": NSNull()])).status == 200)
        let huge = level.with(["inventory_item_id": Int64(820_982_911_946_154_508)])
        #expect(try await shopify.webhook("inventory_levels/update", huge, event: "e").status == 200)
        #expect(try await shopify.webhook("inventory_levels/update", huge, event: "e").outcome == "duplicate")
        #expect(try await shopify.webhook("inventory_items/update", ShopifyRig.sample("inventory-item")).status == 200)
        let bulk = ShopifyBody(members: [
          "admin_graphql_api_id": "gid://shopify/BulkOperation/1", "status": "completed",
        ])
        #expect(try await shopify.webhook("bulk_operations/finish", bulk).status == 200)
        let edit = ShopifyBody(members: ["order_edit": ["id": 1, "order_id": 2, "line_items": ["additions": [Any]()]]])
        #expect(try await shopify.webhook("orders/edited", edit).status == 200)
        #expect(try await shopify.numbers("mug") == [0, 0, 5])
      }
      let keys = await heard.signals.map(\.key)
      #expect(
        keys == [
          "808950810/655441491", "808950810/655441491", "820982911946154508/655441491", "808950810",
          "gid://shopify/BulkOperation/1", "2",
        ], "\(keys)")
    }

    @Test func whatComesBackAtShopifyIsToldOnceToWhoPublishesThere() async throws {
      let heard = Heard()
      try await open(signals: heard) { service in
        let shopify = service.caller()
        var order = order
        order.lines[0].units = 4
        try await shopify.webhook("orders/create", order.body())
        for (id, type) in [(10, "return"), (20, "legacy_restock"), (30, "cancel"), (40, "no_restock")] {
          let refund = ShopifyOrder.Refund(
            id: Int64(id), line: order.lines[0].id, units: 1, type: type, location: 655_441_491)
          order.refunds.append(refund)
          let body = try order.refund(refund)
          #expect(try await shopify.webhook("refunds/create", body, event: type).outcome == "applied")
          #expect(try await shopify.webhook("refunds/create", body, event: type).outcome == "duplicate")
        }
        // The order's body says the same refunds once more.
        try await shopify.webhook("orders/updated", order.body())
        #expect(try await shopify.numbers("mug")[0] == 2)
      }
      let backs = await heard.signals.compactMap(\.restock)
      #expect(backs.map(\.sku) == ["mug", "mug"] && backs.map(\.units) == [1, 1])
      #expect(backs.allSatisfy { $0.variant == 39_072_856 && $0.location == 655_441_491 })
      #expect(await heard.signals.map(\.key) == ["11", "21"])
      #expect(await heard.signals.allSatisfy { $0.topic == .refundsCreate && $0.shop == "shop" })
    }

    @Test func anAppThatIsTakenOutIsSaid() async throws {
      let lines = MemoryLines()
      try await open(lines: lines) { service in
        let shopify = service.caller()
        let told = try await shopify.webhook("app/uninstalled", ShopifyBody(members: ["id": 1]))
        #expect(told.status == 200)
        #expect(try await shopify.get("/v1/webhooks").json["uninstalledAt"] != nil)
      }
      try await open(lines: lines) { service in
        let health = try await service.caller().get("/v1/webhooks")
        #expect(health.json["uninstalledAt"] != nil)
      }
    }
  }
}
