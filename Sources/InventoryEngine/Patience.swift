import StockLedger

/// Says who has waited too long, by looks at the waiters instead of by a reading of the clock for each of them.
///
/// A waiter notes the number of the last look; one look after its patience ran out it is found. Pure: the committer
/// keeps one behind its lock.
struct Patience {
  /// How long an answer may wait, in milliseconds.
  let limit: Int64
  /// The number of the last look.
  private(set) var look: UInt64 = 0
  private var looks: [(number: UInt64, at: Timestamp)] = []

  init(limit: Int64) { self.limit = limit }

  /// Looks.
  ///
  /// - Returns: Who noted a smaller number than this has waited too long; 0 = nobody.
  mutating func look(at now: Timestamp) -> UInt64 {
    look += 1
    looks.append((look, now))
    guard let last = looks.lastIndex(where: { $0.at + limit <= now }) else { return 0 }
    looks.removeSubrange(..<last)
    return looks[0].number
  }
}
