/// The last count of units on hand, as it was told.
public struct LastCount: Hashable, Sendable {
  /// Units counted.
  public var units: Int64
  /// The time the count is true for.
  public var asOf: Timestamp
  /// Who counted.
  public var source: SourceID
  /// Adjustments that happened after it: on hand is the count and these.
  public var laterAdjustments: Int
}

extension SourceBook {
  /// The last count, which is what an export writes; nil where nobody has counted.
  public var lastCount: LastCount? {
    guard hasRecords, let count = records.onHand.count else { return nil }
    return LastCount(
      units: count.units, asOf: count.asOf, source: count.source, laterAdjustments: records.onHand.adjustments.count)
  }
}
