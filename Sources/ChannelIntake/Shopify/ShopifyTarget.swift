import StockLedger

/// Where a line's units are, and what became of them: a function of what is known, and of nothing else.
struct ShopifyTarget {
  /// What is at one of our locations.
  struct Place: Hashable {
    /// Units that are still to leave.
    var owed: Int64 = 0
    var departures: [LineState.Departure] = []

    /// With those that left.
    var units: Int64 { min(owed + gone, Limits.quantityMax) }
    var gone: Int64 { departures.reduce(0) { $0 + $1.units.units } }
  }

  /// By our name of the location.
  private(set) var places: [String: Place] = [:]

  private let line: Int64
  private let facts: ShopifyFacts
  private let home: String
  private let shop: ShopifyShop

  /// The target of a line.
  ///
  /// - Parameter home: Our name of the location where units wait that no route names.
  init(of line: Int64, _ facts: ShopifyFacts, home: String, in shop: ShopifyShop) {
    self.line = line
    self.home = home
    self.shop = shop
    // A parcel that left from nowhere we know has not left anywhere: its units stay owed until its location is named.
    var known = facts
    known.parcels = facts.parcels.filter { $0.value.location.map { shop.locations[$0] != nil } ?? true }
    self.facts = known
    for (id, parcel) in known.parcels {
      leave(name(parcel.location), "fulfillment/\(id)/\(line)", parcel.units, parcel.time, isWrittenOff: false)
    }
    settle(known.balance)
    for place in places.keys { places[place]?.departures.sort(by: LineState.Departure.precedes) }
  }

  private func name(_ location: Int64?) -> String { location.flatMap { shop.locations[$0] } ?? home }

  private mutating func leave(
    _ place: String, _ document: String, _ units: Int64, _ time: Timestamp, isWrittenOff: Bool
  ) {
    guard let units = Quantity(units), let document = Identifier(document) else { return }
    places[place, default: Place()].departures.append(
      LineState.Departure(document: document, isWrittenOff: isWrittenOff, units: units, occurredAt: time))
  }

  /// Gives every unit that has not left with a parcel its place: what nobody gets first, then what is owed.
  private mutating func settle(_ balance: ShopifyFacts.Balance) {
    var waiting = waiting
    var writtenOff = balance.writtenOff
    for (id, refund) in facts.refunds.sorted(by: { $0.key < $1.key }) where refund.restock == .none {
      let units = min(refund.units, writtenOff)
      writtenOff -= units
      let other = refund.location.flatMap { shop.locations[$0] } ?? firstPlace
      for (place, units) in waiting.take(units, before: refund.time, else: other) {
        leave(place, "refund/\(id)/\(line)", units, refund.time, isWrittenOff: true)
      }
    }
    for (place, units) in waiting.take(balance.owed, else: home) { places[place, default: Place()].owed += units }
  }

  /// Where the line was routed first.
  private var firstPlace: String { name(facts.routes.min { $0.key < $1.key }?.value.location) }

  /// True where a route from before the parcel names its units still.
  private func isRouted(_ parcel: ShopifyFacts.Parcel) -> Bool {
    facts.routes.values.contains {
      $0.units > 0 && $0.time <= parcel.time && shop.locations[$0.location] == name(parcel.location)
    }
  }

  /// Where units wait, by what was said last: a route names a location, and so does a parcel that came to nothing.
  private var waiting: WaitingUnits {
    var waiting = WaitingUnits()
    for (id, route) in facts.routes {
      guard let place = shop.locations[route.location] else { continue }
      waiting.add(route.units, at: place, since: route.time, by: id)
    }
    for (id, parcel) in facts.parcels where parcel.isCancelled && !isRouted(parcel) {
      waiting.add(parcel.units, at: name(parcel.location), since: parcel.time, by: id)
    }
    waiting.sort()
    for parcel in facts.parcels.values.sorted(by: { $0.time < $1.time }) where !parcel.isCancelled {
      waiting.remove(parcel.units, at: name(parcel.location), after: parcel.time)
    }
    for refund in facts.refunds.values.sorted(by: { $0.time < $1.time }) where refund.restock == .cancel {
      guard let place = refund.location.flatMap({ shop.locations[$0] }) else { continue }
      waiting.remove(refund.units, at: place, after: refund.time)
    }
    return waiting
  }
}

/// Units that wait at locations, the newest word first.
private struct WaitingUnits {
  private struct Lot {
    var units: Int64
    let place: String
    let since: Timestamp
    let id: Int64
  }

  private var lots: [Lot] = []

  mutating func add(_ units: Int64, at place: String, since: Timestamp, by id: Int64) {
    lots.append(Lot(units: units, place: place, since: since, id: id))
  }

  mutating func sort() { lots.sort { ($1.since, $1.id, $1.place) < ($0.since, $0.id, $0.place) } }

  /// Units that left a place after a word of it: the oldest word is worked off first.
  mutating func remove(_ units: Int64, at place: String, after time: Timestamp) {
    var units = units
    for index in lots.indices.reversed() where lots[index].place == place && lots[index].since < time {
      let removed = min(units, lots[index].units)
      lots[index].units -= removed
      units -= removed
    }
  }

  /// Takes units out, by words of before a time only; what none names is somewhere else.
  mutating func take(
    _ units: Int64, before time: Timestamp = .distantFuture, else other: String
  ) -> [(place: String, units: Int64)] {
    var left = units
    var taken: [String: Int64] = [:]
    for index in lots.indices where lots[index].since < time {
      let units = min(left, lots[index].units)
      lots[index].units -= units
      taken[lots[index].place, default: 0] += units
      left -= units
    }
    taken[other, default: 0] += left
    return taken.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
