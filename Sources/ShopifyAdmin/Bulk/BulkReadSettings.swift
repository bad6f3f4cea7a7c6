/// Bounds of bulk reads; times in milliseconds.
public struct BulkReadSettings: Hashable, Sendable {
  /// The first wait for a result; each further one is twice as long.
  public var pollFirst: Int64 = 500
  /// The longest wait between two looks: a read of a million rows takes minutes.
  public var pollMax: Int64 = 5_000
  /// How long a result is waited for. Shopify itself ends reads that go on for days.
  public var patience: Int64 = 7_200_000
  /// Rows that are handed on at once.
  public var pieceSize = 1_000
  /// Bytes of one line; ours have some hundred.
  public var lineMax = 1_048_576
  /// Tries in a row that bring no byte of a result, before it is given up.
  public var triesMax = 5

  /// What suits Shopify.
  public init() {}
}
