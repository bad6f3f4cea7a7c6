public import ChannelIntake
public import StockLedger

/// Something of Shopify's own changed: a reason to read it there. Its numbers are never taken from a webhook, because
/// its body is built later than what it tells of.
public struct ShopifySignal: Hashable, Sendable {
  /// Our name of the shop.
  public let shop: String
  /// What changed.
  public let topic: ShopifyTopic
  /// Which: `item/location` of an inventory level, else an id of Shopify's: of a restock the refund's line.
  public let key: String
  /// When it came here.
  public let receivedAt: Timestamp
  /// What came back, by Shopify's books; only of ``ChannelIntake/ShopifyTopic/refundsCreate``.
  public var restock: ShopifyRestock?
}

/// Units that a refund put back on sale at Shopify. Ours come back when who receives them counts them.
public struct ShopifyRestock: Hashable, Sendable {
  /// The SKU that the line carries; nil where it carries none.
  public let sku: String?
  /// The variant.
  public let variant: Int64?
  /// Units, 1 to 10^9.
  public let units: Int64
  /// Shopify's location; nil where it is not said.
  public let location: Int64?
  /// When it was refunded, by Shopify's clock.
  public let madeAt: Timestamp
  /// True where a read of the order found it: its webhook may have been counted, or may still come, so that the number
  /// is looked at and nothing is counted.
  public var isFound = false
}

/// Who wants to hear that something changed at Shopify: what publishes there, and what reconciles.
public protocol ShopifySignals: Sendable {
  /// Told once for each webhook, before it is answered: what takes long is done elsewhere.
  func changed(_ signal: ShopifySignal) async
}
