/// The journal of a drill, entry by entry, and what must be true of it and of what clients were told.
struct DrillBooks {
  private struct Reservation {
    var sku: String
    var units: Int64
    var released: Int64 = 0
    var confirmed: Int64 = 0
    var expired: Int64 = 0
    /// What it still takes from the stock, sold or held.
    var taken: Int64 { units - released - expired }
  }

  private var entries: [String: [String: Any]] = [:]
  private var reservations: [String: Reservation] = [:]
  private var held: [String: Int64] = [:]
  private let counted: [String: Int64]
  /// What is not as it must be.
  private(set) var faults: [String] = []

  /// Reads the journal as `holdfast tail` tells it: a shard's entries in their order.
  init(_ tail: [[String: Any]], counted: [String: Int64]) {
    self.counted = counted
    for entry in tail { add(entry) }
  }

  /// What may still be sold of a SKU.
  func availableToSell(_ sku: String) -> Int64 { (counted[sku] ?? 0) - (held[sku] ?? 0) }

  private mutating func add(_ entry: [String: Any]) {
    guard let number = entry["entry"] as? String else { return faults.append("no entry: \(entry)") }
    if entries.updateValue(entry, forKey: number) != nil { faults.append("entry \(number) is there twice") }
    let id = entry["reservation"] as? String ?? ""
    switch entry["kind"] as? String {
    case "held":
      let sku = entry["sku"] as? String ?? ""
      let reservation = Reservation(sku: sku, units: Self.units(entry["units"]))
      if reservations.updateValue(reservation, forKey: id) != nil { faults.append("\(id) is held twice, at \(number)") }
      move(sku, by: reservation.units, at: number)
    case "released": end(id, number) { $0.released += Self.units(entry["units"]) }
    case "confirmed": end(id, number) { $0.confirmed += Self.units(entry["fromReserved"]) }
    case "expired": end(id, number) { $0.expired = $0.units - $0.released - $0.confirmed }
    default: break
    }
  }

  private mutating func end(_ id: String, _ number: String, _ change: (inout Reservation) -> Void) {
    guard var reservation = reservations[id] else {
      return faults.append("\(id) ends at \(number), and was never held")
    }
    let before = reservation.taken
    change(&reservation)
    if reservation.confirmed + reservation.released + reservation.expired > reservation.units {
      faults.append("\(id) ends twice, at \(number)")
    }
    reservations[id] = reservation
    move(reservation.sku, by: reservation.taken - before, at: number)
  }

  private mutating func move(_ sku: String, by units: Int64, at number: String) {
    held[sku, default: 0] += units
    if availableToSell(sku) < 0 { faults.append("\(sku) is oversold by \(-availableToSell(sku)) at \(number)") }
  }

  private static func units(_ value: Any?) -> Int64 { (value as? Int).map(Int64.init) ?? 0 }

  // MARK: What clients were told

  /// Compares with what clients were told: everything acknowledged is here, at the entry that was named, and nothing is
  /// here that nobody asked for, or that was refused whatever became of it.
  mutating func compare(with log: [String: DrillLog.Operation]) {
    var acknowledged: [String: String] = [:]
    for (name, operation) in log.sorted(by: { $0.key < $1.key }) {
      if operation.final == nil { faults.append("\(name) was never answered for good") }
      // Clients end only what was acknowledged to them.
      if operation.final?.reason == "unknownReservation" { faults.append("\(name) ends what a node does not know") }
      for case let answer? in operation.answers where answer.isAccepted {
        compare(answer, name, operation, &acknowledged)
      }
    }
    let holds = Dictionary(
      uniqueKeysWithValues: log.values.filter { $0.ask.do == "hold" }.map { ($0.ask.reservation ?? "", $0) })
    for id in reservations.keys.sorted() {
      guard let hold = holds[id] else {
        faults.append("\(id) is held, and nobody asked for it")
        continue
      }
      if !hold.isAccepted && !hold.isInDoubt { faults.append("\(id) is held, and was refused: \(hold.answers)") }
    }
  }

  private mutating func compare(
    _ answer: NodeAnswer, _ name: String, _ operation: DrillLog.Operation, _ acknowledged: inout [String: String]
  ) {
    let kinds = ["hold": "held", "confirm": "confirmed", "release": "released"]
    // A repeated answer names its key's last entry: it is enough that what it repeats is there at all.
    if answer.duplicate ?? false {
      let isThere = entries.values.contains {
        $0["kind"] as? String == kinds[operation.ask.do] && $0["reservation"] as? String == operation.ask.reservation
      }
      if !isThere { faults.append("\(name) was acknowledged again, and is nowhere") }
      return
    }
    guard let number = answer.entry, let entry = entries[number] else {
      return faults.append("\(name) was acknowledged at \(answer.entry ?? "no entry"), which is lost")
    }
    if let other = acknowledged.updateValue(name, forKey: number), other != name {
      faults.append("\(number) was acknowledged for \(other) and for \(name)")
    }
    let ask = operation.ask
    let isSame =
      entry["kind"] as? String == kinds[ask.do] && entry["sku"] as? String == ask.sku
      && entry["reservation"] as? String == ask.reservation && entry["claim"] as? String == ask.claim
      && (ask.units == nil || Self.units(entry["units"]) == ask.units)
    if !isSame { faults.append("\(name) was acknowledged at \(number), where \(entry) is") }
  }
}
