import ChannelIntake
import Crypto
import Foundation
import InventoryEngine
import Logging
import StockLedger

@testable import InventoryService

/// Shopify as the tests play it: its own sample bodies, changed where a test says so, and signed for real.
struct ShopifyRig: Sendable {
  static let domain = "mugs.myshopify.com"
  static let secret = "shpss_now"
  static let oldSecret = "shpss_before"

  /// The shop of the samples: two of its locations are known here.
  static var shop: ShopifyShop {
    var shop = ShopifyShop(name: "shop", domain: domain)
    shop.locations = [655_441_491: "ottawa", 487_838_322: "louisville", 24_826_418: "main"]
    shop.defaultLocation = "main"
    return shop
  }

  static var account: ShopifyAccount { ShopifyAccount(shop: shop, secret: secret, previousSecret: oldSecret) }

  /// A desk for the rig's shop, and others.
  static func desk(
    _ accounts: [ShopifyAccount] = [account], store: any KeptLines = MemoryLines(),
    signals: (any ShopifySignals)? = nil
  ) -> @Sendable (InventoryEngine, any EngineClock) async throws -> ShopifyDesk {
    { engine, clock in
      try await ShopifyDesk(
        accounts: accounts, engine: engine, clock: clock, store: store, signals: signals,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
  }

  static func signature(of body: [UInt8], secret: String = secret) -> String {
    Data(HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(secret.utf8))))
      .base64EncodedString()
  }

  /// One of Shopify's samples.
  static func sample(_ name: String) throws -> ShopifyBody {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Samples/shopify/\(name).json"
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    return ShopifyBody(members: object as? [String: Any] ?? [:])
  }
}

/// A body on its way to be sent: a sample, with members changed.
struct ShopifyBody {
  var members: [String: Any]

  subscript(name: String) -> Any? {
    get { members[name] }
    set { members[name] = newValue ?? NSNull() }
  }

  /// With the member of every object of a list that has an id changed by it.
  func with(_ changes: [String: Any]) -> ShopifyBody {
    ShopifyBody(members: members.merging(changes) { $1 })
  }

  var bytes: [UInt8] {
    get throws { Array(try JSONSerialization.data(withJSONObject: members, options: [.sortedKeys])) }
  }
}

/// Lines that are kept for as long as a test lasts.
actor MemoryLines: KeptLines {
  private(set) var lines: [[UInt8]] = []
  private var isBroken = false

  func all() -> [[UInt8]] { lines }

  private struct Broken: Error {}

  func append(_ more: [[UInt8]]) throws {
    if isBroken { throw Broken() }
    lines += more
  }

  func replace(with all: [[UInt8]]) throws {
    if isBroken { throw Broken() }
    lines = all
  }

  /// From now on nothing can be written.
  func breakDown() { isBroken = true }
}

/// What a shop at Shopify did with one order, and the webhooks that tell of it. Every body is one of Shopify's samples
/// with this order in it.
struct ShopifyOrder {
  struct Line {
    var id: Int64
    var sku: String
    var units: Int64
    /// Units taken out by edits.
    var removed: Int64 = 0
    /// Units that a parcel may still take, where the body says it.
    var fulfillable: Int64?
    var variant: Int64 = 39_072_856
  }
  struct Refund {
    var id: Int64
    var line: Int64
    var units: Int64
    var type: String
    var location: Int64?
  }
  struct Parcel {
    var id: Int64
    var line: Int64
    var units: Int64
    var location: Int64?
    var status = "success"
  }

  var id: Int64 = 820_982_911_946_154_508
  var lines: [Line]
  var refunds: [Refund] = []
  var parcels: [Parcel] = []
  var cancelledAt: String?
  var token = "bd5a8aa1ecd019dd3520ff791ee3a24c"
  /// Minutes since the order was placed: every change takes one.
  var minutes = 0

  static let placedAt = "2026-01-10T11:00:00-05:00"

  static func time(_ minutes: Int) -> String {
    String(format: "2026-01-10T%02d:%02d:00-05:00", 11 + minutes / 60, minutes % 60)
  }

  private func line(_ line: Line, units: Int64) throws -> [String: Any] {
    let gone = line.removed + refunds.filter { $0.line == line.id }.reduce(0) { $0 + $1.units }
    let samples = try ShopifyRig.sample("order")["line_items"] as? [[String: Any]] ?? []
    return (samples.first ?? [:]).merging([
      "id": line.id, "sku": line.sku, "quantity": units, "current_quantity": line.units - gone,
      "variant_id": line.variant, "fulfillable_quantity": line.fulfillable ?? NSNull(),
    ]) { $1 }
  }

  /// The whole order, as every webhook about it carries it.
  func body() throws -> ShopifyBody {
    try ShopifyRig.sample("order").with([
      "id": id, "created_at": Self.placedAt, "updated_at": Self.time(minutes),
      "cancelled_at": cancelledAt ?? NSNull(), "checkout_token": token,
      "line_items": try lines.map { try line($0, units: $0.units) },
      "refunds": try refunds.map { try refund($0).members },
      "fulfillments": try parcels.map { try parcel($0).members },
    ])
  }

  func refund(_ refund: Refund) throws -> ShopifyBody {
    let sample = try ShopifyRig.sample("refund")
    let of = try lines.first { $0.id == refund.line }.map { try line($0, units: $0.units) } ?? [:]
    let row = ((sample["refund_line_items"] as? [[String: Any]])?.first ?? [:]).merging([
      "id": refund.id + 1, "line_item_id": refund.line, "quantity": refund.units, "restock_type": refund.type,
      "location_id": refund.location ?? NSNull(), "line_item": of,
    ]) { $1 }
    return sample.with([
      "id": refund.id, "order_id": id, "created_at": Self.time(30), "refund_line_items": [row],
    ])
  }

  func parcel(_ parcel: Parcel) throws -> ShopifyBody {
    let held = try lines.filter { $0.id == parcel.line }.map { try line($0, units: parcel.units) }
    return try ShopifyRig.sample("fulfillment").with([
      "id": parcel.id, "order_id": id, "status": parcel.status, "created_at": Self.time(40),
      "location_id": parcel.location ?? NSNull(), "line_items": held,
    ])
  }

  /// A fulfillment order of one line, as routing leaves it, or as it was made of another one by a move.
  func routed(
    _ fulfillmentOrder: Int64, _ line: Line, units: Int64, to location: Int64,
    from original: (fulfillmentOrder: Int64, location: Int64)? = nil, minute: Int = 1
  ) throws -> ShopifyBody {
    let sample = try ShopifyRig.sample("fulfillment-order-moved")
    var moved = sample["moved_fulfillment_order"] as? [String: Any] ?? [:]
    let row = ((moved["line_items"] as? [[String: Any]])?.first ?? [:]).merging([
      "line_item_id": line.id, "quantity": units, "fulfillable_quantity": units, "variant_id": line.variant,
    ]) { $1 }
    moved.merge([
      "id": fulfillmentOrder, "order_id": id, "assigned_location_id": location, "line_items": [row],
      "updated_at": Self.time(minute),
    ]) { $1 }
    guard let original else { return ShopifyBody(members: moved) }
    // Closed and empty, as in the sample.
    var closed = sample["original_fulfillment_order"] as? [String: Any] ?? [:]
    closed.merge([
      "id": original.fulfillmentOrder, "order_id": id, "assigned_location_id": original.location,
      "updated_at": Self.time(minute),
    ]) { $1 }
    return ShopifyBody(members: ["original_fulfillment_order": closed, "moved_fulfillment_order": moved])
  }
}

/// The process's clock, set to the days of Shopify's samples: a webhook of long ago is passed over.
struct SampleClock: EngineClock {
  private let clock = SystemClock()
  private let shift: Int64

  init() throws {
    let then = try Date("2026-01-12T12:00:00Z", strategy: .iso8601)
    shift = Int64(then.timeIntervalSince1970 * 1_000) - clock.now.milliseconds
  }

  var now: Timestamp { clock.now + shift }

  func sleep(until deadline: Timestamp) async throws { try await clock.sleep(until: deadline - shift) }
}

extension HTTPCaller.Answer {
  /// What was made of a webhook.
  var outcome: String? { json["outcome"] as? String }
}

extension HTTPCaller {
  /// Sends a webhook as Shopify does.
  @discardableResult
  func webhook(
    _ topic: String, _ body: ShopifyBody, event: String? = nil, webhook: String = "w-1",
    secret: String = ShopifyRig.secret, domain: String = ShopifyRig.domain
  ) async throws -> Answer {
    try await self.webhook(
      topic, bytes: try body.bytes, event: event, webhook: webhook, secret: secret, domain: domain)
  }

  /// Sends bytes as a webhook, signed for real.
  @discardableResult
  func webhook(
    _ topic: String, bytes: [UInt8], event: String? = nil, webhook: String = "w-1",
    secret: String = ShopifyRig.secret, domain: String = ShopifyRig.domain
  ) async throws -> Answer {
    try await call(
      "POST", "/webhooks/shopify",
      [
        "x-shopify-topic": topic, "X-SHOPIFY-SHOP-DOMAIN": domain, "X-Shopify-API-Version": "2026-04",
        "X-Shopify-Hmac-Sha256": ShopifyRig.signature(of: bytes, secret: secret), "X-Shopify-Webhook-Id": webhook,
        "X-Shopify-Event-Id": event ?? UUID().uuidString, "X-Shopify-Triggered-At": "2026-01-10T16:00:00.123456789Z",
      ], bytes)
  }

  /// Open, allocated and the number that may be sold, of a SKU at a location.
  func numbers(_ sku: String, _ location: String = "main") async throws -> [Int?] {
    let answer = try await get("/v1/stock/\(sku)/\(location)")
    return [answer.number("open"), answer.number("allocated"), answer.number("availableToSell")]
  }
}
