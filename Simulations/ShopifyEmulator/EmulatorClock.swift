import FoundationEssentials
public import StockLedger

/// The time of an emulated shop: the machine's as it starts, and from there on as fast or so many times faster.
///
/// It never goes back, whatever becomes of the machine's wall clock.
public struct EmulatorClock: Sendable {
  /// How many times faster than the machine's it may be. At the fastest a webhook's four hours of retries take 1.5 s.
  public static let speeds: ClosedRange<Int64> = 1...10_000

  private let origin = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
  private let start = ContinuousClock.now
  private let speed: Int64

  /// A clock that starts now; a speed outside ``speeds`` is the nearest within.
  public init(speed: Int64 = 1) {
    self.speed = min(max(speed, Self.speeds.lowerBound), Self.speeds.upperBound)
  }

  /// The time now.
  public var now: Timestamp {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return origin + (seconds * 1_000_000 + attoseconds / 1_000_000_000_000) * speed / 1_000
  }

  /// When the machine reaches a time of this clock; what has passed is now.
  func instant(of time: Timestamp) -> ContinuousClock.Instant {
    let passed = max(0, time.milliseconds - origin.milliseconds)
    // Rounded up: who wakes early would find that nothing is due.
    return start + .microseconds((passed * 1_000 + speed - 1) / speed)
  }

  /// Waits so many of this clock's milliseconds.
  func sleep(_ milliseconds: Int64) async throws {
    guard milliseconds > 0 else { return }
    try await Task.sleep(until: instant(of: now + milliseconds), clock: .continuous)
  }
}
