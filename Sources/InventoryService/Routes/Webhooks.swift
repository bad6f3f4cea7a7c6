import ChannelIntake
import HTTPTypes
import Hummingbird
import HummingbirdCore
import InventoryEngine
import Logging
import StockLedger

/// What Shopify tells, and what of it waits.
extension Route {
  static let webhooks = [
    Route(.post, "/webhooks/shopify", .anyone, shopify),
    Route(.get, "/v1/webhooks", .bearer(.read), webhookHealth),
    Route(.get, "/v1/webhooks/unjoined", .bearer(.read), unjoined),
  ]

  private static func shopify(_ call: Call) async throws -> Reply {
    let headers = try WebhookHeaders(call)
    let body = try await call.body(upTo: call.settings.webhookBodyMax)
    // Before a byte of the body is looked at. Without any shop there is nobody who could have signed.
    let accounts = call.shopify?.accounts ?? ShopifyAccounts([])
    guard let account = accounts.account(of: headers.domain, signing: body, as: headers.signature),
      let desk = call.shopify
    else { throw Problem.badSignature }
    let webhook = ShopifyWebhook(
      topic: headers.topic, event: headers.event, webhook: headers.webhook, signature: headers.signature,
      triggeredAt: headers.triggeredAt, body: body)
    let outcome: ShopifyDesk.Outcome
    do { outcome = try await desk.receive(webhook, from: account.shop) } catch let away as ShopifyClerk.Away {
      throw Problem(
        .serviceUnavailable, "storeUnavailable", "The store takes nothing now", retryAfter: away.retryAfter)
    } catch {
      call.context.logger.error("a webhook could not be kept", metadata: ["error": "\(error)"])
      throw Problem(.serviceUnavailable, "storeUnavailable", "The store takes nothing now", retryAfter: 1_000)
    }
    let topic = ShopifyTopic(rawValue: headers.topic)?.rawValue ?? "other"
    call.meters.noteWebhook(topic: topic, outcome: outcome.rawValue)
    return Reply(json: JSONWriter.object { $0.field("outcome", outcome.rawValue) })
  }

  private static func webhookHealth(_ call: Call) async throws -> Reply {
    let shop = call.caller.shop
    let health = await call.shopify?.health(of: shop)
    let waiting = await call.shopify?.unjoined(of: shop).count ?? 0
    return Reply(
      json: JSONWriter.object { json in
        if let domain = call.shopify?.accounts.account(ofShop: shop)?.shop.domain { json.field("domain", domain) }
        if let time = health?.uninstalledAt { json.field("uninstalledAt", time.description) }
        json.field("unjoined", Int64(waiting))
        json.array("topics") { json in
          for (topic, health) in health?.topics ?? [] {
            json.object { json in
              json.field("topic", topic.rawValue)
              json.field("deliveries", health.count)
              json.field("lastAt", health.lastAt.description)
            }
          }
        }
      })
  }

  private static func unjoined(_ call: Call) async throws -> Reply {
    let waiting = await call.shopify?.unjoined(of: call.caller.shop) ?? []
    return Reply(
      json: JSONWriter.object { json in
        json.field("count", Int64(waiting.count))
        json.array("unjoined") { json in
          // The oldest thousand say what is wrong; who has more than that has one mistake, not a thousand.
          for delivery in waiting.prefix(1_000) {
            json.object { json in
              json.field("topic", delivery.topic)
              json.field("event", delivery.event)
              json.field("webhook", delivery.webhook)
              if delivery.order > 0 { json.field("order", String(delivery.order)) }
              json.field("reason", delivery.reason)
              json.field("receivedAt", Timestamp(milliseconds: delivery.receivedAt).description)
            }
          }
        }
      })
  }
}

/// What Shopify says beside the body.
private struct WebhookHeaders {
  let topic: String
  let domain: String
  let signature: String
  let webhook: String
  let event: String
  let triggeredAt: Timestamp?

  init(_ call: Call) throws(Problem) {
    topic = try Self.value("X-Shopify-Topic", call)
    domain = try Self.value("X-Shopify-Shop-Domain", call)
    signature = try Self.value("X-Shopify-Hmac-Sha256", call)
    webhook = try Self.value("X-Shopify-Webhook-Id", call)
    event = try Self.value("X-Shopify-Event-Id", call)
    triggeredAt = HTTPField.Name("X-Shopify-Triggered-At").flatMap { call.request.headers[$0] }
      .flatMap { Timestamp(iso8601: $0) }
  }

  /// A header of 1 to 256 bytes: the longest of Shopify's is a domain.
  private static func value(_ name: String, _ call: Call) throws(Problem) -> String {
    let text = HTTPField.Name(name).flatMap { call.request.headers[$0] } ?? ""
    guard (1...256).contains(text.utf8.count) else { throw .malformedField(name, "1 to 256 bytes are needed") }
    return text
  }
}

extension Problem {
  /// The one answer to a signature that is not of a shop served here, whatever the reason.
  fileprivate static let badSignature = Problem(
    .unauthorized, "badSignature", "The signature is not of a shop known here")
}
