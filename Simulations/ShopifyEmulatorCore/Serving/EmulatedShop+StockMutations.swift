import StockLedger

/// The mutations that write stock.
extension EmulatedShop {
  /// Reasons that the API knows (Admin API guide, "Manage inventory quantities and states").
  static let reasons: Set<String> = [
    "correction", "cycle_count_available", "damaged", "movement_canceled", "movement_created", "movement_received",
    "movement_updated", "other", "promotion", "quality_control", "received", "reservation_created",
    "reservation_deleted", "reservation_updated", "restock", "safety_stock", "shrinkage",
  ]

  /// One row of a call, read and not yet judged.
  private struct Row {
    let field: [String]
    let key: LevelKey?
    let number: Int64
    let compared: Int64?
  }

  // MARK: Set

  /// Sets numbers to values, all rows or none: one stale row fails the call.
  mutating func setQuantities(_ field: PlannedField, at now: Timestamp) -> Record {
    let input = field["input"] ?? .null
    let name = [QuantityName.available, .onHand].first { $0.rawValue == input["name"]?.text }
    var refusals = headRefusals(input)
    if name == nil {
      refusals.append(
        ShopRefusal(
          "The quantity name must be either 'available' or 'on_hand'.", code: "INVALID_NAME",
          field: ["input", "name"]))
    }
    let rows = rows(of: input["quantities"], "quantities", number: "quantity")
    refusals += repeated(rows)
    for row in rows {
      if let refusal = refusal(ofSet: row, name) { refusals.append(refusal) }
    }
    guard refusals.isEmpty, let name else {
      return Record(
        field.type.name, ("inventoryAdjustmentGroup", .null),
        ("userErrors", Self.errors(refusals, of: field.type.name)))
    }
    var changes: [AdjustmentGroup.Change] = []
    for row in rows {
      guard let key = row.key, let level = levels[key] else { continue }
      audit.wrote(
        key, from: level.available, to: level.available + row.number - level[name],
        compared: row.compared, document: input["referenceDocumentUri"]?.text, at: now)
      changes += change(key, name, by: row.number - level[name], at: now)
    }
    return adjusted(field, input, changes, at: now)
  }

  private func refusal(ofSet row: Row, _ name: QuantityName?) -> ShopRefusal? {
    if row.number < 0 {
      return ShopRefusal(
        "The quantity can't be negative.", code: "INVALID_QUANTITY_NEGATIVE", field: row.field + ["quantity"])
    }
    if row.number > Self.quantityMax {
      return ShopRefusal(
        "The total quantity can't be higher than 1,000,000,000.", code: "INVALID_QUANTITY_TOO_HIGH",
        field: row.field + ["quantity"])
    }
    return refusal(ofPlace: row) ?? name.flatMap { staleness(of: row, $0) }
  }

  private func staleness(of row: Row, _ name: QuantityName) -> ShopRefusal? {
    guard let compared = row.compared, let level = row.key.flatMap({ levels[$0] }), compared != level[name] else {
      return nil
    }
    return ShopRefusal(
      "The changeFromQuantity value does not match persisted value.", code: "CHANGE_FROM_QUANTITY_STALE",
      field: row.field + ["changeFromQuantity"])
  }

  // MARK: Adjust

  /// Adds to numbers, all rows or none.
  mutating func adjustQuantities(_ field: PlannedField, at now: Timestamp) -> Record {
    let input = field["input"] ?? .null
    let name = QuantityName(rawValue: input["name"]?.text ?? "")
    var refusals = headRefusals(input)
    if name != .available {
      refusals.append(
        ShopRefusal(
          "The specified quantity name is invalid.", code: "INVALID_QUANTITY_NAME", field: ["input", "name"]))
    }
    let rows = rows(of: input["changes"], "changes", number: "delta")
    // Two rows of one level add up: each is judged by what the one before it leaves.
    var totals: [LevelKey: Int64] = [:]
    for row in rows {
      if let refusal = refusal(ofPlace: row) ?? staleness(of: row, .available) {
        refusals.append(refusal)
      } else if let key = row.key, let level = levels[key] {
        let total = (totals[key] ?? level.available) + row.number
        totals[key] = total
        if abs(total) > Self.quantityMax { refusals.append(Self.outOfRange(total, row.field + ["delta"])) }
      }
    }
    guard refusals.isEmpty else {
      return Record(
        field.type.name, ("inventoryAdjustmentGroup", .null),
        ("userErrors", Self.errors(refusals, of: field.type.name)))
    }
    var changes: [AdjustmentGroup.Change] = []
    for row in rows {
      guard let key = row.key else { continue }
      changes += change(key, .available, by: row.number, at: now)
    }
    return adjusted(field, input, changes, at: now)
  }

  private static func outOfRange(_ total: Int64, _ field: [String]) -> ShopRefusal {
    let isHigh = total > 0
    return ShopRefusal(
      "The total quantity can't be \(isHigh ? "higher than" : "lower than -")1,000,000,000.",
      code: isHigh ? "INVALID_QUANTITY_TOO_HIGH" : "INVALID_QUANTITY_TOO_LOW", field: field)
  }

  // MARK: Both

  private func headRefusals(_ input: JSON) -> [ShopRefusal] {
    var refusals: [ShopRefusal] = []
    if !Self.reasons.contains(input["reason"]?.text ?? "") {
      refusals.append(
        ShopRefusal("The specified reason is invalid.", code: "INVALID_REASON", field: ["input", "reason"]))
    }
    if let document = input["referenceDocumentUri"]?.text, !Self.isDocument(document) {
      refusals.append(
        ShopRefusal(
          "The specified reference document is invalid.", code: "INVALID_REFERENCE_DOCUMENT",
          field: ["input", "referenceDocumentUri"]))
    }
    return refusals
  }

  /// A URI with a scheme and something behind it; of a global id the app, the entity and the id.
  static func isDocument(_ text: String) -> Bool {
    guard let colon = text.firstIndex(of: ":"), colon > text.startIndex,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), text.first?.isLetter == true,
      text[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || "+-.".contains($0) })
    else { return false }
    let rest = text[text.index(after: colon)...]
    guard text.hasPrefix("gid:") else { return rest.contains { $0 != "/" } }
    let parts = rest.drop { $0 == "/" }.split(separator: "/", omittingEmptySubsequences: false)
    return rest.hasPrefix("//") && parts.count >= 3 && parts.allSatisfy { !$0.isEmpty }
  }

  private func rows(of list: JSON?, _ name: String, number: String) -> [Row] {
    (list ?? .null).values.enumerated().map { index, row in
      let item = GlobalID.number(of: "InventoryItem", in: row["inventoryItemId"])
      let location = GlobalID.number(of: "Location", in: row["locationId"])
      // An id that cannot be read names nothing: 0 is no number of anything.
      return Row(
        field: ["input", name, "\(index)"], key: LevelKey(item: item ?? 0, location: location ?? 0),
        number: row[number]?.integer ?? 0, compared: row["changeFromQuantity"]?.integer)
    }
  }

  private func repeated(_ rows: [Row]) -> [ShopRefusal] {
    var seen: Set<LevelKey> = []
    return rows.compactMap { row in
      guard let key = row.key, !seen.insert(key).inserted else { return nil }
      return ShopRefusal(
        "The combination of inventoryItemId and locationId must be unique.",
        code: "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR", field: row.field)
    }
  }

  private func refusal(ofPlace row: Row) -> ShopRefusal? {
    guard let key = row.key, let variant = variant(ofItem: key.item) else {
      return ShopRefusal(
        "The specified inventory item could not be found.", code: "INVALID_INVENTORY_ITEM",
        field: row.field + ["inventoryItemId"])
    }
    guard locations[key.location]?.isActive == true else {
      return ShopRefusal(
        "The specified location could not be found.", code: "INVALID_LOCATION", field: row.field + ["locationId"])
    }
    if variant.isBundle {
      return ShopRefusal(
        "The specified inventory item is not allowed to be adjusted via API.", code: "NON_MUTABLE_INVENTORY_ITEM",
        field: row.field + ["inventoryItemId"])
    }
    guard levels[key] != nil else {
      return ShopRefusal(
        "The specified inventory item is not stocked at the location.", code: "ITEM_NOT_STOCKED_AT_LOCATION",
        field: row.field + ["locationId"])
    }
    return nil
  }

  private mutating func change(
    _ key: LevelKey, _ name: QuantityName, by delta: Int64, at now: Timestamp
  ) -> [AdjustmentGroup.Change] {
    guard delta != 0 else { return [] }
    move(key, StockChange(available: delta, onHand: delta), by: .writer, at: now)
    return [QuantityName.available, .onHand].map { name in
      AdjustmentGroup.Change(key: key, name: name, delta: delta, after: levels[key]?[name] ?? 0)
    }
  }

  /// The payload of a call that went through: no group where nothing was changed by it.
  private mutating func adjusted(
    _ field: PlannedField, _ input: JSON, _ changes: [AdjustmentGroup.Change], at now: Timestamp
  ) -> Record {
    let group = AdjustmentGroup(
      id: newID(), reason: input["reason"]?.text ?? "", document: input["referenceDocumentUri"]?.text,
      createdAt: now, changes: changes)
    return Record(
      field.type.name, ("inventoryAdjustmentGroup", changes.isEmpty ? .null : .thing(.group(group))),
      ("userErrors", Self.none))
  }

  // MARK: Activate

  /// Stocks an item at a location, with a number where one is given.
  mutating func activate(_ field: PlannedField, at now: Timestamp) -> Record {
    let refuse = { (message: String, name: String) in
      Record(
        field.type.name, ("inventoryLevel", .null),
        ("userErrors", Self.errors([ShopRefusal(message, field: [name])], of: field.type.name)))
    }
    guard let item = GlobalID.number(of: "InventoryItem", in: field["inventoryItemId"]),
      variantOfItem[item] != nil
    else { return refuse("The product couldn't be stocked because it wasn't found.", "inventoryItemId") }
    guard let location = GlobalID.number(of: "Location", in: field["locationId"]),
      locations[location]?.isActive == true
    else { return refuse("The product couldn't be stocked because the location wasn't found.", "locationId") }
    let key = LevelKey(item: item, location: location)
    let units = field.integer("available") ?? field.integer("onHand")
    if let units, abs(units) > Self.quantityMax { return refuse("Quantity is out of range.", "available") }
    guard levels[key] == nil || units == nil else {
      return refuse(
        "Not allowed to set available quantity when the item is already active at the location.", "available")
    }
    _ = stock(key, at: now)
    if let units, units != 0 { move(key, StockChange(available: units, onHand: units), by: .writer, at: now) }
    return Record(field.type.name, ("inventoryLevel", .thing(.level(key))), ("userErrors", Self.none))
  }
}
