import Synchronization

/// How much the service has under way at once: calls that wait for the engine, and bytes of bodies that were read.
///
/// Past a bound the next caller is told to come back, before its body is read. A call whose body is still to come is
/// not counted, so that slow senders take nobody's place; what they have sent so far is. What waits for its thread is
/// not seen here: ``WaitingRequests`` counts it.
final class Admission: Sendable {
  private let callsMax: Int
  private let bytesMax: Int
  private let calls = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)

  init(_ settings: ServiceSettings) {
    callsMax = settings.callsMax
    bytesMax = settings.bodyBytesMax
  }

  /// A place for one call; ``Pass/end()`` has to follow.
  ///
  /// - Parameter isBounded: False for what is always answered: whether the service lives.
  func enter(isBounded: Bool) throws(Problem) -> Pass {
    if calls.add(1, ordering: .relaxed).newValue <= callsMax || !isBounded { return Pass(self) }
    calls.subtract(1, ordering: .relaxed)
    throw .overloaded
  }

  /// What one call has taken of the service.
  final class Pass: Sendable {
    private let admission: Admission
    private let bytes = Atomic<Int>(0)

    fileprivate init(_ admission: Admission) { self.admission = admission }

    /// Leaves the place while a body is awaited.
    func stepAside() { admission.calls.subtract(1, ordering: .relaxed) }

    /// Takes it again: what has been read is never sent away.
    func stepBack() { admission.calls.add(1, ordering: .relaxed) }

    /// Counts bytes of the body.
    func take(_ count: Int) throws(Problem) {
      bytes.add(count, ordering: .relaxed)
      guard admission.bytes.add(count, ordering: .relaxed).newValue <= admission.bytesMax else { throw .overloaded }
    }

    /// The call was answered.
    func end() {
      admission.calls.subtract(1, ordering: .relaxed)
      admission.bytes.subtract(bytes.exchange(0, ordering: .relaxed), ordering: .relaxed)
    }
  }
}
