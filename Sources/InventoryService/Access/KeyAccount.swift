import HTTPTypes
import StockLedger
import Synchronization

/// What the service remembers of a key while it runs: how much it may ask now, and what it holds.
final class KeyAccount: Sendable {
  let limits: KeyLimits
  /// Nil where the key may hold what there is.
  let holds: HoldBook?
  private let bucket: Mutex<TokenBucket?>

  init(_ limits: KeyLimits, now: Timestamp) {
    self.limits = limits
    holds = HoldBook(limits)
    bucket = Mutex(limits.rate.map { TokenBucket(rate: $0, burst: limits.burst, now: now) })
  }

  /// Lets so many requests be asked, or says when they may be.
  func spend(_ count: Int, at now: Timestamp) throws(Problem) {
    if let wait = bucket.withLock({ $0?.take(Int64(count), at: now) }) { throw .rateLimited(retryAfter: wait) }
  }

  /// What a client reads of its rate, as draft-ietf-httpapi-ratelimit-headers-10 writes it; none without a rate.
  ///
  /// `t` is when all of the quota is there again.
  func fields(at now: Timestamp) -> HTTPFields {
    bucket.withLock { bucket in
      guard let (left, fullIn) = bucket?.standing(at: now), let bucket else { return [:] }
      let window = (bucket.burst + bucket.rate - 1) / bucket.rate
      return [
        .rateLimitPolicy: "\"key\";q=\(bucket.burst);w=\(window)",
        .rateLimit: "\"key\";r=\(left);t=\((fullIn + 999) / 1_000)",
      ]
    }
  }
}

extension HTTPField.Name {
  // Fixed texts, as in Call.swift.
  static let rateLimit = HTTPField.Name("RateLimit") ?? .contentType
  static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .contentType
}

extension Problem {
  /// The key has asked for more than its rate.
  static func rateLimited(retryAfter: Int64) -> Problem {
    Problem(.tooManyRequests, "rateLimited", "The key asks more often than it may", retryAfter: retryAfter)
  }

  /// The key holds as much as it may: something of it must end first.
  static func tooManyHolds(_ limits: KeyLimits) -> Problem {
    let bounds = [("holdsMax", limits.holdsMax), ("unitsMax", limits.unitsMax)]
    return Problem(
      .tooManyRequests, "tooManyHolds", "The key holds as much as it may", retryAfter: 1_000,
      members: bounds.compactMap { name, bound in bound.map { (name, .integer($0)) } })
  }
}
