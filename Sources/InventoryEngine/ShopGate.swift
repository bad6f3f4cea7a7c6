/// Commands in flight of one shop, so that one shop's sale leaves room for the others.
final class ShopGate: Sendable {
  let inFlight = InFlightCount()
}

/// The shops whose commands a dispatch has in flight; a batch of one shop counts once, not once per key.
struct ShopAdmission {
  private var shops: [(gate: ShopGate, count: Int)] = []
  private let count: Int
  private let limit: Int

  /// - Parameter count: Commands of the whole batch: what each shop in it is counted with.
  init(count: Int, limit: Int) {
    self.count = count
    self.limit = limit
  }

  /// True where the shop's commands may go on.
  @inline(__always)
  mutating func admits(_ shop: ShopGate) -> Bool {
    if let last = shops.last, last.gate === shop { return true }
    return admitsAnother(shop)
  }

  private mutating func admitsAnother(_ shop: ShopGate) -> Bool {
    if shops.contains(where: { $0.gate === shop }) { return true }
    guard shop.inFlight.enter(count, max: limit) else { return false }
    shops.append((shop, count))
    return true
  }

  /// The answers have left.
  func leave() { for (shop, count) in shops { shop.inFlight.leave(count) } }
}
