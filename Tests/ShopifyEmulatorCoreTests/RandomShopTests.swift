import ShopifyEmulatorCore
import StockLedger
import Testing

/// Random lives of a shop, by seed: after each step every sum is counted anew.
@Suite("Random shops")
struct RandomShopTests {
  /// SplitMix64: the steps of a seed are the same for ever.
  struct Chance {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      word ^= word >> 31
      return bound > 0 ? Int(word % UInt64(bound)) : 0
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element? {
      elements.isEmpty ? nil : elements[below(elements.count)]
    }
  }

  /// One step; what the shop refuses is a step too.
  private func step(_ script: inout ShopScript, _ variants: [Int64], _ chance: inout Chance) throws {
    let orders = script.shop.allOrders
    let units = Int64(chance.below(6)) - 1
    let behaviours: [InventoryBehaviour] = [.bypass, .decrementIgnoringPolicy, .decrementObeyingPolicy]
    let order = chance.pick(orders).flatMap { script.shop.order($0) }
    let source = chance.pick(order?.fulfillmentOrderIDs ?? [Int64]()).flatMap { script.shop.fulfillmentOrder($0) }
    let line: Int64 = chance.pick(order?.lines ?? [])?.id ?? 0
    let location: Int64 = chance.pick([script.leeds, script.york]) ?? 0
    let some = chance.pick(source?.lines ?? []).map { [EmulatedShop.Units(line: $0.id, quantity: units)] }
    do throws(ShopRefusal) {
      switch chance.below(13) {
      case 0...3:
        let lines = (0...chance.below(3)).map { _ in
          OrderDraft.Line(variantID: chance.pick(variants), quantity: Int64(chance.below(5)))
        }
        try script.shop.placeOrder(
          OrderDraft(lines), chance.pick(behaviours) ?? .bypass, at: script.now)
      case 4: try script.shop.cancel(order?.id ?? 0, restock: chance.below(2) == 0, at: script.now)
      case 5, 6:
        let restock = chance.pick([RestockType.return, .cancel, .legacyRestock, .noRestock]) ?? .return
        let place = chance.below(2) == 0 ? nil : location
        try script.shop.refund(
          order?.id ?? 0, [.init(line: line, quantity: units, restock: restock, location: place)], at: script.now)
      case 7: try script.shop.fulfil(source?.id ?? 0, chance.below(2) == 0 ? nil : some, at: script.now)
      case 12: try script.shop.cancelFulfilment(chance.pick(order?.fulfillmentIDs ?? []) ?? 0, at: script.now)
      case 8: try script.shop.edit(order?.id ?? 0, line: line, by: units - 1, at: script.now)
      case 9: try script.shop.move(source?.id ?? 0, chance.below(2) == 0 ? nil : some, to: location, at: script.now)
      case 10:
        script.shop.adjustByHand(script.key(variants[0], at: location), by: units, at: script.now)
        script.shop.putAside(units, of: script.key(variants[1], at: location), as: .damaged, at: script.now)
      default:
        let variant = chance.pick(variants) ?? 0
        let quantity = Int64(chance.below(30))
        _ = script.set([script.row(variant, quantity, from: .null, at: location)])
        #expect(script.stock(variant, at: location).first ?? quantity == quantity)
      }
    } catch { #expect(!error.message.isEmpty) }
  }

  /// On hand is the sum of its states, and committed what the fulfillment orders have claimed.
  private func expectSums(_ script: ShopScript, _ seed: UInt64) {
    var claimed: [LevelKey: Int64] = [:]
    for id in script.shop.allOrders {
      guard let order = script.shop.order(id) else { continue }
      var remaining = Array(repeating: Int64(0), count: order.lines.count)
      for source in order.fulfillmentOrderIDs.compactMap({ script.shop.fulfillmentOrder($0) }) {
        for line in source.lines {
          remaining[line.line] += line.remaining
          #expect(line.claimed <= line.remaining && line.claimed >= 0 && line.remaining <= line.total, "seed \(seed)")
          #expect(line.remaining == 0 || source.isOpen, "seed \(seed): a closed one has \(line)")
          guard let item = order.lines[line.line].itemID else { continue }
          claimed[LevelKey(item: item, location: source.locationID), default: 0] += line.claimed
        }
      }
      #expect(order.lines.map(\.unfulfilled) == remaining, "seed \(seed)")
      for line in order.lines {
        #expect(line.unfulfilled <= line.currentQuantity && line.currentQuantity <= line.quantity, "seed \(seed)")
      }
    }
    for (key, level) in script.shop.allLevels {
      #expect(level.addsUp, "seed \(seed): \(level)")
      #expect(level.committed == claimed[key, default: 0], "seed \(seed): \(level)")
    }
  }

  @Test(arguments: UInt64(1)...15)
  func theSumsHold(_ seed: UInt64) throws {
    var script = ShopScript(seed: seed)
    var chance = Chance(state: seed)
    let variants = [
      script.add("MUG", leeds: 20, york: 5), script.add("CUP", leeds: 3, york: 9, policy: .continue),
      script.add("POT", leeds: 0),
    ]
    for topic in WebhookTopic.allCases {
      try script.shop.subscribe(to: topic, uri: "https://example.com/hook", at: script.now)
    }
    for _ in 0..<150 {
      try step(&script, variants, &chance)
      expectSums(script, seed)
      script.wait(Int64(chance.below(500)))
      for attempt in script.deliver() { #expect(JSON(bytes: attempt.body) != nil) }
    }
    #expect(script.shop.allOrders.count > 10)
  }

  /// A writer that is told of everything and compares before it writes is never found above an order.
  @Test(arguments: UInt64(1)...6)
  func aCarefulWriterIsNeverAboveAnOrder(_ seed: UInt64) throws {
    var script = ShopScript(seed: seed) {
      $0.webhooks.delay = 0...5_000
      $0.webhooks.lossPerMille = 100
    }
    var chance = Chance(state: seed)
    let mug = script.add("MUG", leeds: 500)
    try script.shop.subscribe(to: .ordersCreate, uri: "https://example.com/hook", at: script.now)
    var stale = 0
    var mirror: Int64 = 500
    for _ in 0..<200 {
      if chance.below(2) == 0 {
        try script.shop.placeOrder(
          OrderDraft(variantID: mug, quantity: 1), .decrementIgnoringPolicy, at: script.now)
      }
      script.deliver()
      script.wait(Int64(chance.below(2_000)))
      let payload = script.set([script.row(mug, mirror - 1, from: .integer(mirror))])
      if ShopScript.codes(payload).isEmpty {
        mirror -= 1
      } else {
        stale += 1
        mirror = script.read(mug) ?? 0
      }
    }
    #expect(stale > 10)
    #expect(script.shop.audit.untoldWrites.isEmpty)
  }

  // MARK: Fuzz

  private static let pieces = [
    "{", "}", "(", ")", "[", "]", ":", "$", "!", "=", "@", "|", "&", "...", "\"", "\"\"\"", "\\", "#", "\n", " ", ",",
    "query", "mutation", "fragment", "on", "shop", "node", "id", "name", "first", "after", "productVariants", "nodes",
    "Shop", "Order", "Node", "ID", "true", "null", "1", "-1", "1.5", "1e9", "99999999999999999999", "é", "\u{0}",
    "\u{feff}",
    "skip", "if", "inventorySetQuantities", "input", "gid://shopify/Order/1", "\u{1F600}", "\\u00", "\\ud800",
  ]

  /// Any text, and any served document with something in it changed, is answered.
  @Test(arguments: UInt64(1)...20)
  func noDocumentTrapsTheParser(_ seed: UInt64) {
    var chance = Chance(state: seed)
    var script = ShopScript { $0.plan = EmulatedPlan(restoreRate: 1_000_000, bucketSize: 1_000_000_000) }
    let mug = script.add("MUG", leeds: 10)
    let rows: JSON = ["input": script.input([script.row(mug, 7, from: 10)]), "key": "k"]
    for round in 0..<150 {
      var text = round % 2 == 0 ? "" : ShopScript.set
      for _ in 0...chance.below(round % 2 == 0 ? 40 : 4) {
        let piece = chance.pick(Self.pieces) ?? ""
        let place = text.index(text.startIndex, offsetBy: chance.below(text.count + 1))
        let end = text.index(place, offsetBy: chance.below(3), limitedBy: text.endIndex) ?? place
        text.replaceSubrange(place..<end, with: piece)
      }
      let answer = script.request(text, rows)
      #expect(answer.status == 200)
      #expect(answer.json["errors"] != nil || answer.json["data"] != nil, "\(text)")
    }
  }

  @Test(arguments: UInt64(1)...20)
  func noBodyTrapsTheShop(_ seed: UInt64) {
    var chance = Chance(state: seed)
    var script = ShopScript()
    let whole: JSON = ["query": .string(ShopScript.set), "variables": ["input": ["quantities": [[:]]], "key": "k"]]
    for _ in 0..<100 {
      var body = whole.bytes
      for _ in 0...chance.below(4) {
        body[chance.below(body.count)] = UInt8(chance.below(256))
        if chance.below(4) == 0 { body.removeLast(chance.below(body.count)) }
        if body.isEmpty { body = [0] }
      }
      let request = EmulatedRequest(method: "POST", path: "/admin/api/2026-04/graphql.json", body: body)
      #expect(script.shop.answer(request, at: script.now).json != .null)
    }
    let deep = Array(String(repeating: "[", count: 100_000).utf8)
    #expect(JSON(bytes: deep) == nil)
  }
}
