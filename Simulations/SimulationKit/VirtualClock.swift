public import InventoryEngine
public import StockLedger
import Synchronization

/// The time of a simulated run: stands still while jobs are ready, then jumps to the next sleeper.
///
/// Its instants are the engine's own time, whole milliseconds; a shorter wait counts as one millisecond. Sleepers of
/// one deadline wake together, and the seed decides who runs first.
public struct VirtualClock: Clock, EngineClock {
  /// The engine's own time.
  public typealias Instant = Timestamp

  /// What a run's clock says at first, when nobody says: 2010-12-01T08:00:00Z.
  public static let startDefault = Timestamp(milliseconds: 1_291_190_400_000)

  let core: SeededExecutor.Core

  /// The run's time.
  public var now: Timestamp { core.state.withLock { $0.now } }

  /// One millisecond.
  public var minimumResolution: Duration { .milliseconds(1) }

  /// Returns when the run's time has reached the deadline; the tolerance is not used.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  public func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
    try await sleep(until: deadline)
  }

  /// Returns when the run's time has reached the deadline; at once when it has.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  public func sleep(until deadline: Timestamp) async throws {
    try Task.checkCancellation()
    let id: UInt64? = core.state.withLock { state in
      guard deadline > state.now else { return nil }
      defer { state.sleepersSeen += 1 }
      return state.sleepersSeen
    }
    guard let id else { return await Task.yield() }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (sleeper: CheckedContinuation<Void, any Error>) in
        // A cancel between the check above and here finds no sleeper to wake, so it is looked for again.
        let isCancelled = core.state.withLock { state in
          if Task.isCancelled { return true }
          state.sleeping[id] = sleeper
          state.due.insert(id, due: deadline)
          return false
        }
        if isCancelled { sleeper.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      // Resumed outside the lock: resuming enqueues, and that takes the same lock.
      core.state.withLock { $0.sleeping.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }
  }

  /// Moves time on although jobs are ready: a pause of the process. Sleepers that are due wake; time never goes back.
  public func jump(to time: Timestamp) {
    let woken = core.state.withLock { state in
      let woken = state.wake(dueBy: time)
      if time > state.now {
        state.now = time
        state.trace.jumped(to: time.milliseconds)
      }
      return woken
    }
    for sleeper in woken { sleeper.resume() }
  }
}

extension Timestamp: InstantProtocol {
  /// The standard library's duration.
  public typealias Duration = Swift.Duration

  /// The time so much later; parts of a millisecond count as a whole one, and the ends of the range hold.
  public func advanced(by duration: Swift.Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    let (whole, over) = seconds.multipliedReportingOverflow(by: 1_000)
    if over { return Timestamp(milliseconds: seconds > 0 ? .max : .min) }
    let perMillisecond: Int64 = 1_000_000_000_000_000
    let part = attoseconds / perMillisecond + (attoseconds % perMillisecond > 0 ? 1 : 0)
    return self + whole + part
  }

  /// How long it is until another time; negative where that lies before.
  public func duration(to other: Timestamp) -> Swift.Duration {
    let (difference, over) = other.milliseconds.subtractingReportingOverflow(milliseconds)
    return .milliseconds(over ? (other > self ? Int64.max : Int64.min) : difference)
  }
}
