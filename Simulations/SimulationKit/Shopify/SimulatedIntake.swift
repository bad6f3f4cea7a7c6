import ChannelIntake
import InventoryEngine
import ShopifyEmulatorCore
import StockLedger

/// Delivers the emulated shop's webhooks, one after the other, to whoever is alive.
struct SimulatedCourier: Sendable {
  let front: SimulatedShopfront
  /// How often it looks for what is due, in milliseconds.
  var period: Int64 = 20
  /// Answers a status; nil where nobody answers.
  let deliver: @Sendable (WebhookAttempt) async -> Int?

  func run() async {
    while !Task.isCancelled {
      let attempts = front.with { shop, now in shop.takeWebhooks(at: now) }
      for attempt in attempts {
        let status = await deliver(attempt)
        front.with { shop, now in shop.noteWebhook(attempt.id, status: status, at: now) }
      }
      do { try await front.clock.sleep(until: front.clock.now + period) } catch { return }
    }
  }
}

/// What a service's webhook desk does, without its memory on the disk: what cannot be applied is asked for again.
struct SimulatedIntake: Sendable {
  let front: SimulatedShopfront
  let shop: ShopifyShop
  let engine: InventoryEngine
  let publisher: ChannelPublisher
  let books: TradeBooks

  func receive(_ attempt: WebhookAttempt) async -> Int? {
    guard let topic = ShopifyTopic(rawValue: attempt.topic.rawValue) else { return 200 }
    do {
      switch try ShopifyMessage(topic, body: attempt.body, of: shop) {
      case .uninstalled: return 200
      case .signal(let key, _):
        if topic == .inventoryLevelsUpdate { await hint(key, body: attempt.body) }
        return 200
      case .lines(_, let lines):
        let status = await apply(lines)
        if topic == .refundsCreate && status == 200 { await tell(restocks: lines) }
        return status
      }
    } catch {
      books.fault("a webhook cannot be read: \(error)")
      return 200
    }
  }

  /// All of an order that stock depends on; no order of a simulated shop has more of anything.
  private static let order = """
    query($id: ID!) {
      order(id: $id) {
        id createdAt updatedAt cancelledAt sourceName retailLocation { id } customAttributes { key value }
        lineItems(first: 2) {
          nodes { id sku quantity currentQuantity unfulfilledQuantity isGiftCard variant { id } }
          pageInfo { hasNextPage endCursor }
        }
        refunds(first: 8) {
          id createdAt
          refundLineItems(first: 2) {
            nodes { id quantity restockType lineItem { id } location { id } } pageInfo { hasNextPage endCursor }
          }
        }
        fulfillments(first: 4) {
          id status createdAt location { id }
          fulfillmentLineItems(first: 2) { nodes { quantity lineItem { id } } pageInfo { hasNextPage endCursor } }
        }
        fulfillmentOrders(first: 16) {
          nodes {
            id status createdAt updatedAt assignedLocation { location { id } }
            lineItems(first: 2) {
              nodes { totalQuantity remainingQuantity lineItem { id } } pageInfo { hasNextPage endCursor }
            }
          }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
    """

  /// An order as reconciliation finds it: read from Shopify whole.
  func find(_ order: Int64) async {
    let id = JSON.string(GlobalID("Order", order).description)
    let body: JSON = ["query": .string(Self.order), "variables": ["id": id]]
    let request = EmulatedRequest(
      method: "POST", path: "/admin/api/2026-04/graphql.json", accessToken: "token", body: body.bytes)
    for _ in 0..<60 {
      let answer = front.answer(request)
      if answer.status == 200, answer.ending == .answered, let found = answer.json["data"]?["order"] {
        do {
          let node = try ShopifyOrderNode(body: found.bytes)
          if node.fulfillmentOrders.pageInfo.hasNextPage { books.fault("order \(order) has more than is read") }
          let lines = node.lines(of: shop)
          if await apply(lines) == 200 { return await tell(restocks: lines) }
        } catch { return books.fault("order \(order) cannot be read: \(error)") }
      }
      try? await front.clock.sleep(until: front.clock.now + 1_000)
    }
    books.fault("order \(order) cannot be found")
  }

  private func apply(_ lines: [ShopifyLine]) async -> Int {
    let engine = engine
    let ledger = ShopifyClerk.Ledger(
      submit: { await engine.submit($0) }, places: { await engine.places(of: $0, item: $1) },
      reserved: { await engine.location(holding: $0, item: $1) })
    do {
      let clerk = ShopifyClerk(ledger, shop: shop, now: front.clock.now)
      let outcome = try await clerk.apply(lines) { variant in
        front.variants.first { $0.id == variant }?.keys[0].sku
      }
      if outcome.reasons.isEmpty { return 200 }
      books.count("waits: \(outcome.reasons[0])")
    } catch { books.count("away") }
    return 503
  }

  private func hint(_ name: String, body: [UInt8]) async {
    let parts = name.split(separator: "/").compactMap { Int64($0) }
    guard parts.count == 2, let key = front.key(item: parts[0], location: parts[1]) else { return }
    await publisher.hint(key, available: JSON(bytes: body)?["available"]?.integer)
  }

  private func tell(restocks lines: [ShopifyLine]) async {
    for line in lines {
      for (id, refund) in line.facts.refunds.sorted(by: { $0.key < $1.key }) where refund.restock == .comesBack {
        guard let variant = front.variants.first(where: { $0.id == line.variant }),
          let place = refund.location.flatMap({ front.locationIDs.firstIndex(of: $0) }),
          let units = Quantity(refund.units)
        else { continue }
        await publisher.restocked(
          variant.keys[place], units: units, document: Identifier("\(id)") ?? .none, madeAt: refund.time)
      }
    }
  }
}
