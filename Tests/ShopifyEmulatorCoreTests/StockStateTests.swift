import ShopifyEmulatorCore
import StockLedger
import Testing

/// Orders and what becomes of them, in the numbers of stock: to sell, committed, on hand.
@Suite("States of stock")
struct StockStateTests {
  private var script = ShopScript()

  private mutating func order(
    _ variant: Int64, _ units: Int64, _ behaviour: InventoryBehaviour = .decrementObeyingPolicy
  ) throws -> Int64 {
    try script.shop.placeOrder(OrderDraft(variantID: variant, quantity: units), behaviour, at: script.now)
  }

  private func fulfillmentOrders(_ order: Int64) -> [FulfillmentOrder] {
    (script.shop.order(order)?.fulfillmentOrderIDs ?? []).compactMap { script.shop.fulfillmentOrder($0) }
  }

  private func line(_ order: Int64) throws -> Int64 { try #require(script.shop.order(order)?.lines.first?.id) }

  @Test mutating func anOrderCommitsAndShippingTakesIt() throws {
    let mug = script.add("MUG", leeds: 10)
    let sold = try order(mug, 3)
    #expect(script.stock(mug) == [7, 3, 10])
    let source = fulfillmentOrders(sold)[0]
    try script.shop.fulfil(source.id, [.init(line: source.lines[0].id, quantity: 1)], at: script.now)
    #expect(script.stock(mug) == [7, 2, 9])
    #expect(fulfillmentOrders(sold)[0].status == "IN_PROGRESS")
    try script.shop.fulfil(source.id, at: script.now)
    #expect(script.stock(mug) == [7, 0, 7])
    #expect(fulfillmentOrders(sold)[0].status == "CLOSED")
    #expect(throws: ShopRefusal.self) { try script.shop.fulfil(source.id, at: script.now) }
  }

  @Test mutating func aCancelledFulfilmentIsToBeShippedAgain() throws {
    let mug = script.add("MUG", leeds: 10)
    let sold = try order(mug, 3)
    let source = fulfillmentOrders(sold)[0]
    let made = try script.shop.fulfil(source.id, at: script.now)
    try script.shop.cancelFulfilment(made, at: script.now)
    #expect(script.stock(mug) == [7, 3, 10])
    #expect(fulfillmentOrders(sold)[0].isOpen)
    #expect(throws: ShopRefusal.self) { try script.shop.cancelFulfilment(made, at: script.now) }
    let again = try script.shop.fulfil(source.id, at: script.now)
    try script.shop.refund(sold, [.init(line: try line(sold), quantity: 1, restock: .return)], at: script.now)
    #expect(throws: ShopRefusal.self, "some of it was refunded") {
      try script.shop.cancelFulfilment(again, at: script.now)
    }
    #expect(script.stock(mug) == [8, 0, 8])
  }

  @Test mutating func behavioursAtTheLastUnit() throws {
    let mug = script.add("MUG", leeds: 1)
    #expect(throws: ShopRefusal.self) { _ = try order(mug, 2) }
    #expect(script.stock(mug) == [1, 0, 1])
    _ = try order(mug, 1, .bypass)
    #expect(script.stock(mug) == [1, 0, 1], "who bypasses has taken the unit elsewhere")
    _ = try order(mug, 1)
    #expect(script.stock(mug) == [0, 1, 1])
    _ = try order(mug, 2, .decrementIgnoringPolicy)
    #expect(script.stock(mug) == [-2, 3, 1])
    let cup = script.add("CUP", leeds: 0, policy: .continue)
    _ = try order(cup, 2)
    #expect(script.stock(cup) == [-2, 2, 0], "the variant goes on selling")
  }

  @Test mutating func twoLinesOfOneVariantSeeEachOther() {
    let mug = script.add("MUG", leeds: 3)
    let lines = [OrderDraft.Line(variantID: mug, quantity: 2), OrderDraft.Line(variantID: mug, quantity: 2)]
    #expect(throws: ShopRefusal.self) { try script.shop.placeOrder(OrderDraft(lines), at: script.now) }
    #expect(script.stock(mug) == [3, 0, 3])
  }

  @Test mutating func anOrderIsRoutedToWhoHasIt() throws {
    let mug = script.add("MUG", leeds: 1, york: 9)
    let cup = script.add("CUP", leeds: 5, york: 5)
    let both = OrderDraft([.init(variantID: mug, quantity: 2), .init(variantID: cup, quantity: 1)])
    let whole = try script.shop.placeOrder(both, at: script.now)
    #expect(fulfillmentOrders(whole).map(\.locationID) == [script.york], "one location has all of it")
    let split = try order(mug, 8)
    #expect(fulfillmentOrders(split).map(\.locationID) == [script.leeds, script.york])
    #expect(fulfillmentOrders(split).flatMap(\.lines).map(\.total) == [1, 7])
    #expect(script.stock(mug) == [0, 1, 1])
    #expect(script.stock(mug, at: script.york) == [0, 9, 9])
  }

  @Test mutating func aCancelFreesWhatItCommitted() throws {
    let mug = script.add("MUG", leeds: 10)
    let first = try order(mug, 3)
    try script.shop.cancel(first, at: script.now)
    #expect(script.stock(mug) == [10, 0, 10])
    #expect(script.shop.order(first)?.refunds.first?.lines.map(\.restock) == [.cancel])
    #expect(fulfillmentOrders(first).map(\.status) == ["CANCELLED"])
    #expect(throws: ShopRefusal.self) { try script.shop.cancel(first, at: script.now) }
    let second = try order(mug, 2)
    try script.shop.cancel(second, restock: false, at: script.now)
    #expect(script.stock(mug) == [8, 0, 8], "without a restock the units are gone")
    let third = try order(mug, 1, .bypass)
    try script.shop.cancel(third, at: script.now)
    #expect(script.stock(mug) == [8, 0, 8], "what was never taken is not given back")
    let shipped = try order(mug, 1)
    try script.shop.fulfil(fulfillmentOrders(shipped)[0].id, at: script.now)
    #expect(throws: ShopRefusal.self) { try script.shop.cancel(shipped, at: script.now) }
  }

  @Test(arguments: [
    (RestockType.cancel, [8, 2, 10]), (.noRestock, [6, 2, 8]), (.return, [8, 2, 10]), (.legacyRestock, [8, 2, 10]),
  ])
  mutating func aRefundOfUnshippedUnits(_ restock: RestockType, stock: [Int64]) throws {
    let mug = script.add("MUG", leeds: 10)
    let sold = try order(mug, 4)
    try script.shop.refund(sold, [.init(line: try line(sold), quantity: 2, restock: restock)], at: script.now)
    #expect(script.stock(mug) == stock)
    #expect(script.shop.order(sold)?.lines.first?.currentQuantity == 2)
    #expect(script.shop.order(sold)?.financialStatus == "PARTIALLY_REFUNDED")
  }

  @Test(arguments: [
    (RestockType.return, [8, 0, 8]), (.noRestock, [6, 0, 6]), (.legacyRestock, [8, 0, 8]),
  ])
  mutating func aRefundOfShippedUnits(_ restock: RestockType, stock: [Int64]) throws {
    let mug = script.add("MUG", leeds: 10)
    let sold = try order(mug, 4)
    try script.shop.fulfil(fulfillmentOrders(sold)[0].id, at: script.now)
    try script.shop.refund(sold, [.init(line: try line(sold), quantity: 2, restock: restock)], at: script.now)
    #expect(script.stock(mug) == stock)
    #expect(throws: ShopRefusal.self, "no more than was bought") {
      try script.shop.refund(sold, [.init(line: try line(sold), quantity: 3, restock: restock)], at: script.now)
    }
    #expect(throws: ShopRefusal.self, "what was shipped cannot be cancelled") {
      try script.shop.refund(sold, [.init(line: try line(sold), quantity: 1, restock: .cancel)], at: script.now)
    }
  }

  @Test mutating func aReturnMayComeBackElsewhere() throws {
    let mug = script.add("MUG", leeds: 10, york: 0)
    let sold = try order(mug, 1)
    try script.shop.fulfil(fulfillmentOrders(sold)[0].id, at: script.now)
    let units = EmulatedShop.RefundedUnits(
      line: try line(sold), quantity: 1, restock: .return, location: script.york)
    try script.shop.refund(sold, [units], at: script.now)
    #expect(script.stock(mug) == [9, 0, 9])
    #expect(script.stock(mug, at: script.york) == [1, 0, 1])
  }

  @Test mutating func editsRaiseAndLower() throws {
    let mug = script.add("MUG", leeds: 10)
    let sold = try order(mug, 3)
    try script.shop.edit(sold, line: try line(sold), by: 2, at: script.now)
    #expect(script.stock(mug) == [5, 5, 10])
    try script.shop.edit(sold, line: try line(sold), by: -4, at: script.now)
    #expect(script.stock(mug) == [9, 1, 10])
    #expect(script.shop.order(sold)?.lines.first?.quantity == 5)
    #expect(script.shop.order(sold)?.lines.first?.currentQuantity == 1)
    #expect(throws: ShopRefusal.self) { try script.shop.edit(sold, line: try line(sold), by: -2, at: script.now) }
    let cup = script.add("CUP", leeds: 1)
    try script.shop.addLine(to: sold, variantID: cup, quantity: 2, at: script.now)
    #expect(script.stock(cup) == [-1, 2, 1], "a person may add what is not there")
  }

  @Test mutating func aMoveTakesTheClaimAlong() throws {
    let mug = script.add("MUG", leeds: 10, york: 2)
    let sold = try order(mug, 5)
    let source = fulfillmentOrders(sold)[0]
    let some = try script.shop.move(
      source.id, [.init(line: source.lines[0].id, quantity: 1)], to: script.york, at: script.now)
    #expect(some.remaining == source.id)
    #expect(script.stock(mug) == [6, 4, 10])
    #expect(script.stock(mug, at: script.york) == [1, 1, 2])
    let rest = try script.shop.move(source.id, to: script.york, at: script.now)
    #expect(rest.remaining == nil)
    #expect(script.shop.fulfillmentOrder(source.id)?.status == "CLOSED")
    #expect(script.stock(mug) == [10, 0, 10])
    #expect(script.stock(mug, at: script.york) == [-3, 5, 2])
    #expect(throws: ShopRefusal.self) { try script.shop.move(rest.moved, to: script.york, at: script.now) }
  }

  @Test mutating func aPersonCountsAndSetsAside() {
    let mug = script.add("MUG", leeds: 10)
    let key = script.key(mug)
    let taken = [
      script.shop.adjustByHand(key, by: -4, at: script.now),
      script.shop.putAside(2, of: key, as: .damaged, at: script.now),
      script.shop.putAside(1, of: key, as: .safetyStock, at: script.now),
    ]
    #expect(taken == [true, true, true])
    #expect(script.stock(mug) == [3, 0, 6])
    #expect(script.shop[key]?.damaged == 2)
    let refused = [
      script.shop.putAside(1, of: key, as: .committed, at: script.now),
      script.shop.putAside(-3, of: key, as: .damaged, at: script.now),
      script.shop.adjustByHand(key, by: 1_000_000_000, at: script.now),
      script.shop.adjustByHand(LevelKey(item: 1, location: 1), by: 1, at: script.now),
    ]
    #expect(refused == [false, false, false, false])
    #expect(script.stock(mug) == [3, 0, 6])
  }

  @Test mutating func numbersBeyondAllMeasureAreRefused() throws {
    let mug = script.add("MUG", leeds: .max, york: .min)
    #expect(script.stock(mug) == [1_000_000_000, 0, 1_000_000_000])
    for units in [Int64.max, .min, 1_000_001] {
      #expect(throws: ShopRefusal.self) { _ = try order(mug, units) }
      let key = script.key(mug, at: script.york)
      if units != 1_000_001 {
        let taken = [
          script.shop.adjustByHand(key, by: units, at: script.now),
          script.shop.putAside(units, of: key, as: .damaged, at: script.now),
        ]
        #expect(taken == [false, false])
      }
    }
    var dear = OrderDraft(variantID: mug, quantity: 1)
    dear.lines[0].price = .max
    #expect(throws: ShopRefusal.self) { try script.shop.placeOrder(dear, at: script.now) }
    let sold = try order(mug, 1_000_000)
    for units in [Int64.max, .min, 1] {
      #expect(throws: ShopRefusal.self) { try script.shop.edit(sold, line: try line(sold), by: units, at: script.now) }
      #expect(throws: ShopRefusal.self) {
        try script.shop.refund(
          sold, [.init(line: try line(sold), quantity: units == 1 ? 0 : units, restock: .cancel)], at: script.now)
      }
    }
  }

  @Test mutating func aClosedLocationTakesNothing() throws {
    let mug = script.add("MUG", leeds: 10, york: 1)
    script.shop.closeLocation(script.leeds, at: script.now)
    #expect(throws: ShopRefusal.self) { _ = try order(mug, 2) }
    #expect(ShopScript.codes(script.set([script.row(mug, 3, from: 10)])) == ["INVALID_LOCATION"])
    let sold = try order(mug, 1)
    #expect(fulfillmentOrders(sold).map(\.locationID) == [script.york])
  }
}
