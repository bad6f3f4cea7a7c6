import ChannelIntake
import InventoryEngine

/// Lines of our bulk queries as what they say.
enum BulkRows {
  /// A level's line: where it is and what may be sold there; nil for the line of an item.
  static func level(_ line: [JSONMember], _ number: Int) throws(ChannelFailure) -> (place: ItemPlace, available: Int64)?
  {
    guard let parent = line.text("__parentId") else { return nil }
    guard let item = AdminID.number(of: "InventoryItem", in: parent),
      let location = line.object("location")?.text("id").flatMap({ AdminID.number(of: "Location", in: $0) }),
      let available = line.list("quantities")?.first?.members?.integer("quantity")
    else { throw unreadable(number, "a level with its location and quantity") }
    return (ItemPlace(item: item, location: location), available)
  }

  /// A variant's line.
  static func variant(_ line: [JSONMember], _ number: Int) throws(ChannelFailure) -> VariantRow {
    guard let variant = line.text("id").flatMap({ AdminID.number(of: "ProductVariant", in: $0) }),
      let item = line.object("inventoryItem"),
      let itemID = item.text("id").flatMap({ AdminID.number(of: "InventoryItem", in: $0) })
    else { throw unreadable(number, "a variant with its inventory item") }
    return VariantRow(variant: variant, sku: line.text("sku"), item: itemID, isTracked: item.boolean("tracked") ?? true)
  }

  private static func unreadable(_ number: Int, _ wanted: String) -> ChannelFailure {
    ChannelFailure("line \(number) of the bulk result is not \(wanted)")
  }
}

extension [JSONMember] {
  private func value(_ name: String) -> JSONValue? { first { $0.name == name }?.value }

  fileprivate func text(_ name: String) -> String? {
    if case .string(let text)? = value(name) { text } else { nil }
  }

  fileprivate func object(_ name: String) -> [JSONMember]? { value(name)?.members }

  fileprivate func list(_ name: String) -> [JSONValue]? {
    if case .list(let values)? = value(name) { values } else { nil }
  }

  fileprivate func integer(_ name: String) -> Int64? {
    guard case .number(let digits)? = value(name) else { return nil }
    return Int64(String(decoding: digits, as: UTF8.self))
  }

  fileprivate func boolean(_ name: String) -> Bool? {
    if case .boolean(let flag)? = value(name) { flag } else { nil }
  }
}
