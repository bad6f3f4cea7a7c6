import Foundation

/// One thread that runs blocking work in order: SQLite calls and fsync must never block the cooperative pool.
///
/// A thread and a condition, not a DispatchQueue: the queue's pool may move work between threads, and its cost per
/// hop was higher in the same measurement.
final class StoreThread: @unchecked Sendable {
  // Everything mutable is read and written under `condition`.
  private let condition = NSCondition()
  private var waiting: [@Sendable () -> Void] = []
  private var isEnding = false

  /// Starts the thread.
  init(name: String) {
    let thread = Thread { self.loop() }
    thread.name = name
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Runs work on the thread and returns what it gives.
  func run<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () -> Result<Value, Failure>
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      enqueue { continuation.resume(returning: work()) }
    }
    return try result.get()
  }

  /// Lets the thread end once everything waiting has run.
  func end() {
    condition.lock()
    isEnding = true
    condition.signal()
    condition.unlock()
  }

  private func enqueue(_ work: @escaping @Sendable () -> Void) {
    condition.lock()
    let ended = isEnding
    if !ended {
      waiting.append(work)
      condition.signal()
    }
    condition.unlock()
    // After `end` the thread may be gone: the work runs here, finds the store closed, and its caller is answered.
    if ended { work() }
  }

  private func loop() {
    while true {
      condition.lock()
      while waiting.isEmpty && !isEnding { condition.wait() }
      let batch = waiting
      waiting.removeAll(keepingCapacity: true)
      let ends = batch.isEmpty && isEnding
      condition.unlock()
      if ends { return }
      for work in batch { work() }
    }
  }
}
