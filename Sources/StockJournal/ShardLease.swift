public import StockLedger

/// How long an owner may believe that a shard is its own, by its own clock.
///
/// A confirmation counts from when its question was *sent*: the store's lease started later than that, so the owner
/// stops first. Leases are for liveness; safety is the check at each append.
public struct ShardLease: Hashable, Sendable {
  /// When the question that was confirmed last was sent.
  public private(set) var confirmedAt: Timestamp

  /// A lease that a claim or an append began.
  public init(confirmedAt: Timestamp) { self.confirmedAt = confirmedAt }

  /// Takes a confirmation of what was sent at a time; an older one than the last changes nothing.
  public mutating func confirm(sentAt time: Timestamp) { confirmedAt = max(confirmedAt, time) }

  /// How long ago the last confirmation was, in milliseconds; 0 until ``LeaseTimes/selfStop`` has passed.
  public func unconfirmedFor(at now: Timestamp, _ times: LeaseTimes) -> Int64 {
    let (age, over) = now.milliseconds.subtractingReportingOverflow(confirmedAt.milliseconds)
    if over { return .max }
    return age < times.selfStop ? 0 : age
  }
}

/// The times of a lease, in milliseconds.
public struct LeaseTimes: Hashable, Sendable {
  /// How long a lease lives in the store without a renewal.
  public var lease: Int64
  /// After so long without a confirmation the owner no longer counts on it: enough before ``lease`` that a slow clock
  /// does not matter.
  public var selfStop: Int64
  /// A shard without appends renews this often.
  public var renewal: Int64

  /// Times of a lease.
  public init(lease: Int64 = 10_000, selfStop: Int64 = 7_000, renewal: Int64 = 2_500) {
    self.lease = lease
    self.selfStop = selfStop
    self.renewal = renewal
  }
}
