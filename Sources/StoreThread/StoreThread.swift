import Foundation

/// One thread that runs blocking work in order: SQLite, hiredis and fsync must never block the cooperative pool.
///
/// A thread and a condition, not a DispatchQueue: the queue's pool may move work between threads, and its cost per
/// hop was higher in the same measurement. It lives until ``end()``: letting go of it does not end it.
public final class StoreThread: @unchecked Sendable {
  // Everything mutable is read and written under `condition`.
  private let condition = NSCondition()
  private var waiting: [@Sendable () -> Void] = []
  private var isEnding = false

  /// Starts the thread.
  ///
  /// - Parameter name: What a debugger shows; the system keeps the first 15 bytes.
  public init(name: String) {
    let thread = Thread { self.loop() }
    thread.name = name
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Runs work on the thread, after everything that was asked for before, and returns what it gives.
  ///
  /// A cancelled caller waits like any other: what blocks cannot be taken back. After ``end()`` the work runs on the
  /// caller's thread.
  public func run<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () -> Result<Value, Failure>
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      enqueue { continuation.resume(returning: work()) }
    }
    return try result.get()
  }

  /// Runs work on the thread, after everything that was asked for before, without waiting for it.
  public func post(_ work: @escaping @Sendable () -> Void) { enqueue(work) }

  /// Lets the thread end once everything waiting has run.
  public func end() {
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
