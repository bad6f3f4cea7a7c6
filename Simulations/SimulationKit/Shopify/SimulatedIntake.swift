import ChannelIntake
import InventoryEngine
import ShopifyEmulatorCore
import StockLedger

/// Delivers the emulated shop's webhooks, one after the other, to whoever is alive.
struct SimulatedCourier: Sendable {
  let front: SimulatedShopfront
  /// Answers a status; nil where nobody answers.
  let deliver: @Sendable (WebhookAttempt) async -> Int?

  func run() async {
    while !Task.isCancelled {
      let attempts = front.with { shop, now in shop.takeWebhooks(at: now) }
      for attempt in attempts {
        let status = await deliver(attempt)
        front.with { shop, now in shop.noteWebhook(attempt.id, status: status, at: now) }
      }
      do { try await front.clock.sleep(until: front.clock.now + 20) } catch { return }
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

  /// An order as reconciliation finds it: read from Shopify whole.
  func find(_ order: Int64) async {
    let request = EmulatedRequest(
      method: "GET", path: "/admin/api/2026-04/orders/\(order).json", accessToken: "token", body: [])
    for _ in 0..<20 {
      let answer = front.answer(request)
      if answer.status == 200, answer.ending == .answered, let body = answer.json["order"] {
        do {
          guard case .lines(_, let lines) = try ShopifyMessage(.ordersUpdated, body: body.bytes, of: shop) else {
            return
          }
          if await apply(lines) == 200 { return }
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
