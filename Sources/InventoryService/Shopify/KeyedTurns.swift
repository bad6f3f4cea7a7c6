import Synchronization

/// Lets one task through at a time per name; the others wait in their order.
///
/// A webhook is applied in steps, each of which looks at what the engine knows: two about one order must not look at
/// the same time.
final class KeyedTurns: Sendable {
  /// Who waits, by what is taken now.
  private let waiting = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

  /// Runs `body` when everybody who came before under this name is through.
  func run<Value>(_ name: String, _ body: () async throws -> Value) async rethrows -> Value {
    await withCheckedContinuation { continuation in
      let isFree = waiting.withLock { waiting in
        guard waiting[name]?.append(continuation) == nil else { return false }
        waiting[name] = []
        return true
      }
      if isFree { continuation.resume() }
    }
    defer { leave(name) }
    return try await body()
  }

  private func leave(_ name: String) {
    let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
      if waiting[name]?.isEmpty == false { return waiting[name]?.removeFirst() }
      waiting[name] = nil
      return nil
    }
    next?.resume()
  }
}
