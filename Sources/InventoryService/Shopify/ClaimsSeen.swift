import StockLedger

/// What the engine knew of claims before somebody spoke of them, and knew last: where the two differ, something was
/// news.
actor ClaimsSeen {
  private var first: [ClaimID: [ClaimPlace]] = [:]
  private var last: [ClaimID: [ClaimPlace]] = [:]

  func note(_ places: [ClaimPlace], of claim: ClaimID) {
    if first[claim] == nil { first[claim] = places }
    last[claim] = places
  }

  /// The keys at which units of a claim changed, in their order.
  var changed: [StockKey] {
    var keys: Set<StockKey> = []
    for (claim, places) in last {
      let (before, after) = (Self.units(first[claim] ?? []), Self.units(places))
      keys.formUnion(Set(before.keys).union(after.keys).filter { before[$0] ?? Units() != after[$0] ?? Units() })
    }
    return keys.sorted()
  }

  /// What counts of a place: not its source's memo, which changes with any note on an order, and not that a line was
  /// named of which nothing is left.
  private struct Units: Hashable {
    var confirmed: Int64 = 0
    var present: Int64 = 0
    var open: Int64 = 0
    var documents: Set<DocumentID> = []
  }

  private static func units(_ places: [ClaimPlace]) -> [StockKey: Units] {
    let units = places.map { place in
      Units(confirmed: place.confirmed, present: place.present, open: place.open, documents: place.documents)
    }
    return Dictionary(zip(places.map(\.key), units)) { first, _ in first }
  }
}
