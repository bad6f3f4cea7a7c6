import StockLedger

/// What an app may still spend on a shop, by what Shopify itself says of its bucket: a pure machine.
///
/// The bucket's size and rate are never assumed: before the first answer every call may go. Points of calls that are
/// out are taken off until their answers come, whether Shopify has counted them yet or not, so that we wait rather
/// than are refused. Reads leave room for writes: a sell-out is never kept waiting by a read.
struct PointBudget: Hashable, Sendable {
  /// What a call is for.
  enum Purpose: Hashable, Sendable { case write, read }

  /// Room that reads leave, in points: ten writes of ten points each, more than the publisher has out at once.
  static let writeReserve: Int64 = 100
  /// No bucket is that large: a number beyond it is a mistake that must not overflow here.
  private static let pointsMax = 1_000_000_000_000.0

  /// More than any call costs: sums of it do not overflow.
  private static let costMax: Int64 = 1_000_000_000

  private struct Bucket: Hashable {
    let maximum: Int64
    let available: Int64
    let restoreRate: Int64
    let seenAt: Timestamp
  }

  private var bucket: Bucket?
  /// Points of calls whose answers are awaited.
  private var awaited: Int64 = 0
  private var closedUntil = Timestamp.distantPast

  /// When a call may leave; nil for now, and its points are set aside until ``settle(_:status:at:)``.
  mutating func admit(_ cost: Int64, for purpose: Purpose, at now: Timestamp) -> Timestamp? {
    if let time = opening(for: cost, purpose, at: now) { return time }
    awaited = min(awaited + min(cost, Self.costMax), Self.costMax)
    return nil
  }

  /// When there will be enough for a call, if nobody else calls; nil for now.
  func opening(for cost: Int64, _ purpose: Purpose, at now: Timestamp) -> Timestamp? {
    if now < closedUntil { return closedUntil }
    guard let bucket else { return nil }
    let wanted = min(cost, Self.costMax) + (purpose == .read ? Self.writeReserve : 0)
    // Of a bucket that never holds so much all that it holds must do: Shopify has the last word.
    let missing = (min(wanted, bucket.maximum) + awaited) * 1_000 - thousandths(in: bucket, at: now)
    if missing <= 0 { return nil }
    return now + (missing + bucket.restoreRate - 1) / bucket.restoreRate
  }

  /// What is in the bucket: a millisecond brings so many thousandths as a second brings points.
  private func thousandths(in bucket: Bucket, at now: Timestamp) -> Int64 {
    let passed = max(0, now.milliseconds - bucket.seenAt.milliseconds)
    let (restored, over) = passed.multipliedReportingOverflow(by: bucket.restoreRate)
    let most = bucket.maximum * 1_000
    return over || restored > most ? most : min(most, bucket.available * 1_000 + restored)
  }

  /// Takes a call's answer: its points are set aside no longer, and the bucket is what Shopify says.
  mutating func settle(_ cost: Int64, status: AdminCost.ThrottleStatus?, at now: Timestamp) {
    awaited = max(0, awaited - cost)
    guard let status else { return }
    bucket = Bucket(
      maximum: Self.points(status.maximumAvailable, atLeast: 1),
      available: Self.points(status.currentlyAvailable, atLeast: 0),
      restoreRate: Self.points(status.restoreRate, atLeast: 1), seenAt: now)
  }

  /// No call leaves before a time.
  mutating func close(until time: Timestamp) { closedUntil = max(closedUntil, time) }

  private static func points(_ number: Double, atLeast least: Double) -> Int64 {
    number.isNaN ? Int64(least) : Int64(min(max(number, least), pointsMax))
  }
}
