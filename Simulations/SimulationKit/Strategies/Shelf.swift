import StockLedger

/// What truly stands on the shelf of one SKU and what of it is promised: the physical truth, which no system sees.
struct Shelf: Hashable, Sendable {
  /// An order that was accepted and is not yet picked.
  struct Promise: Hashable, Sendable {
    let order: Int64
    let madeAt: Timestamp
    /// True where a unit that anybody could know of was there for it: if it is short all the same, the world took it.
    fileprivate(set) var isCovered: Bool
  }

  /// Why there is nothing to send for an order.
  enum Shortage: Hashable, Sendable {
    /// It was sold although all units that anybody could know of were promised: the sync's fault.
    case oversold
    /// Its unit was stolen, or a till sold it to who held it in hand: nobody's numbers could help.
    case world
  }

  /// Units that stand there.
  private(set) var units: Int64
  /// Accepted and not yet picked, the oldest first.
  private(set) var promises: [Promise] = []
  /// Units that are gone and that the ERP's books still have.
  private(set) var unnoticed: Int64 = 0
  /// Of ``unnoticed``, units that somebody has missed and is telling.
  private var beingTold: Int64 = 0
  /// Units held for buyers who are going to pay, where checkouts hold.
  private(set) var heldForPayers: Int64 = 0
  /// Everything that ever came, and ever left.
  private(set) var came: Int64
  /// Units that left as parcels, over the counter, or in somebody's coat.
  private(set) var left: Int64 = 0

  init(units: Int64) {
    self.units = units
    came = units
  }

  /// Units that could be promised to one more buyer.
  var free: Int64 { units - Int64(promises.count) - heldForPayers }

  /// Units beyond what is promised, as far as anybody can know.
  private var believed: Int64 { units + unnoticed - Int64(promises.count) }

  mutating func put(_ units: Int64) {
    self.units += units
    came += units
    coverPromises()
  }

  /// Somebody takes a unit and pays for it at once; false where there is none.
  mutating func takeOverCounter() -> Bool {
    guard units > 0 else { return false }
    units -= 1
    left += 1
    return true
  }

  mutating func steal() {
    guard takeOverCounter() else { return }
    unnoticed += 1
  }

  /// - Parameter wasCovered: True where a unit was held for it that was there: that promise is older than the order.
  mutating func promise(_ order: Int64, wasCovered: Bool = false, at now: Timestamp) {
    promises.append(Promise(order: order, madeAt: now, isCovered: wasCovered || believed > 0))
  }

  /// Holds a unit for who is going to pay; true where there is one, as far as anybody can know.
  mutating func hold() -> Bool {
    defer { heldForPayers += 1 }
    return believed > heldForPayers
  }

  mutating func endHold() { heldForPayers -= 1 }

  /// A buyer thinks better of it; false where the order has been picked.
  mutating func cancel(_ order: Int64) -> Bool {
    guard let place = promises.firstIndex(where: { $0.order == order }) else { return false }
    promises.remove(at: place)
    coverPromises()
    return true
  }

  /// Sends what was promised before a time, the oldest first.
  ///
  /// - Returns: The orders that were sent, and those for which nothing is there.
  mutating func pick(promisedBefore limit: Timestamp) -> (sent: [Int64], short: [(order: Int64, why: Shortage)]) {
    var (sent, short): ([Int64], [(order: Int64, why: Shortage)]) = ([], [])
    while let promise = promises.first, promise.madeAt < limit {
      promises.removeFirst()
      if takeOverCounter() {
        sent.append(promise.order)
      } else {
        short.append((promise.order, promise.isCovered ? .world : .oversold))
      }
    }
    coverPromises()
    return (sent, short)
  }

  /// Somebody counts, and begins to tell what is missing.
  ///
  /// - Returns: Units that nobody is telling yet.
  mutating func miss() -> Int64 {
    defer { beingTold = unnoticed }
    return unnoticed - beingTold
  }

  /// Who listens has heard that so many units are missing.
  mutating func notice(_ units: Int64) {
    unnoticed -= units
    beingTold -= units
  }

  /// An order that found no unit has one as soon as there are as many as are promised.
  private mutating func coverPromises() {
    guard believed >= 0 else { return }
    for place in promises.indices { promises[place].isCovered = true }
  }
}
