import ChannelIntake
import FoundationEssentials
import InventoryEngine
import Logging
import StockLedger

// Orders that were read from Shopify, for what its webhooks did not tell.

extension ShopifyDesk {
  /// What came of an order that was read.
  struct TakenOrder: Sendable {
    /// Keys whose units of its lines are others than before.
    var changed: [StockKey] = []
    /// True where some of it waits, or it cannot be read: it is kept, and shown with the webhooks that wait.
    var isKept = false
  }

  /// Applies an order that was read, in the turns of its webhooks and by their rules.
  ///
  /// - Parameter time: Refunds of before are not looked for at Shopify.
  /// - Throws: As ``receive(_:from:)``: then it has to be read again.
  func take(_ reading: ShopifyOrderReading, of shop: ShopifyShop, since time: Timestamp) async throws -> TakenOrder {
    switch reading {
    case .read(let order): try await take(order, of: shop, since: time)
    case .unreadable(let order, let why): try await keep(unreadable: order, of: shop, because: why)
    }
  }

  private func take(
    _ order: ShopifyOrderNode, of shop: ShopifyShop, since time: Timestamp
  ) async throws -> TakenOrder {
    let lines = order.lines(of: shop)
    let claims = ClaimsSeen()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let name = "\(order.number)/\(order.changedAt)"
    let found = ShopifyWebhook(reading: name, body: Array(try encoder.encode(order)))
    let outcome = try await inTurn(of: order.number, shop) {
      try await apply(lines, found, of: shop, order: order.number, noting: claims)
    }
    await tell(restocks: lines.map { $0.since(time) }, of: shop, isFound: true)
    return TakenOrder(changed: await claims.changed, isKept: outcome == .kept)
  }

  private func keep(
    unreadable order: Int64, of shop: ShopifyShop, because why: ShopifyBodyError
  ) async throws -> TakenOrder {
    logger.error("an order cannot be read", metadata: ["order": "\(order)", "error": "\(why)"])
    _ = try await inTurn(of: order, shop) {
      try await keep(
        ShopifyWebhook(reading: "\(order)", body: []), of: shop, order: order, because: "malformedBody")
    }
    return TakenOrder(isKept: true)
  }
}

extension ShopifyWebhook {
  /// In the place of a webhook, an order that was read.
  fileprivate init(reading name: String, body: [UInt8]) {
    self.init(topic: KeptDelivery.read, event: name, webhook: name, signature: "", triggeredAt: nil, body: body)
  }
}

extension ShopifyLine {
  /// With the refunds of a time or later only.
  fileprivate func since(_ time: Timestamp) -> ShopifyLine {
    var line = self
    line.facts.refunds = facts.refunds.filter { $0.value.time >= time }
    return line
  }
}
