/// Bounds of calls to one shop; times in milliseconds.
public struct ShopifyClientSettings: Hashable, Sendable {
  /// How long one call may take, from its first byte to the answer's last. Shopify itself gives up after ten seconds.
  public var callMax: Int64 = 15_000
  /// How long a call may wait for points before it is told when it may come back: the publisher has a queue of its own,
  /// and knows by then what is more urgent.
  public var patience: Int64 = 2_000
  /// Bytes of an answer: 250 variants with long names have 200 KB.
  public var bodyMax = 4_194_304
  /// Bounds of bulk reads.
  public var bulk = BulkReadSettings()

  /// What suits Shopify.
  public init() {}
}
