import NIOHTTP1
import ShopifyEmulator
import ShopifyEmulatorCore
import Testing

extension ShopifyEmulatorTests {
  /// What a test does to the shop by hand, and asks of it.
  @Suite struct ControlTests {
    private func levels(_ shop: OpenShop) async throws -> [[Int64]] {
      try await shop.get("/emulator/levels").lines.map { row in
        ["available", "committed", "onHand"].compactMap { row[$0]?.integer }
      }
    }

    @Test func anOrderFromPlacingToReturn() async throws {
      try await OpenShop.open { shop in
        let first = try #require(try await shop.get("/emulator/levels").lines.first)
        #expect(first["sku"] == "MUG")
        #expect(first["location"] == "Leeds")
        let placed = try await shop.post(
          "/emulator/orders",
          [
            "orders": [
              [
                "lines": [["sku": "MUG", "quantity": 2]], "checkoutToken": "c-1", "attributes": ["holdfast": "h-1"],
                "sourceName": "app", "isPaid": false,
              ]
            ]
          ])
        #expect(placed.status == 200)
        let told = try #require(placed.json["orders"]?[0])
        let (order, line) = (try #require(told["order"]), try #require(told["lines"]?[0]))
        #expect(told["name"] == "#1001")
        #expect(try await levels(shop) == [[8, 2, 10], [5, 0, 5]])
        let draft = await shop.shop.turn { shop, _ in shop.order(order.integer ?? 0)?.draft }
        #expect(draft?.checkoutToken == "c-1")
        #expect(draft?.attributes == [OrderAttribute("holdfast", "h-1")])
        #expect(draft?.sourceName == "app")
        #expect(draft?.isPaid == false)

        #expect(try await shop.post("/emulator/edit", ["order": order, "line": line, "by": 1]).status == 200)
        #expect(try await levels(shop) == [[7, 3, 10], [5, 0, 5]])
        #expect(try await shop.post("/emulator/move", ["order": order, "to": "York"]).status == 200)
        #expect(try await levels(shop) == [[10, 0, 10], [2, 3, 5]])
        #expect(try await shop.post("/emulator/fulfil", ["order": order]).status == 200)
        #expect(try await levels(shop) == [[10, 0, 10], [2, 0, 2]])
        let back: JSON = ["line": line, "quantity": 1, "restock": "RETURN", "location": "Leeds"]
        #expect(try await shop.post("/emulator/refund", ["order": order, "lines": [back]]).status == 200)
        #expect(try await levels(shop) == [[11, 0, 11], [2, 0, 2]])
        #expect(try await shop.post("/emulator/cancel", ["order": order]).status == 422, "it was shipped")
      }
    }

    @Test func aCancelGivesBackOrNot() async throws {
      try await OpenShop.open { shop in
        let orders = [try await shop.order(2), try await shop.order(3)]
        #expect(try await shop.post("/emulator/cancel", ["order": .integer(orders[0])]).status == 200)
        #expect(
          try await shop.post("/emulator/cancel", ["order": .integer(orders[1]), "restock": false]).status == 200)
        #expect(try await levels(shop) == [[7, 0, 7], [5, 0, 5]])
      }
    }

    @Test func ordersStandAloneAndBehaveAsTold() async throws {
      try await OpenShop.open { shop in
        let answer = try await shop.post(
          "/emulator/orders",
          [
            "orders": [
              ["sku": "MUG", "quantity": 99], ["sku": "CUP", "quantity": 1],
              ["sku": "MUG", "quantity": 1, "behaviour": "BYPASS"],
              ["sku": "MUG", "quantity": 16, "behaviour": "DECREMENT_IGNORING_POLICY", "writerKnows": true],
              ["sku": "MUG", "quantity": 0],
            ]
          ])
        #expect(
          answer.json["orders"]?.values.map { $0["refused"]?.text } == [
            "Unable to reserve inventory", "no variant has this SKU", nil, nil, "Quantity must be 1 to 1000000",
          ])
        #expect(answer.json["orders"]?[0]?["code"] == "INVENTORY_CLAIM_FAILED")
        #expect(try await levels(shop) == [[-1, 11, 10], [0, 5, 5]])
        let audit = try await shop.get("/emulator/audit").json
        #expect(audit["orders"] == 2)
        #expect(audit["oversoldUnits"] == 1)
      }
    }

    @Test func aPersonCountsAgain() async throws {
      try await OpenShop.open { shop in
        let answer = try await shop.post("/emulator/edit", ["sku": "MUG", "location": "York", "by": -2])
        #expect(answer.json["available"] == 3)
        #expect(try await levels(shop) == [[10, 0, 10], [3, 0, 3]])
      }
    }

    @Test(arguments: [
      ("orders", "[]", 400, "the body must be a JSON object"), ("orders", "{", 400, "the body is no JSON"),
      ("orders", "{}", 400, "orders must be a list of 1 to 1000"),
      ("orders", #"{"orders":[{"sku":"MUG","quantity":1},{"sku":"MUG"}]}"#, 400, "orders[1].quantity must be"),
      ("orders", #"{"orders":[{"sku":"MUG","quantity":"1"}]}"#, 400, "orders[0].quantity must be a whole number"),
      ("orders", #"{"orders":[{"sku":"MUG","quantity":1,"behavior":"BYPASS"}]}"#, 400, "orders[0].behavior is none"),
      ("orders", #"{"orders":[{"sku":"MUG","quantity":1,"behaviour":"X"}]}"#, 400, "must be one of DECREMENT"),
      ("orders", #"{"orders":[{"lines":[{"sku":1}]}]}"#, 400, "orders[0].lines[0].sku must be a text"),
      ("orders", #"{"orders":[{"sku":"MUG","quantity":1,"attributes":{"a":1}}]}"#, 400, "attributes.a must be a text"),
      ("orders", #"{"orders":[7]}"#, 400, "orders[0] must be a JSON object"),
      ("edit", #"{"sku":"MUG","by":1}"#, 400, "location must be a text"),
      ("edit", #"{"sku":"MUG","location":"Hull","by":1}"#, 404, "no location is named Hull"),
      ("edit", #"{"sku":"CUP","location":"York","by":1}"#, 404, "no variant has the SKU CUP"),
      ("edit", #"{"sku":"MUG","location":"York","by":9223372036854775807}"#, 422, "would pass what can be said"),
      ("edit", #"{"order":1,"line":1,"by":1}"#, 422, "Order does not exist"),
      ("cancel", #"{"order":1}"#, 422, "Order does not exist"), ("cancel", "{}", 400, "order must be a whole number"),
      ("refund", #"{"order":1}"#, 400, "lines must name what is refunded"),
      ("refund", #"{"order":1,"lines":[{"line":1,"quantity":1}]}"#, 422, "Order does not exist"),
      ("refund", #"{"order":1,"lines":[{"line":1,"quantity":1,"restock":"X"}]}"#, 400, "lines[0].restock must be one"),
      ("fulfil", #"{"order":1}"#, 404, "there is no order 1"), ("move", #"{"order":1,"to":"York"}"#, 404, "no order 1"),
      ("faults", #"{"preset":"most"}"#, 400, "preset is none of none, some, all"),
      ("faults", #"{"slow":1001}"#, 400, "slow is a rate of 0 to 1000"),
      ("faults", #"{"slow":[1,2]}"#, 400, "slow is a rate"),
      ("faults", #"{"slow":"x"}"#, 400, "slow is a whole number"),
      ("faults", #"{"slowFor":[5,2]}"#, 400, "slowFor is a range"),
      ("faults", #"{"webhookDelay":[-1,2]}"#, 400, "webhookDelay is a range"),
      ("nothing", "{}", 404, "POST /emulator/orders"),
      ("levels", "{}", 405, "only GET"),
    ])
    func whatIsWrongIsSaid(_ name: String, _ body: String, _ status: Int, _ says: String) async throws {
      try await OpenShop.open { shop in
        let before = try await levels(shop)
        let answer = try await shop.call(.POST, "/emulator/\(name)", [:], Array(body.utf8))
        #expect(answer.status == status)
        #expect(answer.json["error"]?.text?.contains(says) == true, "\(answer.json)")
        #expect(try await levels(shop) == before)
      }
    }

    @Test func faultsAreSwitchedWhileItRuns() async throws {
      try await OpenShop.open { shop in
        let all = try await shop.post("/emulator/faults", ["preset": "all", "slow": 7, "slowFor": [1, 2]]).json
        #expect(all["errorBefore"] == 30)
        #expect(all["slow"] == 7)
        #expect(all["slowFor"] == [1, 2])
        let more = try await shop.post("/emulator/faults", ["webhookLoss": 999, "lateBody": 5]).json
        #expect(more["errorBefore"] == 30, "what is not named stays")
        #expect(more["webhookLoss"] == 999)
        #expect(more["lateBody"] == [5, 5])
        #expect(try await shop.get("/emulator/faults").json == more)
        let none = try await shop.post("/emulator/faults", ["preset": "none"]).json
        #expect(none.members.map(\.name) == EmulatorFaults.names)
        #expect(none["errorBefore"] == 0)
      }
    }
  }
}
