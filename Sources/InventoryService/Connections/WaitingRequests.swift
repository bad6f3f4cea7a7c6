import Synchronization

/// The requests that were read whole and not answered yet, of all connections: what makes the next one late.
///
/// Those whose bodies are still to come are not counted, so that slow senders take nobody's place; nor are streams,
/// which are never answered to their end.
final class WaitingRequests: Sendable {
  private let limit: Int
  private let count = Atomic<Int>(0)

  init(max limit: Int) { self.limit = limit }

  /// True where another one would wait too long.
  var isFull: Bool { count.load(ordering: .relaxed) >= limit }

  func add() { count.add(1, ordering: .relaxed) }
  func remove(_ answered: Int) { count.subtract(answered, ordering: .relaxed) }
}
