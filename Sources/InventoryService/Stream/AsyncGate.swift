import Synchronization

/// Lets so many through at once; the others wait in their order.
final class AsyncGate: Sendable {
  private struct State {
    var permits: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(permits: Int) { state = Mutex(State(permits: permits)) }

  /// Does work that not everybody may do at once.
  func pass<Value: Sendable>(_ work: () async -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.permits == 0 else {
          state.permits -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
    defer { leave() }
    return await work()
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.permits += 1
      return nil
    }
    next?.resume()
  }
}
