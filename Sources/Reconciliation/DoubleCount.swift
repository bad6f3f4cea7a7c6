import StockLedger

/// One order line that counts more units at its locations together than anybody has named of it.
///
/// What is evidence: the line was named somewhere; another location counts units of it of which it knows by the
/// warehouse's word alone; and the units that are still open where it was named are the same ones. A warehouse that
/// tells of its stages in cumulative units names no document, so nothing moves the line to where the goods are.
struct DoubleCount: Hashable, Sendable {
  /// What one location counts of the line.
  struct Place: Hashable, Sendable {
    let key: StockKey
    let account: ClaimAccount
  }

  let claim: ClaimID
  /// In the order of their keys.
  let places: [Place]

  /// Units beyond those that were named; 0 or less where nothing counts twice.
  var surplus: Int64 { places.reduce(0) { $0 + $1.account.counted - $1.account.named } }

  /// The latest time that anybody has named for anything of the line.
  var lastSaidOf: Timestamp { places.map(\.account.lastSaidOf).max() ?? .distantPast }

  /// Nil where the places are no evidence.
  init?(_ claim: ClaimID, _ places: [Place]) {
    self.claim = claim
    self.places = places
    let isNamed = places.contains { $0.account.named > 0 && $0.account.open > 0 }
    let isTold = places.contains { $0.account.named == 0 && $0.account.allocated + $0.account.shipped > 0 }
    guard isNamed, isTold, surplus > 0 else { return nil }
  }

  /// What ends the second count: the open units where the line was named, because the goods are elsewhere.
  ///
  /// - Parameter nets: What may be promised at each place now, negative where it is short.
  func rows(nets: [StockKey: Int64]) -> [DriftRow] {
    var left = surplus
    return places.filter { $0.account.named > 0 }.compactMap { place in
      let units = min(left, place.account.open)
      guard units > 0, let net = nets[place.key] else { return nil }
      left -= units
      return DriftRow(
        key: place.key, side: .ourselves, component: .open, ours: net, theirs: net + units,
        driftClass: .doubleCounted,
        cause: "line \(claim) is open here, and a warehouse has the same units at another location",
        mending: .correct(.claim(claim, units: units, from: place.account.counted), .doubleCounted))
    }
  }
}

/// The claims of one item's locations, which a walk over the books meets one after the other.
struct ItemClaims: Sendable {
  private var item: StockKey?
  private var places: [(key: StockKey, claims: [ClaimAccount])] = []

  /// Takes the next location.
  ///
  /// - Returns: What counts twice in the item before, where this is another one.
  mutating func add(_ claims: [ClaimAccount], at key: StockKey) -> [DoubleCount] {
    let found = key.item == item ? [] : end()
    item = key.item
    if !claims.isEmpty { places.append((key, claims)) }
    return found
  }

  /// What counts twice in the item that was walked over.
  mutating func end() -> [DoubleCount] {
    defer { places = [] }
    guard places.count > 1 else { return [] }
    var lines: [ClaimID: [DoubleCount.Place]] = [:]
    for place in places {
      for account in place.claims { lines[account.id, default: []].append(.init(key: place.key, account: account)) }
    }
    return lines.sorted { $0.key < $1.key }.compactMap { $0.value.count > 1 ? DoubleCount($0.key, $0.value) : nil }
  }
}
