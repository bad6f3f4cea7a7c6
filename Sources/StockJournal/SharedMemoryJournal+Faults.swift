import Synchronization

/// A fault that a ``SharedMemoryJournal`` can be told to have, once.
public enum RequestFault: Hashable, Sendable {
  /// The next request never reaches the server: no reply.
  case dropRequest
  /// The next request is carried out, its replies are lost.
  case dropReply
  /// The next request is answered with this error line, command by command.
  case word(String)
}

extension SharedMemoryJournal {
  /// Arms a fault for the next request; several are taken in the order given, one a request.
  public func arm(_ fault: RequestFault) { state.withLock { $0.faults.append(fault) } }

  /// Holds every request back before it is sent, until ``resume()``.
  public func stall() { state.withLock { $0.isStalled = true } }

  /// Lets held requests go.
  public func resume() {
    let held = state.withLock { state in
      state.isStalled = false
      defer { state.stalled = [] }
      return state.stalled
    }
    for request in held { request.resume() }
  }

  /// How many requests are held back now.
  public var stalledCount: Int { state.withLock { $0.stalled.count } }

  func passStall() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isStalled { state.stalled.append(continuation) }
        return !state.isStalled
      }
      if isFree { continuation.resume() }
    }
  }

  /// Runs after what was asked for before: one thing at a time goes over a connection.
  func inTurn<Value>(_ body: () async throws(StoreFailure) -> Value) async throws(StoreFailure) -> Value {
    try checkUsable()
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        defer { state.isBusy = true }
        if state.isBusy { state.queue.append(continuation) }
        return !state.isBusy
      }
      if isFree { continuation.resume() }
    }
    defer { endTurn() }
    try checkUsable()
    return try await body()
  }

  private func endTurn() {
    let next = state.withLock { state in
      if state.queue.isEmpty {
        state.isBusy = false
        return CheckedContinuation<Void, Never>?.none
      }
      return state.queue.removeFirst()
    }
    next?.resume()
  }
}
