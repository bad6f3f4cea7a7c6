import InventoryEngine
import StockLedger

/// Lets calls of one app to one shop leave when its bucket can take them.
actor PointPacer {
  /// Between a call that was refused for want of points and the next, in milliseconds.
  private static let pause: Int64 = 100

  private let clock: any EngineClock
  private let patience: Int64
  private var budget = PointBudget()

  /// - Parameter patience: How long a call may wait here, in milliseconds; one that would wait longer is told when.
  init(clock: any EngineClock, patience: Int64) {
    self.clock = clock
    self.patience = patience
  }

  /// Returns when a call may leave, with its points set aside until ``settle(_:status:)``.
  func admit(_ cost: Int64, for purpose: PointBudget.Purpose) async throws(ShopifyFailure) -> PointBudget.Ticket {
    let deadline = clock.now + patience
    while true {
      switch budget.admit(cost, for: purpose, at: clock.now) {
      case .leaves(let ticket): return ticket
      case .waits(let time):
        guard time <= deadline else { throw .throttled(until: time) }
        do { try await clock.sleep(until: time) } catch { throw .unanswered("it was cancelled before it left") }
      }
    }
  }

  /// Takes what an answer says; nil where there was none.
  func settle(_ ticket: PointBudget.Ticket, status: AdminCost.ThrottleStatus?) {
    budget.settle(ticket, status: status, at: clock.now)
  }

  /// No call leaves for so long, in milliseconds. Answers until when.
  func close(for milliseconds: Int64) -> Timestamp {
    let time = clock.now + milliseconds
    budget.close(until: time)
    return time
  }

  /// When a call of this cost may be tried that was refused for want of points: not at once, whatever we believe.
  func opening(for cost: Int64, _ purpose: PointBudget.Purpose) -> Timestamp {
    let soonest = clock.now + Self.pause
    return max(soonest, budget.opening(for: cost, purpose, at: clock.now) ?? soonest)
  }
}
