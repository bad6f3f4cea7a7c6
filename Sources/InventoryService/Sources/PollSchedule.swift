/// When a source is asked again. A pure machine: chance is handed in.
struct PollSchedule: Sendable {
  /// The longest pause after failures where polls are frequent: an outage that ends is noticed within five minutes.
  private static let pauseMax: Int64 = 300_000
  /// The longest that another system may ask to be left alone: what it says may be a mistake.
  private static let retryAfterMax: Int64 = 3_600_000

  private let interval: Int64
  private let first: Int64
  /// What the next failure waits for at most.
  private var pause: Int64

  /// - Parameters:
  ///   - interval: From the start of a poll to the start of the next, in milliseconds.
  ///   - first: What a first failure waits for at most, in milliseconds.
  init(interval: Int64, first: Int64) {
    self.interval = interval
    self.first = first
    pause = first
  }

  /// Milliseconds to wait after a poll that took so many: up to a tenth less than the rest of the interval, so that
  /// many sources do not come in step.
  mutating func afterSuccess(took: Int64, using random: inout some RandomNumberGenerator) -> Int64 {
    pause = first
    return max(0, interval - Int64.random(in: 0...(interval / 10), using: &random) - took)
  }

  /// Milliseconds to wait after a failure: doubled each time, with jitter; longer where the other system says so.
  mutating func afterFailure(retryAfter: Int64, using random: inout some RandomNumberGenerator) -> Int64 {
    let most = pause
    pause = min(pause * 2, max(Self.pauseMax, interval))
    return max(Int64.random(in: (most / 2)...most, using: &random), min(retryAfter, Self.retryAfterMax))
  }
}
