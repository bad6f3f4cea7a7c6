/// How often a shop is looked at, and what is believed. Times are milliseconds.
public struct ReconciliationSettings: Sendable {
  /// From the end of a look to the start of the next; nil = only when asked.
  public var period: Int64? = 900_000
  /// Between the first look at a channel's number and the second: what was on its way has arrived by then.
  public var secondLookAfter: Int64 = 15_000
  /// How far back orders are read by the first look of a run; later ones go on where the last ended.
  public var ordersLookBack: Int64 = 86_400_000
  /// Orders that changed so long before the last look's end are read again: lists lag behind.
  public var ordersOverlap: Int64 = 120_000
  /// A claim without a name is a person's edit when it is older than this, and all orders since have been seen.
  public var unnamedAfter: Int64 = 300_000
  /// A count older than this is told as stale; nil where counts may be of any age.
  public var countAgeMax: Int64? = 7 * 86_400_000
  /// The most by which a source's snapshot may be smaller than what it has reported so far, in thousandths.
  public var maxShrinkPerMille: Int64 = 200
  /// Bits that tell reconcilers of one engine and shop apart, where there are several: names of reports differ by it.
  public var nonce: UInt64 = 0
  /// What may be mended without asking.
  public var mending = MendingPolicy()

  /// The defaults.
  public init() {}
}
