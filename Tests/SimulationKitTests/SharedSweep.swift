import SimulationKit
import Synchronization

/// A sweep that the tasks of a run share.
final class SharedSweep: Sendable {
  private let sweep = Mutex(PromiseSweep())

  @discardableResult
  func change<Result: Sendable>(_ change: (inout PromiseSweep) -> Result) -> Result { sweep.withLock { change(&$0) } }
}
