import StockLedger

/// When keys were corrected, for an hour: who has to be corrected again and again is not mended by one more time.
struct CorrectionTimes: Sendable {
  static let window: Int64 = 3_600_000
  private var times: [StockKey: [Timestamp]] = [:]

  mutating func note(_ key: StockKey, at time: Timestamp) {
    times[key, default: []].append(time)
  }

  func count(of key: StockKey, at now: Timestamp) -> Int {
    times[key]?.count { $0 + Self.window > now } ?? 0
  }

  mutating func forget(before now: Timestamp) {
    times = times.compactMapValues { list in
      let left = list.filter { $0 + Self.window > now }
      return left.isEmpty ? nil : left
    }
  }
}
