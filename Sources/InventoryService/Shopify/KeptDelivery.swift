import ChannelIntake
import FoundationEssentials
import StockLedger

/// A webhook that could not be applied when it came, kept until it can be.
struct KeptDelivery: Sendable, Codable {
  /// Its number here, counted up.
  let number: Int64
  let shop: String
  let topic: String
  /// Shopify's name of the event, and of the delivery.
  let event: String
  let webhook: String
  /// The order that it is about; 0 where it says none.
  var order: Int64
  /// Milliseconds since 1970.
  let receivedAt: Int64
  /// The first reason, and any further ones.
  var reason: String
  let body: Data

  /// In the place of a topic: an order that was read, not told of.
  static let read = "orders/read"

  /// What it says of lines; nil where it cannot be read, or says nothing of them.
  func lines(of shop: ShopifyShop) -> [ShopifyLine]? {
    if topic == Self.read { return try? ShopifyOrderNode(body: Array(body)).lines(of: shop) }
    guard let topic = ShopifyTopic(rawValue: topic),
      case .lines(_, let lines)? = try? ShopifyMessage(topic, body: Array(body), of: shop)
    else { return nil }
    return lines
  }

  /// Who sends the same again is the same.
  func isSame(as other: KeptDelivery) -> Bool {
    shop == other.shop && topic == other.topic && event == other.event && body == other.body
  }
}

/// A line of the file that keeps what has to outlive the process: each says one thing, later lines win.
enum KeptLine: Codable, Sendable {
  /// A webhook waits.
  case kept(KeptDelivery)
  /// It was applied, or given up.
  case over(Int64)
  /// A variant's SKU, learned from an order line.
  case variant(shop: String, id: Int64, sku: String)
  /// The app was taken out of the shop; at 0 it is back.
  case uninstalled(shop: String, at: Int64)

  var bytes: [UInt8] {
    get throws { Array(try JSONEncoder().encode(self)) }
  }

  init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(KeptLine.self, from: Data(bytes)) }
}

/// Where lines are kept that must outlive the process.
public protocol KeptLines: Sendable {
  /// All whole lines, in the order in which they were appended; a last line that was torn by a crash is not one.
  func all() async throws -> [[UInt8]]
  /// Appends lines; they are on the disk when it returns.
  func append(_ lines: [[UInt8]]) async throws
  /// Puts other lines in the place of all; a crash leaves the old or the new.
  func replace(with lines: [[UInt8]]) async throws
}
