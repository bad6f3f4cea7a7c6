import Testing

@testable import InventoryService

extension ServiceTests {
  /// An order's life as Shopify tells it, and what it does to stock.
  @Suite struct ShopifyLifeTests {
    private static let ottawa: Int64 = 655_441_491
    private static let louisville: Int64 = 487_838_322

    private func open(_ body: @escaping @Sendable (HTTPCaller) async throws -> Void) async throws {
      try await OpenService.open(clock: SampleClock(), shopify: ShopifyRig.desk()) { service in
        let caller = service.caller()
        for location in ["main", "ottawa", "louisville"] { try await caller.count("mug", 10, location: location) }
        try await body(caller)
      }
    }

    private var order: ShopifyOrder { ShopifyOrder(lines: [.init(id: 466_157_049_012_345_678, sku: "mug", units: 3)]) }
    private var line: Int64 { order.lines[0].id }

    @Test func createdPaidSentOff() async throws {
      try await open { shopify in
        var order = order
        let created = try await shopify.webhook("orders/create", order.body())
        #expect(created.status == 200)
        #expect(created.outcome == "applied")
        #expect(try await shopify.numbers("mug") == [3, 0, 7])
        #expect(try await shopify.webhook("orders/paid", order.body()).status == 200)
        #expect(try await shopify.numbers("mug") == [3, 0, 7])
        order.parcels = [.init(id: 255_858_046, line: line, units: 3, location: nil)]
        #expect(try await shopify.webhook("fulfillments/create", order.parcel(order.parcels[0])).status == 200)
        // It left the building, and still subtracts: the books know it by the next count.
        #expect(try await shopify.numbers("mug") == [0, 3, 7])
        #expect(try await shopify.webhook("orders/updated", order.body()).status == 200)
        #expect(try await shopify.numbers("mug") == [0, 3, 7])
        try await shopify.count("mug", 7, asOf: "2026-01-11T00:00:00Z")
        #expect(try await shopify.numbers("mug") == [0, 0, 7])
      }
    }

    @Test func shopifysOwnSampleAsItIs() async throws {
      try await open { shopify in
        let sample = try ShopifyRig.sample("order")
        #expect(try await shopify.webhook("orders/create", sample).outcome == "applied")
        for sku in ["IPOD2008GREEN", "IPOD2008RED", "IPOD2008BLACK"] {
          #expect(try await shopify.get("/v1/stock/\(sku)/main").number("open") == 1, "\(sku)")
        }
        // Cancelled, and refunded without restock: the refund keeps the units gone, and frees none.
        #expect(try await shopify.webhook("orders/cancelled", ShopifyRig.sample("order-cancelled")).status == 200)
        #expect(try await shopify.numbers("IPOD2008RED") == [0, 1, 0])
        #expect(try await shopify.webhook("refunds/create", ShopifyRig.sample("refund")).status == 200)
        #expect(try await shopify.webhook("fulfillments/update", ShopifyRig.sample("fulfillment")).status == 200)
        #expect(try await shopify.numbers("IPOD2008RED") == [0, 1, 0])
      }
    }

    @Test func editedUpAndDownThenCancelled() async throws {
      try await open { shopify in
        var order = order
        try await shopify.webhook("orders/create", order.body())
        order.lines[0].units = 5
        order.minutes = 1
        try await shopify.webhook("orders/updated", order.body())
        #expect(try await shopify.numbers("mug") == [5, 0, 5])
        order.lines[0].removed = 2
        order.minutes = 2
        try await shopify.webhook("orders/updated", order.body())
        #expect(try await shopify.numbers("mug") == [3, 0, 7])
        order.lines.append(.init(id: line + 1, sku: "mug", units: 1))
        order.minutes = 3
        try await shopify.webhook("orders/updated", order.body())
        #expect(try await shopify.numbers("mug") == [4, 0, 6])
        order.cancelledAt = ShopifyOrder.time(4)
        order.minutes = 4
        try await shopify.webhook("orders/cancelled", order.body())
        #expect(try await shopify.numbers("mug") == [0, 0, 10])
      }
    }

    @Test(arguments: [
      ("cancel", [2, 0, 8]), ("no_restock", [2, 1, 7]), ("return", [3, 0, 7]), ("legacy_restock", [3, 0, 7]),
    ])
    func aRefundDoesWhatItsRestockSays(_ type: String, _ expected: [Int]) async throws {
      try await open { shopify in
        var order = order
        try await shopify.webhook("orders/create", order.body())
        order.refunds = [.init(id: 509_562_969, line: line, units: 1, type: type)]
        order.minutes = 30
        try await shopify.webhook("refunds/create", order.refund(order.refunds[0]))
        #expect(try await shopify.numbers("mug") == expected)
        try await shopify.webhook("orders/updated", order.body())
        #expect(try await shopify.numbers("mug") == expected)
      }
    }

    @Test func whatAConfirmTookAnOrderOnlyNames() async throws {
      try await open { shopify in
        var order = order
        order.token = "token-1"
        let held = try await shopify.post(
          "/v1/holds",
          #"{"reservation":"r-1","sku":"mug","location":"ottawa","units":3,"reference":"token-1"}"#)
        #expect(held.status == 201)
        // The order is the confirm of the reservation that carries its checkout's token, wherever that is.
        try await shopify.webhook("orders/create", order.body())
        #expect(try await shopify.numbers("mug", "ottawa") == [3, 0, 7])
        #expect(try await shopify.numbers("mug") == [0, 0, 10])
        #expect(try await shopify.get("/v1/holds/mug/ottawa/r-1").number("confirmed") == 3)
      }
    }

    @Test func aConfirmThatNamedTheLineCameFirst() async throws {
      try await open { shopify in
        _ = try await shopify.hold("mug", 3, as: "r-1", location: "louisville")
        let confirmed = try await shopify.post("/v1/holds/mug/louisville/r-1/confirm", #"{"claim":"\#(line)"}"#)
        #expect(confirmed.status == 200)
        try await shopify.webhook("orders/create", order.body())
        #expect(try await shopify.numbers("mug", "louisville") == [3, 0, 7])
        #expect(try await shopify.numbers("mug") == [0, 0, 10])
      }
    }

    @Test func sentOffBeforeItsOrderIsKnown() async throws {
      try await open { shopify in
        let parcel = ShopifyOrder.Parcel(id: 1, line: line, units: 2, location: Self.ottawa)
        try await shopify.webhook("fulfillments/create", order.parcel(parcel))
        #expect(try await shopify.numbers("mug", "ottawa") == [0, 2, 8])
        try await shopify.webhook("orders/create", order.body())
        #expect(try await shopify.numbers("mug", "ottawa") == [0, 2, 8])
        #expect(try await shopify.numbers("mug") == [1, 0, 9])
      }
    }

    @Test func routingMovesTheClaimAndASecondMoveToo() async throws {
      try await open { shopify in
        let routed = try order.routed(7, order.lines[0], units: 3, to: Self.ottawa)
        let moved = try order.routed(
          8, order.lines[0], units: 3, to: Self.louisville, from: (7, Self.ottawa), minute: 2)
        // Routing of an order that nobody has heard of waits for it.
        let early = try await shopify.webhook("fulfillment_orders/order_routing_complete", routed)
        #expect(early.outcome == "kept")
        let waiting = try await shopify.get("/v1/webhooks/unjoined")
        #expect(waiting.number("count") == 1)
        #expect(waiting.text.contains(#""reason":"unknownSKU""#))
        try await shopify.webhook("orders/create", order.body())
        #expect(try await shopify.get("/v1/webhooks/unjoined").number("count") == 0)
        #expect(try await shopify.numbers("mug") == [0, 0, 10])
        #expect(try await shopify.numbers("mug", "ottawa") == [3, 0, 7])
        try await shopify.webhook("fulfillment_orders/moved", moved)
        #expect(try await shopify.numbers("mug", "ottawa") == [0, 0, 10])
        #expect(try await shopify.numbers("mug", "louisville") == [3, 0, 7])
        // The first word comes once more, and late.
        try await shopify.webhook("fulfillment_orders/order_routing_complete", routed)
        #expect(try await shopify.numbers("mug", "louisville") == [3, 0, 7])
        // A cancel finds the units where they are.
        var order = order
        order.refunds = [.init(id: 5, line: line, units: 2, type: "cancel")]
        try await shopify.webhook("refunds/create", order.refund(order.refunds[0]))
        #expect(try await shopify.numbers("mug", "louisville") == [1, 0, 9])
        #expect(try await shopify.numbers("mug") == [0, 0, 10])
      }
    }

    @Test func aCancelledParcelIsOwedAgainAndTheNextCountSettlesTheFirst() async throws {
      try await open { shopify in
        var order = order
        try await shopify.webhook("orders/create", order.body())
        order.parcels = [.init(id: 1, line: line, units: 3, location: 24_826_418)]
        try await shopify.webhook("fulfillments/create", order.parcel(order.parcels[0]))
        order.parcels[0].status = "cancelled"
        order.minutes = 50
        try await shopify.webhook("orders/updated", order.body())
        // Until the books say whether they left, both count: that undersells, and never oversells.
        #expect(try await shopify.numbers("mug") == [3, 3, 4])
        try await shopify.count("mug", 10, asOf: "2026-01-11T00:00:00Z")
        #expect(try await shopify.numbers("mug") == [3, 0, 7])
        order.parcels.append(.init(id: 2, line: line, units: 3, location: 24_826_418))
        try await shopify.webhook("fulfillments/create", order.parcel(order.parcels[1]))
        #expect(try await shopify.numbers("mug")[0] == 0)
      }
    }
  }
}
