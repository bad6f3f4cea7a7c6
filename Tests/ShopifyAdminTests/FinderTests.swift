import ChannelIntake
import InventoryEngine
import ShopifyEmulatorCore
import Testing

@testable import InventoryService
@testable import ShopifyAdmin
@testable import StockLedger

/// What webhooks did not tell is found, and counted as they would have told it.
@Suite("Orders that webhooks did not tell of")
struct FinderTests {
  private static let plan = EmulatedPlan(restoreRate: 2_000, bucketSize: 1_000_000)

  /// Runs a script of a shop with SKUs at both locations, subscribed to everything.
  private func shop(
    _ skus: [String], _ body: @escaping @Sendable (ChannelScript, [Int64]) async throws -> Void
  ) async throws {
    try await ChannelScript.run(
      [:],
      {
        $0.plan = Self.plan
        $0.webhooks.delay = 0...0
        $0.routingDelay = 0
      }
    ) { script in
      let variants = try await script.door.edit { shop, now in
        for topic in WebhookTopic.allCases { try shop.subscribe(to: topic, uri: "https://example.com/hook", at: now) }
        let stock = [script.leeds, script.york].map { VariantDraft.Stock(location: $0, available: 100) }
        return skus.map { shop.addVariant(VariantDraft(sku: $0, stock: stock), at: now) }
      }
      try await body(script, variants)
    }
  }

  /// What happens to an order of three mugs and a cup after it was placed and routed to Leeds.
  enum Act: String, CaseIterable, Sendable {
    case nothing, cancel, cancelRefund, returnRefund, writeOff, raise, lower, fulfil, fulfilAll, cancelParcel, move,
      moveAndFulfil, addLine

    func happen(
      to id: Int64, _ variants: [Int64], york: Int64, in shop: inout EmulatedShop, at now: Timestamp
    ) throws {
      let order = try #require(shop.order(id))
      let (mugs, wanted) = (order.lines[0].id, order.fulfillmentOrderIDs[0])
      let rows = try #require(shop.fulfillmentOrder(wanted)?.lines)
      let two = [EmulatedShop.Units(line: rows[0].id, quantity: 2)]
      switch self {
      case .nothing: break
      case .cancel: try shop.cancel(id, at: now)
      case .cancelRefund: try shop.refund(id, [.init(line: mugs, quantity: 1, restock: .cancel)], at: now)
      case .returnRefund:
        try shop.fulfil(wanted, two, at: now)
        try shop.refund(id, [.init(line: mugs, quantity: 1, restock: .return)], at: now + 5_000)
      case .writeOff: try shop.refund(id, [.init(line: mugs, quantity: 1, restock: .noRestock)], at: now)
      case .raise: try shop.edit(id, line: mugs, by: 2, at: now)
      case .lower: try shop.edit(id, line: mugs, by: -2, at: now)
      case .fulfil: try shop.fulfil(wanted, two, at: now)
      case .fulfilAll: try shop.fulfil(wanted, at: now)
      case .cancelParcel: try shop.cancelFulfilment(try shop.fulfil(wanted, two, at: now), at: now + 5_000)
      case .move: try shop.move(wanted, two, to: york, at: now)
      case .moveAndFulfil:
        try shop.fulfil(try shop.move(wanted, to: york, at: now).moved, at: now + 5_000)
      case .addLine: try shop.addLine(to: id, variantID: variants[2], quantity: 2, at: now)
      }
    }
  }

  /// One engine hears every webhook, one only those of before the act, one none: all know the same once they have read
  /// what changed, and what comes late changes nothing.
  @Test(arguments: Act.allCases)
  func whatAllWebhooksWouldHaveMade(_ act: Act) async throws {
    let skus = ["MUG", "CUP", "POT"]
    try await shop(skus) { script, variants in
      let before = script.open.client.clock.now + -600_000
      let order = try await script.door.edit { shop, _ in
        let lines = [OrderDraft.Line(variantID: variants[0], quantity: 3), .init(variantID: variants[1], quantity: 1)]
        return try shop.placeOrder(OrderDraft(lines), at: before)
      }
      let early = await FinderScript.webhooks(of: script)
      try await script.door.edit { shop, _ in
        try act.happen(to: order, variants, york: script.york, in: &shop, at: before + 60_000)
      }
      let late = await FinderScript.webhooks(of: script)
      #expect(late.isEmpty == (act == .nothing))
      try await FinderScript.run(script) { told in
        try await told.deliver(early + late)
        let expected = await told.numbers(skus)
        #expect(try await told.finder.bringIn(changedSince: script.begun).changed == [], "all was told of")
        #expect(await told.numbers(skus) == expected)
        for heard in [early, []] {
          try await FinderScript.run(script) { found in
            try await found.deliver(heard)
            let start = await found.numbers(skus)
            let brought = try await found.finder.bringIn(changedSince: script.begun)
            #expect(await found.numbers(skus) == expected)
            #expect(brought.orders == 1)
            #expect(brought.waiting == 0)
            #expect(!brought.changed.isEmpty || start == expected)
            #expect(try await found.finder.bringIn(changedSince: script.begun).changed == [], "it was read before")
            try await found.deliver(early + late)
            #expect(await found.numbers(skus) == expected, "what comes late is known")
          }
        }
      }
    }
  }

  /// Random orders, of whose webhooks some are lost, some come, and some come late.
  @Test(arguments: 1...8)
  func randomOrdersWithSomeWebhooksLost(seed: UInt64) async throws {
    let skus = ["MUG", "CUP", "POT", "PAN"]
    try await shop(skus) { script, variants in
      let start = script.open.client.clock.now + -3_000_000
      await script.door.edit { shop, _ in
        var life = OrderLife(seed: seed)
        let placed = (0..<8).compactMap {
          life.place(variants, linesMax: 3, in: &shop, at: start + $0 * 1_000)
        }
        for step in 0..<80 {
          let order = placed[Int(life.pick(0...Int64(placed.count - 1)))]
          life.happen(to: order, in: &shop, at: start + 10_000 + Int64(step) * 2_000)
        }
      }
      let all = await FinderScript.webhooks(of: script)
      let chance = all.map { ($0, (UInt64($0.id) &* 0x9E37_79B9_7F4A_7C15 &+ seed) >> 61) }
      try await FinderScript.run(script) { told in
        try await told.deliver(all)
        let expected = await told.units(skus)
        try await FinderScript.run(script) { found in
          try await found.deliver(chance.filter { $0.1 < 3 }.map(\.0))
          _ = try await found.finder.bringIn(changedSince: script.begun)
          #expect(await found.units(skus) == expected)
          try await found.deliver(chance.filter { $0.1 > 3 }.map(\.0))
          #expect(await found.units(skus) == expected)
          #expect(try await found.finder.bringIn(changedSince: script.begun).changed == [])
        }
      }
    }
  }

  @Test func aLongSilenceIsReadInPieces() async throws {
    try await shop(["MUG"]) { script, variants in
      let start = script.open.client.clock.now + -3_000_000
      try await script.door.edit { shop, _ in
        for number in 0..<90 {
          try shop.placeOrder(OrderDraft(variantID: variants[0], quantity: 1), at: start + Int64(number) * 2_000)
        }
      }
      try await FinderScript.run(script, ordersMax: 40) { found in
        var since = script.begun
        var read: [Int] = []
        for _ in 0..<3 {
          let brought = try await found.finder.bringIn(changedSince: since)
          read.append(brought.orders)
          #expect(brought.until > since)
          since = brought.until
        }
        #expect(read == [40, 40, 12], "the last order of a piece is read again with the next one")
        #expect(await found.units(["MUG"]) == [[90, 0]])
        #expect(since > found.clock.now + -2 * ShopifyOrderFinder.overlap)
      }
    }
  }

  @Test func anOrderThatCannotBeAppliedIsKeptAndShown() async throws {
    try await shop(["MUG"]) { script, variants in
      let order = try await script.door.edit { shop, now in
        try shop.placeOrder(OrderDraft(variantID: variants[0], quantity: 2), at: now + -60_000)
      }
      try await FinderScript.run(script, defaultLocation: nil) { found in
        for _ in 0..<2 {
          let brought = try await found.finder.bringIn(changedSince: script.begun)
          #expect(brought.waiting == 1)
          #expect(brought.changed == [])
        }
        let kept = await found.desk.unjoined(of: found.mapped.name)
        #expect(kept.map(\.reason) == ["locationUnknown"], "once, however often it is read")
        #expect(kept.first?.topic == "orders/read")
        #expect(kept.first?.order == order)
        #expect(kept.first?.lines(of: found.mapped)?.map(\.facts.order?.ordered) == [2])
      }
    }
  }

  @Test func anOrderThatCannotBeReadIsKeptAndShown() async throws {
    try await shop(["MUG"]) { script, variants in
      let order = try await script.door.edit { shop, now in
        try shop.placeOrder(OrderDraft(variantID: variants[0], quantity: 2), at: now + -60_000)
      }
      await script.door.rewrite { $0.replacing("\"currentQuantity\":2", with: "\"currentQuantity\":-2") }
      try await FinderScript.run(script) { found in
        let brought = try await found.finder.bringIn(changedSince: script.begun)
        #expect([brought.orders, brought.waiting] == [1, 1])
        let kept = await found.desk.unjoined(of: found.mapped.name)
        #expect(kept.map(\.reason) == ["malformedBody"])
        #expect(kept.first?.order == order)
      }
    }
  }

  @Test func unitsThatCameBackAreLookedAtAndNotCounted() async throws {
    try await shop(["MUG"]) { script, variants in
      let refunded = script.open.client.clock.now + -60_000
      try await script.door.edit { shop, _ in
        let order = try shop.placeOrder(OrderDraft(variantID: variants[0], quantity: 2), at: refunded + -60_000)
        try Act.fulfilAll.happen(to: order, variants, york: script.york, in: &shop, at: refunded + -30_000)
        let line = try #require(shop.order(order)?.lines.first?.id)
        try shop.refund(order, [.init(line: line, quantity: 1, restock: .return)], at: refunded)
      }
      try await FinderScript.run(script) { found in
        _ = try await found.finder.bringIn(changedSince: script.begun)
        #expect(found.told.restocks.map(\.isFound) == [true])
        #expect(found.told.restocks.first?.location == script.leeds)
        _ = try await found.finder.bringIn(changedSince: refunded + 2_000)
        #expect(found.told.restocks.count == 1, "it was made before")
      }
    }
  }

  @Test func anOrderConfirmsTheReservationThatItsAttributeNames() async throws {
    try await shop(["MUG"]) { script, variants in
      try await FinderScript.run(script) { found in
        let now = found.clock.now
        let key = script.key("MUG")
        let reference = try #require(Identifier("r-1"))
        let erp = try #require(Identifier("erp"))
        let count = Count(units: 10, asOf: now + -1_000)
        let hold = HoldRequest(id: script.name(7), quantity: try #require(Quantity(2)), reference: reference)
        let answers = await found.engine.submit([
          KeyedCommand(key: key, command: .report(Report(source: erp, delivery: script.name(8), body: .count(count)))),
          KeyedCommand(key: key, command: .hold(hold)),
        ])
        #expect(answers.allSatisfy { $0.receipt != nil })
        try await script.door.edit { shop, now in
          var draft = OrderDraft(variantID: variants[0], quantity: 2)
          draft.attributes = [OrderAttribute("hold", "r-1")]
          try shop.placeOrder(draft, at: now)
        }
        let brought = try await found.finder.bringIn(changedSince: script.begun)
        #expect(brought.changed == [key])
        let numbers = try #require(await found.engine.stock(key)?.numbers)
        #expect([numbers.reserved, numbers.open, numbers.availableToSell] == [0, 2, 8], "counted once")
      }
    }
  }

  @Test func whereShopifyCannotBeReadNothingIsSeen() async throws {
    try await shop(["MUG"]) { script, _ in
      await script.door.answerFirst { _, _ in .error(401) }
      try await FinderScript.run(script) { found in
        await #expect(throws: ChannelFailure.self) { try await found.finder.bringIn(changedSince: script.begun) }
      }
    }
  }
}
