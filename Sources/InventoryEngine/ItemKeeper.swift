import StockLedger

/// The owner of what spans a SKU's locations: at which of them each claim lives.
///
/// The index is derived from the claims of the item's keys: built from them on first use, and noted in a turn of its
/// own before any command that makes a new claim is passed on. It is never stored.
actor ItemKeeper {
  /// Locations by number: a place is four bytes in the index.
  private var keys: [StockKey] = []
  /// The one place of a claim; negative where it has several.
  private var places: [ClaimID: Int32] = [:]
  private var severalPlaces: [ClaimID: [Int32]] = [:]
  private var isBuilt = false
  private var isBuilding = false
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// What is noted while the index is built anew.
  private var noted: [(claim: ClaimID, key: StockKey)] = []

  /// Builds the index from the item's keys, once; who comes meanwhile waits.
  func build(from keepers: [StockKeeper]) async {
    if isBuilt { return }
    if isBuilding { return await withCheckedContinuation { waiting.append($0) } }
    await rebuild(from: keepers)
  }

  /// Drops what the item's keys have forgotten.
  func rebuild(from keepers: [StockKeeper]) async {
    isBuilding = true
    noted = []
    var found: [(claims: [ClaimID], key: StockKey)] = []
    for keeper in keepers { found.append((await keeper.claimIDs(), keeper.key)) }
    places = [:]
    severalPlaces = [:]
    for (claims, key) in found { for claim in claims { place(claim, at: key) } }
    for (claim, key) in noted { place(claim, at: key) }
    noted = []
    isBuilt = true
    isBuilding = false
    for continuation in waiting { continuation.resume() }
    waiting = []
  }

  /// Claims in the index.
  var claimCount: Int { places.count }

  private func number(of key: StockKey) -> Int32 {
    if let known = keys.firstIndex(of: key) { return Int32(known) }
    keys.append(key)
    return Int32(keys.count - 1)
  }

  private func place(_ claim: ClaimID, at key: StockKey) {
    let number = number(of: key)
    guard let known = places[claim] else { return places[claim] = number }
    if known == number { return }
    if known >= 0 {
      severalPlaces[claim] = [known, number]
      places[claim] = -1
    } else if severalPlaces[claim]?.contains(number) != true {
      severalPlaces[claim]?.append(number)
    }
  }

  /// Notes where claims live or are about to; false where the index has to be built first.
  func note(_ claims: [ClaimID], at key: StockKey) -> Bool {
    guard isBuilt else { return false }
    for claim in claims {
      place(claim, at: key)
      if isBuilding { noted.append((claim, key)) }
    }
    return true
  }

  /// Notes where one claim lives or is about to; false where the index has to be built first.
  func note(_ claim: ClaimID, at key: StockKey) -> Bool {
    guard isBuilt else { return false }
    place(claim, at: key)
    if isBuilding { noted.append((claim, key)) }
    return true
  }

  /// Where a claim lives, in the order in which its places became known.
  func places(of claim: ClaimID) -> [StockKey] {
    guard let place = places[claim] else { return [] }
    return place >= 0 ? [keys[Int(place)]] : (severalPlaces[claim] ?? []).map { keys[Int($0)] }
  }
}
