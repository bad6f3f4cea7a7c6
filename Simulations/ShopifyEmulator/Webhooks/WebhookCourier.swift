import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ShopifyEmulatorCore

/// Carries webhooks to their subscribers: when they are due, in the order of their time, so many at once.
///
/// A redirect is an answer that is no success, as with the real one.
struct WebhookCourier: Sendable {
  /// What is read of an answer: subscribers say nothing that anybody looks at.
  private static let answerBytesMax = 65_536

  let shop: LiveShop
  let client: HTTPClient
  let settings: EmulatorServer.Settings

  /// Runs until the task is cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      var out = 0
      while !Task.isCancelled {
        // Who is done is counted only when all places are taken: until then a place more is there for the asking.
        if out >= settings.deliveriesMax {
          await group.next()
          out -= 1
        }
        for attempt in await shop.due(limit: settings.deliveriesMax - out) {
          group.addTask { await deliver(attempt) }
          out += 1
        }
      }
    }
  }

  private func deliver(_ attempt: WebhookAttempt) async {
    let status = await status(of: attempt)
    await shop.turn { shop, now in shop.noteWebhook(attempt.id, status: status, at: now) }
  }

  /// What the subscriber answered in time; nil for nothing.
  private func status(of attempt: WebhookAttempt) async -> Int? {
    var request = HTTPClientRequest(url: attempt.uri)
    request.method = .POST
    for header in attempt.headers { request.headers.add(name: header.name, value: header.value) }
    request.headers.add(
      name: WebhookSignature.header, value: WebhookSignature.text(of: attempt.body, secret: settings.secret))
    request.headers.add(name: "User-Agent", value: "Shopify-Captain-Hook")
    request.body = .bytes(ByteBuffer(bytes: attempt.body))
    guard let answer = try? await client.execute(request, timeout: .nanoseconds(settings.answerNanoseconds)) else {
      return nil
    }
    // The rest is read so that the connection can be used again; what it says makes no difference.
    _ = try? await answer.body.collect(upTo: Self.answerBytesMax)
    return Int(answer.status.code)
  }
}
