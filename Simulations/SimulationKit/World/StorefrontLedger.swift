import InventoryEngine
import StockLedger
import Synchronization

/// What the tasks of a storefront write down together: the audit, the counters, and whether the power is still on.
final class StorefrontLedger: Sendable {
  struct Held: Sendable {
    var key: StockKey
    var request: HoldRequest
    var expiresAt: Timestamp
  }

  private struct State {
    var auditor = Auditor()
    var outcome = StorefrontOutcome()
    var life = 0
    var held: [Held] = []
  }

  private let state = Mutex(State())
  let executor: SeededExecutor
  var clock: VirtualClock { executor.clock }

  init(executor: SeededExecutor) { self.executor = executor }

  /// Grows with every loss of power: an answer to a question of an earlier life never came.
  var life: Int { state.withLock { $0.life } }
  func losePower() { state.withLock { $0.life += 1 } }

  func count(_ what: String) { state.withLock { $0.outcome.sometimes[what, default: 0] += 1 } }
  func tellLost(_ words: String) { state.withLock { $0.outcome.lost.append(words) } }
  func tellDifference(_ words: String) { state.withLock { $0.outcome.differences.append(words) } }
  func write<Result: Sendable>(_ change: (inout Auditor) -> Result) -> Result {
    state.withLock { change(&$0.auditor) }
  }

  /// Holds that were acknowledged and are not over yet.
  func acknowledged(at now: Timestamp) -> [Held] { state.withLock { $0.held.filter { $0.expiresAt > now } } }

  func keep(_ held: Held) { state.withLock { $0.held.append(held) } }

  func outcome() -> StorefrontOutcome {
    var (outcome, auditor) = state.withLock { ($0.outcome, $0.auditor) }
    outcome.report = auditor.report()
    outcome.trace = executor.trace
    return outcome
  }
}
