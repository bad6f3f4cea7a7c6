extension ShopifyFacts {
  /// Units that have not left with a parcel, as far as somebody counts on them.
  struct Balance: Hashable {
    /// Somebody waits for them.
    var owed: Int64 = 0
    /// Nobody does, and they are not for sale either.
    var writtenOff: Int64 = 0
  }

  /// Units that parcels hold which were not cancelled.
  private var unitsLeft: Int64 { parcels.values.reduce(0) { $0 + ($1.isCancelled ? 0 : $1.units) } }

  /// Units refunded with a restock.
  func units(_ restock: Restock) -> Int64 { refunds.values.reduce(0) { $0 + ($1.restock == restock ? $1.units : 0) } }

  /// Of so many units those that no parcel holds and no refund has freed.
  func unitsNotLeft(of units: Int64) -> Int64 { max(0, units - unitsLeft - self.units(.cancel)) }

  /// The most of the units refunded without restock that can have left before: no more than left and did not come back.
  var keptGoneAfterLeavingMost: Int64 { min(units(.none), max(0, unitsLeft - units(.comesBack))) }

  /// What is owed and what is written off, by the newest order body and every document.
  ///
  /// A refund without restock that no order body knows yet is taken to be of units that had left, where it can be: then
  /// it changes nothing. That holds too much until the order's body comes, and never too little. A cancelled order owes
  /// nothing, so there it is taken the other way. Without an order's body nothing is owed.
  var balance: Balance {
    guard let order else { return Balance(writtenOff: units(.none)) }
    let rest = unitsNotLeft(of: order.ordered - order.removed)
    let keptGone = units(.none)
    if order.isCancelled { return Balance(writtenOff: min(rest, keptGone)) }
    let unknown = max(0, keptGone - order.keptGone)
    let most = max(0, keptGoneAfterLeavingMost - order.keptGoneAfterLeaving)
    let afterLeaving = order.keptGoneAfterLeaving + min(unknown, most)
    let writtenOff = min(rest, max(0, keptGone - afterLeaving))
    return Balance(owed: rest - writtenOff, writtenOff: writtenOff)
  }
}
