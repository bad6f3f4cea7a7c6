public import StockLedger

/// The engine's notion of time: the only clock that its rooms may ask.
///
/// Live it is the process's clock by the rules of docs/domain.md ("Clock": never back, steered slowly); in simulation
/// it is a virtual one, so that a thousand hours of expiries cost no real second.
public protocol EngineClock: Sendable {
  /// The time now; never earlier than what was answered before.
  var now: Timestamp { get }

  /// Returns at the given time or later; at once when it has passed.
  ///
  /// - Throws: `CancellationError` when the calling task is cancelled first.
  func sleep(until deadline: Timestamp) async throws
}
