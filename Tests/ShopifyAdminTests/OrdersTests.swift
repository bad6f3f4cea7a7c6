import ChannelIntake
import InventoryEngine
import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// Reading whole orders, and what they say.
@Suite("Orders")
struct OrdersTests {
  /// Orders that are read since the shop was opened.
  private func read(_ script: ChannelScript) async throws -> [ShopifyOrderReading] {
    var found: [ShopifyOrderReading] = []
    try await ShopifyOrders(script.open.client).changed(since: script.begun) { orders in
      found += orders
      return true
    }
    return found
  }

  private func numbers(_ readings: [ShopifyOrderReading]) -> [Int64] {
    readings.map { if case .read(let order) = $0 { order.number } else { 0 } }
  }

  @Test func aThousandOrdersComeInPagesByTheTimeOfTheirLastChange() async throws {
    try await ChannelScript.run(["MUG": 5_000], { $0.plan = EmulatedPlan(restoreRate: 2_000, bucketSize: 1_000_000) }) {
      script in
      let placed = try await script.door.edit { shop, now in
        let mug = shop.variants(sku: "MUG")[0].id
        return try (0..<1_000).map {
          try shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), at: now + Int64($0) * 10)
        }
      }
      // The oldest one changes: it is the last now.
      try await script.door.edit { shop, now in try shop.cancel(placed[0], at: now + 20_000) }
      #expect(numbers(try await read(script)) == Array(placed.dropFirst()) + [placed[0]])
      let pages = (placed.count + ShopifyOrders.pageSize - 1) / ShopifyOrders.pageSize
      #expect(await script.door.operations == Array(repeating: "Orders", count: pages), "no order is asked for alone")
    }
  }

  @Test func onlyThoseThatChangedSince() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      let (first, second) = try await script.door.edit { shop, now in
        let draft = OrderDraft(variantID: shop.variants(sku: "MUG")[0].id, quantity: 1)
        return (try shop.placeOrder(draft, at: now), try shop.placeOrder(draft, at: now + 60_000))
      }
      var found: [Int64] = []
      let orders = ShopifyOrders(script.open.client)
      try await orders.changed(since: script.open.client.clock.now + 30_000) {
        found += numbers($0)
        return true
      }
      #expect(found == [second])
      found = []
      try await orders.changed(since: script.begun) {
        found += numbers($0)
        return false
      }
      #expect(found == [first, second], "what a page had is taken")
    }
  }

  /// Whatever happens to orders: a read says of their lines what a webhook's body says.
  @Test(arguments: 1...12)
  func aReadSaysWhatTheWebhookSays(seed: UInt64) async throws {
    try await ChannelScript.run([:], { $0.plan = EmulatedPlan(restoreRate: 2_000, bucketSize: 1_000_000) }) { script in
      let placed = await script.door.edit { shop, now in
        var life = OrderLife(seed: seed)
        let stock = [script.leeds, script.york].map { VariantDraft.Stock(location: $0, available: 60) }
        let variants = (0..<9).map { shop.addVariant(VariantDraft(sku: "SKU-\($0)", stock: stock), at: now) }
        // Longer than what is asked for at first, in every list.
        let placed = (0..<6).compactMap { life.place(variants, linesMax: $0 == 0 ? 60 : 6, in: &shop, at: now + $0) }
        for step in 0..<120 {
          let order = placed[Int(life.pick(0...Int64(placed.count - 1)))]
          life.happen(to: order, in: &shop, at: now + Int64(step) * 1_000)
        }
        return placed
      }
      let mapped = script.shopWithAttribute
      let found = try await read(script)
      #expect(Set(numbers(found)) == Set(placed))
      for case .read(let order) in found {
        let said = order.lines(of: mapped)
        let told = try await script.webhookLines(of: order.number, mapped)
        #expect(said.map { script.withoutRoutes($0) } == told.map { script.withoutRoutes($0) })
        let routes = await script.routes(of: order.number)
        for line in said {
          let wanted = line.facts.routes.filter { $0.value.units > 0 }.mapValues(\.units)
          #expect(wanted == routes[line.id] ?? [:], "line \(line.id)")
        }
      }
    }
  }

  /// A refund without restock names no location, and its fulfillment order, once cancelled, wants nothing any more.
  @Test func unitsThatNobodyGetsStayWhereTheyWereMovedTo() async throws {
    try await ChannelScript.run([:]) { script in
      try await script.door.edit { shop, now in
        let stock = [script.leeds, script.york].map { VariantDraft.Stock(location: $0, available: 10) }
        let lines = (0..<2).map { number in
          let variant = shop.addVariant(VariantDraft(sku: "SKU-\(number)", stock: stock), at: now)
          return OrderDraft.Line(variantID: variant, quantity: 2)
        }
        let order = try shop.placeOrder(OrderDraft(lines), at: now)
        let part = try #require(shop.order(order)?.fulfillmentOrderIDs.first)
        let first = try #require(shop.fulfillmentOrder(part)).lines[0]
        try shop.move(part, [.init(line: first.id, quantity: 2)], to: script.york, at: now + 1_000)
        try shop.cancel(order, restock: false, at: now + 2_000)
      }
      guard case .read(let order) = try #require(try await read(script).first) else { throw Unread() }
      let lines = order.lines(of: script.shopWithAttribute)
      let places = lines.map { $0.facts.refunds.values.map(\.location) }
      #expect(places == [[script.york], [script.leeds]])
    }
  }

  private struct Unread: Error {}

  @Test func everyListIsReadToItsEnd() async throws {
    let stock = Dictionary(uniqueKeysWithValues: (0..<70).map { ("SKU-\($0)", Int64(100)) })
    try await ChannelScript.run(stock, { $0.plan = EmulatedPlan(restoreRate: 2_000, bucketSize: 1_000_000) }) {
      script in
      let order = try await script.door.edit { shop, now in
        let lines = (0..<70).map { OrderDraft.Line(variantID: shop.variants(sku: "SKU-\($0)")[0].id, quantity: 9) }
        let order = try shop.placeOrder(OrderDraft(lines), at: now)
        let wanted = try #require(shop.order(order)?.fulfillmentOrderIDs.first)
        let rows = try #require(shop.fulfillmentOrder(wanted)?.lines)
        // A parcel of all lines, then 60 of one line; a refund of all lines, then 60 of one.
        try shop.fulfil(wanted, rows.map { .init(line: $0.id, quantity: 1) }, at: now)
        for row in rows.prefix(60) { try shop.fulfil(wanted, [.init(line: row.id, quantity: 1)], at: now) }
        let sold = try #require(shop.order(order)?.lines)
        try shop.refund(order, sold.map { .init(line: $0.id, quantity: 1, restock: .cancel) }, at: now)
        for line in sold.prefix(60) {
          try shop.refund(order, [.init(line: line.id, quantity: 1, restock: .return)], at: now)
        }
        return order
      }
      guard case .read(let whole)? = try await read(script).first else { return #expect(Bool(false)) }
      #expect(whole.lineItems.nodes.count == 70)
      #expect(whole.fulfillments.map(\.fulfillmentLineItems.nodes.count) == [70] + Array(repeating: 1, count: 60))
      #expect(whole.refunds.map(\.refundLineItems.nodes.count) == [70] + Array(repeating: 1, count: 60))
      #expect(whole.fulfillmentOrders.nodes.map(\.lineItems.nodes.count) == [70])
      let mapped = script.shopWithAttribute
      #expect(
        whole.lines(of: mapped).map { script.withoutRoutes($0) }
          == (try await script.webhookLines(of: order, mapped)).map { script.withoutRoutes($0) })
    }
  }

  @Test func anOrderThatChangesWhileItIsReadComesAgain() async throws {
    let stock = Dictionary(uniqueKeysWithValues: (0..<8).map { ("SKU-\($0)", Int64(100)) })
    try await ChannelScript.run(stock) { script in
      let (long, short) = try await script.door.edit { shop, now in
        let lines = (0..<8).map { OrderDraft.Line(variantID: shop.variants(sku: "SKU-\($0)")[0].id, quantity: 2) }
        let long = try shop.placeOrder(OrderDraft(lines), at: now)
        let short = try (0..<ShopifyOrders.pageSize).map {
          try shop.placeOrder(OrderDraft([lines[0]]), at: now + 1_000 + Int64($0))
        }
        return (long, short)
      }
      await script.door.meanwhile { asked, shop, now in
        guard asked.operation == "OrderTime", shop.order(long)?.isEdited == false,
          let line = shop.order(long)?.lines.first?.id
        else { return }
        try? shop.edit(long, line: line, by: 1, at: now + 60_000)
      }
      let found = try await read(script)
      #expect(numbers(found) == short + [long])
      guard case .read(let order)? = found.last else { return #expect(Bool(false)) }
      #expect(order.lines(of: script.shopWithAttribute).first?.facts.order?.ordered == 3)
    }
  }

  @Test func oneThatCannotBeReadHidesNoOther() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      let placed = try await script.door.edit { shop, now in
        let draft = OrderDraft(variantID: shop.variants(sku: "MUG")[0].id, quantity: 1)
        return try (0..<3).map { try shop.placeOrder(draft, at: now + Int64($0)) }
      }
      await script.door.rewrite { body in
        body.replacing("\"cancelledAt\":null", with: "\"cancelledAt\":\"soon\"", maxReplacements: 1)
      }
      let found = try await read(script)
      #expect(numbers(found) == [0, placed[1], placed[2]])
      guard case .unreadable(let order, let why)? = found.first else { return #expect(Bool(false)) }
      #expect(order == placed[0])
      #expect(why.description.contains("cancelledAt"))
    }
  }

  @Test func faultsOnTheWayLoseNothing() async throws {
    try await ChannelScript.run(
      ["MUG": 500],
      {
        $0.plan = EmulatedPlan(restoreRate: 2_000, bucketSize: 1_500)
        $0.faults.cutAfterPerMille = 60
        $0.faults.errorBeforePerMille = 60
      }
    ) { script in
      let placed = try await script.door.edit { shop, now in
        let draft = OrderDraft(variantID: shop.variants(sku: "MUG")[0].id, quantity: 1)
        return try (0..<60).map { try shop.placeOrder(draft, at: now + Int64($0)) }
      }
      #expect(numbers(try await read(script)) == placed)
    }
  }

  @Test func whoMayNotReadOrdersIsTold() async throws {
    try await ChannelScript.run(["MUG": 1]) { script in
      await script.door.answerFirst { _, _ in
        .json([
          "errors": [
            [
              "message": "Access denied for fulfillmentOrders field.",
              "extensions": ["code": "ACCESS_DENIED"],
            ]
          ]
        ])
      }
      await #expect { _ = try await read(script) } throws: {
        "\($0)".contains("the orders of \(OpenShopDoor.domain) cannot be read: Access denied for fulfillmentOrders")
      }
    }
  }
}

extension ChannelScript {
  /// Before everything that the script's shop has seen, by its clock.
  var begun: Timestamp { open.client.clock.now + -3_600_000 }

  /// Both locations, and an attribute that joins orders with reservations.
  var shopWithAttribute: ShopifyShop {
    var shop = Self.shop([leeds: "leeds", york: "york"])
    shop.reference = .noteAttribute("hold")
    return shop
  }

  /// What the body of an order's webhook says.
  func webhookLines(of order: Int64, _ shop: ShopifyShop) async throws -> [ShopifyLine] {
    let body = await door.edit { there, now in
      there.answer(
        EmulatedRequest(
          method: "GET", path: "/admin/api/2026-04/orders/\(order).json", accessToken: ShopDoor.token, body: []),
        at: now
      ).json["order"]?.bytes ?? []
    }
    guard case .lines(_, let lines) = try ShopifyMessage(.ordersUpdated, body: body, of: shop) else { return [] }
    return lines
  }

  /// Without what fulfillment orders say: webhooks tell them apart, among it where a refund without restock was.
  func withoutRoutes(_ line: ShopifyLine) -> ShopifyLine {
    var line = line
    line.facts.routes = [:]
    for (id, refund) in line.facts.refunds where refund.restock == .none { line.facts.refunds[id]?.location = nil }
    return line
  }

  /// Units of each line that fulfillment orders still want, by these.
  func routes(of order: Int64) async -> [Int64: [Int64: Int64]] {
    await door.edit { shop, _ in
      var routes: [Int64: [Int64: Int64]] = [:]
      for wanted in (shop.order(order)?.fulfillmentOrderIDs ?? []).compactMap({ shop.fulfillmentOrder($0) })
      where wanted.status != "CANCELLED" {
        for row in wanted.lines where row.remaining > 0 {
          guard let line = shop.order(order)?.lines[row.line].id else { continue }
          routes[line, default: [:]][wanted.id] = row.remaining
        }
      }
      return routes
    }
  }
}
