import InventoryEngine
import StockLedger
import Synchronization

/// A clock that stands still until somebody moves it: a replay moves it along its trace, the demo along its sale.
final class SteppedClock: EngineClock {
  private struct Sleeper {
    let id: UInt64
    let deadline: Timestamp
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var sleepers: [Sleeper] = []
    var lastID: UInt64 = 0
    var isOver = false
  }

  private let time: Atomic<Int64>
  private let state = Mutex(State())

  init(at start: Timestamp) { time = Atomic(start.milliseconds) }

  var now: Timestamp { Timestamp(milliseconds: time.load(ordering: .acquiring)) }

  /// Moves on to a time and wakes who waited for it; never back.
  func advance(to next: Timestamp) {
    let due = state.withLock { state -> [Sleeper] in
      if next > now { time.store(next.milliseconds, ordering: .releasing) }
      let due = state.sleepers.filter { $0.deadline <= next }
      state.sleepers.removeAll { $0.deadline <= next }
      return due
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// Nobody will move it any more: whoever sleeps wakes up, and nobody sleeps again.
  func end() {
    let all = state.withLock { state -> [Sleeper] in
      state.isOver = true
      defer { state.sleepers = [] }
      return state.sleepers
    }
    for sleeper in all { sleeper.continuation.resume() }
  }

  func sleep(until deadline: Timestamp) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          if state.isOver || deadline <= now || Task.isCancelled { return true }
          state.sleepers.append(Sleeper(id: id, deadline: deadline, continuation: continuation))
          return false
        }
        if isDue { continuation.resume() }
      }
    } onCancel: {
      let cancelled = state.withLock { state -> Sleeper? in
        guard let place = state.sleepers.firstIndex(where: { $0.id == id }) else { return nil }
        return state.sleepers.remove(at: place)
      }
      cancelled?.continuation.resume()
    }
    try Task.checkCancellation()
  }
}
