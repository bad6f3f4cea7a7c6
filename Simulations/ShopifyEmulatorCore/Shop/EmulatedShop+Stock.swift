public import StockLedger

/// Who changed a level: the audit tells them apart.
enum ChangeCause: Hashable, Sendable {
  case order(Int64)
  case writer
  case person
}

extension EmulatedShop {
  /// The largest and, negated, the smallest quantity of the API.
  static let quantityMax: Int64 = 1_000_000_000

  /// Units that were sold beyond what could be, over all levels: by how much they stand below zero now.
  public var unitsBelowZero: Int64 { levels.values.reduce(0) { $0 + max(0, -$1.available) } }

  /// Changes a level, tells the audit, and sends the webhook where what may be sold is another.
  mutating func move(_ key: LevelKey, _ change: StockChange, by cause: ChangeCause, at now: Timestamp) {
    guard levels[key] != nil else { return }
    levels[key]?.apply(change, at: now)
    guard change.available != 0 else { return }
    if cause != .writer { audit.changed(key, by: change.available, cause: cause) }
    emit(.inventoryLevelsUpdate, .level(key), at: now)
  }

  /// True where the sum stays within what the API can say.
  private static func mayAdd(_ units: Int64, to quantity: Int64) -> Bool {
    let (sum, over) = quantity.addingReportingOverflow(units)
    return !over && (-quantityMax...quantityMax).contains(sum)
  }

  /// A person counts again: units are added or, where negative, taken, and what may be sold goes with them.
  @discardableResult
  public mutating func adjustByHand(_ key: LevelKey, by units: Int64, at now: Timestamp) -> Bool {
    guard let level = levels[key], Self.mayAdd(units, to: level.available) else { return false }
    move(key, StockChange(available: units, onHand: units), by: .person, at: now)
    return true
  }

  /// A person sets aside units that may be sold, or frees as many of them where negative.
  ///
  /// - Returns: False, and nothing changed, where the state takes no such units or has not so many to free.
  @discardableResult
  public mutating func putAside(
    _ units: Int64, of key: LevelKey, as name: QuantityName, at now: Timestamp
  ) -> Bool {
    guard let level = levels[key], units != .min, Self.mayAdd(-units, to: level.available),
      level[name] + units >= 0,
      levels[key]?.putAside(units, as: name, at: now) == true
    else { return false }
    if units != 0 {
      audit.changed(key, by: -units, cause: .person)
      emit(.inventoryLevelsUpdate, .level(key), at: now)
    }
    return true
  }

  /// Stocks an item at a location, at nothing; false where it is already.
  mutating func stock(_ key: LevelKey, at now: Timestamp) -> Bool {
    guard levels[key] == nil else { return false }
    levels[key] = InventoryLevel(available: 0, at: now)
    return true
  }
}
