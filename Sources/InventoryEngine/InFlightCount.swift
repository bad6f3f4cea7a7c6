import Synchronization

/// Commands in flight at one place (a key, a shop, the engine), counted before any actor: an actor's own queue has no
/// bound.
struct InFlightCount: ~Copyable, Sendable {
  private let count = Atomic<Int>(0)

  /// Admits so many commands, or none of them; a batch that alone is larger than the bound passes when it is alone.
  func enter(_ commands: Int, max limit: Int) -> Bool {
    let before = count.add(commands, ordering: .relaxed).oldValue
    if before > 0 && before + commands > limit {
      count.subtract(commands, ordering: .relaxed)
      return false
    }
    return true
  }

  func leave(_ commands: Int) { count.subtract(commands, ordering: .relaxed) }

  /// Commands in flight now.
  var current: Int { count.load(ordering: .relaxed) }
}
