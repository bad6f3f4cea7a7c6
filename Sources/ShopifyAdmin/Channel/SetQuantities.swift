import StockLedger

/// An inventory item at a location, by Shopify's numbers.
struct ItemPlace: Hashable, Sendable {
  let item: Int64
  let location: Int64
}

/// The set mutation: our rows in Shopify's words.
struct SetQuantities: Encodable, Sendable {
  /// The idempotency key, in the form of a UUID.
  let key: String
  let rows: [(place: ItemPlace, quantity: Int64, changeFrom: Int64?)]

  private enum CodingKeys: String, CodingKey { case input, key }
  private enum InputKeys: String, CodingKey { case name, reason, referenceDocumentUri, quantities }
  private enum RowKeys: String, CodingKey { case inventoryItemId, locationId, quantity, changeFromQuantity }

  init(_ key: Identifier, _ rows: [(place: ItemPlace, quantity: Int64, changeFrom: Int64?)]) {
    self.key = Self.text(key)
    self.rows = rows
  }

  /// All 128 bits, whatever text they came from: two keys are two texts, none is empty, and all can stand in a URI.
  private static func text(_ key: Identifier) -> String {
    let digits = [key.high, key.low].map { word in
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
    var text = ""
    for (place, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(place) { text.append("-") }
      text.append(digit)
    }
    return text
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(key, forKey: .key)
    var input = fields.nestedContainer(keyedBy: InputKeys.self, forKey: .input)
    // Our number has Shopify's open orders subtracted already: `on_hand` would subtract them twice.
    try input.encode("available", forKey: .name)
    try input.encode("correction", forKey: .reason)
    try input.encode("gid://holdfast/Publication/\(key)", forKey: .referenceDocumentUri)
    var list = input.nestedUnkeyedContainer(forKey: .quantities)
    for row in rows {
      var fields = list.nestedContainer(keyedBy: RowKeys.self)
      try fields.encode(AdminID.text("InventoryItem", row.place.item), forKey: .inventoryItemId)
      try fields.encode(AdminID.text("Location", row.place.location), forKey: .locationId)
      try fields.encode(row.quantity, forKey: .quantity)
      // Null says "do not compare" and must be said: left out, the whole call is refused.
      if let changeFrom = row.changeFrom {
        try fields.encode(changeFrom, forKey: .changeFromQuantity)
      } else {
        try fields.encodeNil(forKey: .changeFromQuantity)
      }
    }
  }
}

/// What the set mutation answers.
struct SetQuantitiesAnswer: Decodable, Sendable {
  struct Payload: Decodable, Sendable { let userErrors: [AdminUserError] }
  let inventorySetQuantities: Payload?
}

/// User errors of the set mutation, by the rows that they are about.
enum SetQuantitiesVerdict {
  /// What is to be told of a call of so many rows.
  static func answer(_ errors: [AdminUserError], rows count: Int) -> PublicationOutbox.WriteAnswer {
    let codes = Set(errors.compactMap(\.code))
    if errors.isEmpty { return .accepted }
    if codes.contains("IDEMPOTENCY_CONCURRENT_REQUEST") { return .unknown }
    if codes.contains("IDEMPOTENCY_KEY_PARAMETER_MISMATCH") { return .keyMismatch }
    return .refused(faults(errors, count))
  }

  private static func faults(_ errors: [AdminUserError], _ count: Int) -> [Int: PublicationOutbox.RowFault] {
    var faults: [Int: PublicationOutbox.RowFault] = [:]
    for error in errors {
      let fault = fault(error.code)
      if let row = row(in: error.field, of: count) {
        // Of two faults of a row the one that needs a person counts.
        if faults[row] == nil || fault != .stale { faults[row] = fault }
      } else if fault == .stale {
        // A stale row that is not named may be any: all are read again. What else has no row is the call's own fault.
        for row in 0..<count where faults[row] == nil { faults[row] = .stale }
      }
    }
    return faults
  }

  /// The row that a path leads to, as `input`, `quantities`, `3`, `quantity`.
  private static func row(in path: [String]?, of count: Int) -> Int? {
    guard let path, let list = path.firstIndex(of: "quantities"), path.indices.contains(list + 1),
      let row = Int(path[list + 1]), (0..<count).contains(row)
    else { return nil }
    return row
  }

  private static func fault(_ code: String?) -> PublicationOutbox.RowFault {
    switch code {
    case "CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE": .stale
    case "INVALID_INVENTORY_ITEM": .rejected(.invalidItem)
    case "INVALID_LOCATION": .rejected(.invalidLocation)
    case "ITEM_NOT_STOCKED_AT_LOCATION": .rejected(.notStocked)
    case "NON_MUTABLE_INVENTORY_ITEM": .rejected(.immutableItem)
    case "INVALID_QUANTITY_NEGATIVE", "INVALID_QUANTITY_TOO_LOW": .rejected(.quantityTooLow)
    case "INVALID_QUANTITY_TOO_HIGH": .rejected(.quantityTooHigh)
    case "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR": .rejected(.duplicateRow)
    case "INVALID_NAME", "INVALID_REASON", "INVALID_REFERENCE_DOCUMENT", "COMPARE_QUANTITY_REQUIRED":
      .rejected(.invalidCall)
    default: .rejected(.other)
    }
  }
}
