import Synchronization

/// Wakes the one that sleeps: at a time, or before it when it is rung. A ring that nobody waits for is kept.
final class Bell: Sendable {
  private struct State {
    var isRung = false
    var sleeper: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Wakes the sleeper, or the next one at once.
  func ring() {
    let sleeper = state.withLock { state in
      state.isRung = state.sleeper == nil
      return state.sleeper.take()
    }
    sleeper?.resume()
  }

  /// Returns when it is rung, at the instant, or when the task is cancelled; without an instant only for the others.
  func sleep(until instant: ContinuousClock.Instant?) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.ringing() }
      if let instant { group.addTask { try? await Task.sleep(until: instant, clock: .continuous) } }
      await group.next()
      group.cancelAll()
    }
  }

  private func ringing() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          // Asked within the lock: a cancel that comes later finds the sleeper there.
          guard !state.isRung && !Task.isCancelled else {
            state.isRung = false
            return true
          }
          state.sleeper = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.sleeper.take() }?.resume()
    }
  }
}
