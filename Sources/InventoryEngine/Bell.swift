package import StockLedger
import Synchronization

/// Wakes one task that waits for something to do. Rung while nobody waits, it is heard by who waits next.
package final class Bell: Sendable {
  private struct State {
    var isRung = false
    var sleeper: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// A bell that nobody has rung.
  package init() {}

  /// Something is to be done.
  package func ring() {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.isRung = true
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  /// Returns when the bell has been rung since the last time, or at a time. One task waits at once.
  ///
  /// - Throws: `CancellationError` where the caller's task is cancelled.
  package func wait(until time: Timestamp?, by clock: any EngineClock) async throws {
    guard let time else { return try await wait() }
    if take() { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await self.wait() }
      group.addTask { try? await clock.sleep(until: time) }
      await group.next()
      group.cancelAll()
    }
    _ = take()
    try Task.checkCancellation()
  }

  private func wait() async throws {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isRung = state.withLock { state in
          if state.isRung || Task.isCancelled { return true }
          state.sleeper = continuation
          return false
        }
        if isRung { continuation.resume() }
      }
    } onCancel: {
      leave()
    }
    _ = take()
    try Task.checkCancellation()
  }

  /// Lets the sleeper go without having rung.
  private func leave() {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  private func take() -> Bool {
    state.withLock { state in
      defer { state.isRung = false }
      return state.isRung
    }
  }
}
