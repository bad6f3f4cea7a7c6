import ShopifyEmulatorCore
import StockLedger
import Testing

/// Which writes did not know of an order: the question that the whole publication must answer with none.
@Suite("Write audit")
struct WriteAuditTests {
  private var script = ShopScript()
  private let mug: Int64

  init() throws {
    mug = script.add("MUG", leeds: 10)
    try script.shop.subscribe(to: .ordersCreate, uri: "https://example.com/hook", at: script.now)
    try script.shop.subscribe(to: .refundsCreate, uri: "https://example.com/hook", at: script.now)
    try script.shop.subscribe(to: .ordersUpdated, uri: "https://example.com/hook", at: script.now)
    try script.shop.subscribe(to: .inventoryLevelsUpdate, uri: "https://example.com/hook", at: script.now)
  }

  @discardableResult
  private mutating func order(_ units: Int64) throws -> Int64 {
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: units), at: script.now)
  }

  private mutating func deliver(_ topic: WebhookTopic) {
    script.wait(50)
    for attempt in script.shop.takeWebhooks(at: script.now) {
      script.shop.noteWebhook(attempt.id, status: attempt.topic == topic ? 200 : 500, at: script.now)
    }
  }

  private mutating func write(_ quantity: Int64, from: JSON) {
    #expect(ShopScript.codes(script.set([script.row(mug, quantity, from: from)])) == [])
  }

  @Test mutating func aBlindWriteOverAnOrderIsFound() throws {
    let sold = try order(3)
    write(9, from: .null)
    let found = script.shop.audit.writesAboveUntoldOrders
    #expect(found.first?.untold.map(\.order) == [sold])
    #expect(found.map(\.units) == [3])
    #expect(found.map(\.from) == [7])
    #expect(found.map(\.to) == [9])
    #expect(script.shop.audit.writes == 1)
  }

  @Test mutating func aGuessThatHappensToFitIsFoundToo() throws {
    try order(3)
    write(9, from: 7)
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1)
  }

  @Test mutating func aWebhookTells() throws {
    try order(3)
    deliver(.ordersCreate)
    write(6, from: 7)
    #expect(script.shop.audit.untoldWrites.isEmpty)
  }

  @Test mutating func aWebhookThatFailedTellsNothing() throws {
    try order(3)
    deliver(.inventoryLevelsUpdate)
    write(6, from: .null)
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1, "that a level changed says not by how much")
  }

  @Test mutating func aReadTells() throws {
    try order(3)
    #expect(script.read(mug) == 7)
    write(6, from: 7)
    #expect(script.shop.audit.untoldWrites.isEmpty)
    try order(1)
    write(5, from: .null)
    #expect(script.shop.audit.writesAboveUntoldOrders.map(\.units) == [1], "only what came after the read")
  }

  @Test mutating func anOrderThatIsReadIsTold() throws {
    let sold = try order(3)
    _ = script.ask("query($id: ID!) { order(id: $id) { id } }", ["id": ShopScript.id("Order", sold)])
    write(6, from: 7)
    #expect(script.shop.audit.untoldWrites.isEmpty)
  }

  @Test mutating func anAnswerThatIsLateTellsWhenItArrives() throws {
    script = ShopScript {
      $0.faults.slowPerMille = 1_000
      $0.faults.slow = 100...100
    }
    let mug = script.add("MUG", leeds: 10)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 3), at: script.now)
    _ = script.read(mug)
    _ = script.set([script.row(mug, 6, from: .null)])
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1)
    script.wait(100)
    _ = script.set([script.row(mug, 5, from: .null)])
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1)
  }

  @Test mutating func anAnswerThatIsCutTellsNothing() throws {
    script = ShopScript { $0.faults.cutAfterPerMille = 1_000 }
    let mug = script.add("MUG", leeds: 10)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 3), at: script.now)
    _ = script.read(mug)
    _ = script.set([script.row(mug, 6, from: 7)])
    #expect(script.stock(mug) == [6, 3, 9], "it happened")
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1)
  }

  /// A B A: three sold, three counted by hand, and the comparison sees the number that it expects.
  @Test mutating func anOrderMetByACountIsCountedApart() throws {
    try order(3)
    script.shop.adjustByHand(script.key(mug), by: 3, at: script.now)
    write(9, from: 10)
    #expect(script.shop.audit.writesAboveUntoldOrders.isEmpty)
    #expect(script.shop.audit.writesMet.map(\.met) == [3])
    deliver(.ordersCreate)
    write(6, from: 9)
    #expect(script.shop.audit.untoldWrites.count == 1, "the webhook has healed it")
  }

  /// The other way round it hides the order as well: the writer knew neither of the two.
  @Test mutating func aCountBeforeTheOrderMeetsItToo() throws {
    script.shop.adjustByHand(script.key(mug), by: 3, at: script.now)
    try order(3)
    write(9, from: 10)
    #expect(script.shop.audit.writesAboveUntoldOrders.isEmpty)
    #expect(script.shop.audit.writesMet.map(\.met) == [3])
  }

  @Test mutating func aCountThatTheWriterHasReadMeetsNothing() throws {
    script.shop.adjustByHand(script.key(mug), by: 3, at: script.now)
    #expect(script.read(mug) == 13)
    script.wait(3_000)
    try order(3)
    write(9, from: 10)
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1)
  }

  @Test mutating func aCancelThatTheWriterWasToldOfMeetsNothing() throws {
    let first = try order(3)
    deliver(.ordersCreate)
    try script.shop.cancel(first, at: script.now)
    deliver(.refundsCreate)
    script.wait(2_000)
    try order(3)
    write(6, from: 7)
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1)
  }

  /// It was sent before it was told: nobody knew of either then.
  @Test mutating func aCancelThatIsToldWhileTheWriteIsOnItsWayMeetsTheOrder() throws {
    let first = try order(3)
    deliver(.ordersCreate)
    try script.shop.cancel(first, at: script.now)
    try order(3)
    deliver(.refundsCreate)
    script.wait(500)
    write(6, from: 7)
    #expect(script.shop.audit.writesMet.map(\.met) == [3])
    #expect(script.shop.audit.writesAboveUntoldOrders.isEmpty)
  }

  @Test mutating func aRefundThatIsToldBeforeItsOrderHidesNothing() throws {
    let first = try order(3)
    try script.shop.cancel(first, at: script.now)
    deliver(.refundsCreate)
    write(9, from: 10)
    #expect(script.shop.audit.untoldWrites.isEmpty)
  }

  /// The refund's lines name the units: who hears it knows that they were sold.
  @Test mutating func aRefundWithoutARestockTellsOfItsUnits() throws {
    let first = try order(3)
    let line = try #require(script.shop.order(first)?.lines.first?.id)
    let lost = EmulatedShop.RefundedUnits(line: line, quantity: 2, restock: .noRestock)
    try script.shop.refund(first, [lost], at: script.now)
    deliver(.refundsCreate)
    write(8, from: 7)
    #expect(script.shop.audit.untoldWrites.map(\.units) == [1])
  }

  @Test mutating func anOrderIsWrittenOverOnce() throws {
    try order(3)
    write(9, from: 7)
    write(6, from: 9)
    #expect(script.shop.audit.untoldWrites.map(\.number) == [1])
  }

  @Test mutating func anOrderThatGaveItsUnitsBackIsNotHidden() throws {
    let sold = try order(3)
    try script.shop.cancel(sold, at: script.now)
    write(9, from: 10)
    #expect(script.shop.audit.untoldWrites.isEmpty)
  }

  @Test mutating func anEditIsToldByItsOwnBody() throws {
    let sold = try order(3)
    deliver(.ordersCreate)
    let line = try #require(script.shop.order(sold)?.lines.first?.id)
    try script.shop.edit(sold, line: line, by: 2, at: script.now)
    write(4, from: 5)
    #expect(script.shop.audit.writesAboveUntoldOrders.map(\.units) == [2])
    deliver(.ordersUpdated)
    write(3, from: 4)
    #expect(script.shop.audit.untoldWrites.count == 1)
  }

  @Test mutating func anOldBodyTellsOnlyWhatItHolds() throws {
    let sold = try order(3)
    script.wait(50)
    let early = script.shop.takeWebhooks(at: script.now).filter { $0.topic == .ordersCreate }
    let line = try #require(script.shop.order(sold)?.lines.first?.id)
    try script.shop.edit(sold, line: line, by: 2, at: script.now)
    for attempt in early { script.shop.noteWebhook(attempt.id, status: 200, at: script.now) }
    write(4, from: 5)
    #expect(script.shop.audit.writesAboveUntoldOrders.map(\.units) == [2])
  }

  /// The engine journals, publishes, and answers 200: its write may be here before its answer.
  @Test mutating func aWriteWhileTheWebhookIsOutMayHaveKnown() throws {
    try order(3)
    write(9, from: 7)
    try order(2)
    script.wait(50)
    let out = script.shop.takeWebhooks(at: script.now)
    write(6, from: 7)
    #expect(script.shop.audit.untoldWrites.map(\.number) == [1, 2])
    for attempt in out { script.shop.noteWebhook(attempt.id, status: 200, at: script.now) }
    #expect(script.shop.audit.untoldWrites.map(\.number) == [1], "the first was made before anything was sent")
  }

  @Test mutating func aWebhookOfUnknownOutcomeMayHaveToldARefusedOneNot() throws {
    for (status, found) in [(nil, 0), (500, 1)] as [(Int?, Int)] {
      script = try WriteAuditTests().script
      try order(3)
      script.wait(50)
      for attempt in script.shop.takeWebhooks(at: script.now) {
        script.shop.noteWebhook(attempt.id, status: status, at: script.now)
      }
      write(6, from: 7)
      script.wait(60_000)
      script.deliver()
      #expect(script.shop.audit.untoldWrites.count == found, "\(status.map { "\($0)" } ?? "nothing came back")")
    }
  }

  @Test mutating func whatTheWriterKnowsByItselfIsNotHidden() throws {
    let sold = try order(3)
    script.shop.audit.writerKnows(of: sold)
    write(6, from: 7)
    #expect(script.shop.audit.untoldWrites.isEmpty)
  }

  @Test mutating func whatAnotherAppReadsTellsNothing() throws {
    script = ShopScript {
      $0.accessToken = "writer"
      $0.sellerToken = "seller"
      $0.plan = EmulatedPlan(restoreRate: 1, bucketSize: 30)
    }
    let mug = script.add("MUG", leeds: 10)
    let sell: JSON = [
      "query": """
      mutation($id: ID!) {
        orderCreate(
          order: {lineItems: [{variantId: $id, quantity: 3}]}
          options: {inventoryBehaviour: DECREMENT_OBEYING_POLICY}
        ) { order { id } userErrors { code } }
      }
      """, "variables": ["id": ShopScript.id("ProductVariant", mug)],
    ]
    let call = { (token: String, body: JSON) in
      EmulatedRequest(
        method: "POST", path: "/admin/api/2026-04/graphql.json", accessToken: token, body: body.bytes)
    }
    let sold = script.shop.answer(call("seller", sell), at: script.now).json
    #expect(sold["data"]?["orderCreate"]?["userErrors"] == [])
    let set: JSON = [
      "query": .string(ShopScript.set),
      "variables": ["input": script.input([script.row(mug, 9, from: 7)]), "key": "k"],
    ]
    let written = script.shop.answer(call("writer", set), at: script.now).json
    #expect(ShopScript.errors(written) == [])
    #expect(
      written["extensions"]?["cost"]?["throttleStatus"]?["currentlyAvailable"]?.integer == 20,
      "each app has points of its own")
    #expect(script.shop.audit.writesAboveUntoldOrders.count == 1)
  }

  @Test mutating func whoBypassesHidesNothing() throws {
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 3), .bypass, at: script.now)
    write(9, from: 10)
    #expect(script.shop.audit.untoldWrites.isEmpty)
  }
}
