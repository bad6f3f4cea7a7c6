import StockLedger

/// How much may still be asked now: a bucket that fills at a rate, and is never fuller than its burst. A pure machine.
///
/// What is larger than the burst is taken from a full bucket, and leaves a debt that is waited for: otherwise it could
/// never be asked.
struct TokenBucket: Sendable {
  /// Tokens a second.
  let rate: Int64
  /// Tokens when it is full.
  let burst: Int64
  /// Thousandths of a token, so that a millisecond brings a whole number of them; below 0 a debt.
  private var level: Int64
  private var filledAt: Timestamp

  /// A full bucket.
  init(rate: Int64, burst: Int64?, now: Timestamp) {
    self.rate = rate
    self.burst = burst ?? rate * 2
    level = self.burst * 1_000
    filledAt = now
  }

  /// Takes tokens.
  ///
  /// - Returns: Nil, or the milliseconds after which they are there; nothing is taken then.
  mutating func take(_ count: Int64, at now: Timestamp) -> Int64? {
    fill(at: now)
    let needed = min(count, burst) * 1_000
    guard level >= needed else { return (needed - level + rate - 1) / rate }
    level -= count * 1_000
    return nil
  }

  /// Whole tokens that are there, and the milliseconds until it is full.
  mutating func standing(at now: Timestamp) -> (left: Int64, fullIn: Int64) {
    fill(at: now)
    return (max(0, level / 1_000), (burst * 1_000 - level + rate - 1) / rate)
  }

  private mutating func fill(at now: Timestamp) {
    guard now > filledAt else { return }
    let missing = burst * 1_000 - level
    let (brought, over) = (now.milliseconds - filledAt.milliseconds).multipliedReportingOverflow(by: rate)
    level += over ? missing : min(missing, brought)
    filledAt = now
  }
}
