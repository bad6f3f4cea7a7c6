import Foundation
import InventoryEngine
import StockLedger

/// The process's clock for commands that do their work now: starts at the wall's time or the journal's, whichever is
/// later, and goes on with the clock that also counts suspension, so that it never goes back.
struct ProcessClock: EngineClock {
  private let start: Timestamp
  private let startTicks: Int64

  /// - Parameter last: The last journaled time.
  init(after last: Timestamp) {
    start = max(last, Self.wall)
    startTicks = Self.milliseconds(CLOCK_BOOTTIME)
  }

  /// The wall's time.
  static var wall: Timestamp { Timestamp(milliseconds: milliseconds(CLOCK_REALTIME)) }

  var now: Timestamp { start + (Self.milliseconds(CLOCK_BOOTTIME) - startTicks) }

  func sleep(until deadline: Timestamp) async throws {
    let wait = deadline.milliseconds - now.milliseconds
    if wait > 0 { try await Task.sleep(for: .milliseconds(wait)) }
  }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
