import Synchronization

/// Commands in flight on one key, counted before the actor: an actor's own queue has no bound.
final class KeyGate: Sendable {
  private let inFlight = Atomic<Int>(0)
  let shop: ShopGate

  init(shop: ShopGate) { self.shop = shop }

  /// Admits so many commands, or none of them.
  func enter(_ count: Int, max limit: Int) -> Bool {
    let before = inFlight.add(count, ordering: .relaxed).oldValue
    // A batch that alone is larger than the bound still passes when nothing else is there.
    if before > 0 && before + count > limit {
      inFlight.subtract(count, ordering: .relaxed)
      return false
    }
    return true
  }

  func leave(_ count: Int) { inFlight.subtract(count, ordering: .relaxed) }

  var isIdle: Bool { inFlight.load(ordering: .relaxed) == 0 }
}

/// Commands in flight of one shop, so that one shop's sale leaves room for the others.
final class ShopGate: Sendable {
  private let inFlight = Atomic<Int>(0)

  func enter(_ count: Int, max limit: Int) -> Bool {
    let before = inFlight.add(count, ordering: .relaxed).oldValue
    if before > 0 && before + count > limit {
      inFlight.subtract(count, ordering: .relaxed)
      return false
    }
    return true
  }

  func leave(_ count: Int) { inFlight.subtract(count, ordering: .relaxed) }
}
