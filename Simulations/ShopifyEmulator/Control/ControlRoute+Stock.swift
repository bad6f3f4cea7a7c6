public import ShopifyEmulatorCore
import StockLedger

/// What the shop has, and what was written into it.
extension ControlRoute {
  /// Untold writes that are told one by one: of a writer that is wrong the first say why.
  private static let toldMax = 10_000

  static func levels(_ shop: inout EmulatedShop, _: JSON, _: Timestamp) throws(ControlFault) -> Answer {
    .lines(shop.levelRows)
  }

  static func audit(_ shop: inout EmulatedShop, _: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let above = shop.audit.writesAboveUntoldOrders
    let told = above.prefix(toldMax).map { write -> JSON in
      let orders = write.untold.map { ["order": .integer($0.order), "units": .integer($0.units)] as JSON }
      return [
        "sku": JSON(shop.variant(ofItem: write.key.item)?.sku), "locationId": .integer(write.key.location),
        "at": .string(write.at.description), "from": .integer(write.from), "to": .integer(write.to),
        "compared": write.compared.map { .integer($0) } ?? .null, "untold": .list(orders),
        "taken": .integer(write.taken.byOrders), "document": JSON(write.document),
      ]
    }
    return .object([
      "orders": .integer(Int64(shop.allOrders.count)), "writes": .integer(Int64(shop.audit.writes)),
      "writesAboveUntoldOrders": .integer(Int64(above.count)),
      "unitsAboveUntoldOrders": .integer(above.reduce(0) { $0 + $1.units }),
      "writesMet": .integer(Int64(shop.audit.writesMet.count)), "oversoldUnits": .integer(shop.unitsBelowZero),
      "webhooksLost": .integer(Int64(shop.webhooksLost)), "first": .list(told),
    ])
  }

  static func quiet(_ shop: inout EmulatedShop, _: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let next = shop.nextWebhookAt.map { JSON.integer(max(0, $0.milliseconds - now.milliseconds)) }
    return .object([
      "quiet": .bool(shop.webhooksWaiting == 0 && !shop.isBulkReading),
      "webhooksWaiting": .integer(Int64(shop.webhooksWaiting)), "nextWebhookIn": next ?? .null,
      "webhooksLost": .integer(Int64(shop.webhooksLost)),
    ])
  }

  /// A person counts again: of a level by its SKU and location, of an order by its line.
  static func edit(_ shop: inout EmulatedShop, _ body: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let fields = try ControlFields(body, known: ["sku", "location", "order", "line", "by"])
    let units = try fields.neededInteger("by")
    guard !fields.has("order") else {
      let (order, line) = (try fields.neededInteger("order"), try fields.neededInteger("line"))
      do throws(ShopRefusal) { try shop.edit(order, line: line, by: units, at: now) } catch {
        throw ControlFault(error)
      }
      return .object([:])
    }
    let sku = try fields.neededText("sku")
    let location = try shop.location(named: try fields.neededText("location"))
    guard let variant = shop.variants(sku: sku).first else {
      throw ControlFault("no variant has the SKU \(sku)", status: 404)
    }
    let key = LevelKey(item: variant.itemID, location: location)
    guard shop.adjustByHand(key, by: units, at: now) else {
      throw ControlFault("\(sku) is not stocked there, or would pass what can be said", status: 422)
    }
    return .object(shop.row(of: key) ?? .null)
  }

  // MARK: Faults

  static func faults(_ shop: inout EmulatedShop, _: JSON, _: Timestamp) throws(ControlFault) -> Answer {
    let faults = EmulatorFaults(calls: shop.settings.faults, webhooks: shop.settings.webhooks)
    return .object(.object(faults.values.map { JSON.Member($0.name, $0.value) }))
  }

  /// A preset where one is named, and on top of it, or of what holds, each fault that is named.
  static func setFaults(_ shop: inout EmulatedShop, _ body: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let fields = try ControlFields(body, known: ["preset"] + EmulatorFaults.names)
    var faults = EmulatorFaults(calls: shop.settings.faults, webhooks: shop.settings.webhooks)
    if let name = try fields.text("preset") {
      guard let preset = EmulatorFaults.presets.first(where: { $0.name == name }) else {
        throw ControlFault("preset is none of \(EmulatorFaults.presets.map(\.name).joined(separator: ", "))")
      }
      faults = preset.faults
    }
    for name in EmulatorFaults.names {
      guard let value = fields[name] else { continue }
      let ends = value.integer.map { [$0, $0] } ?? value.values.compactMap(\.integer)
      guard ends.count == 2 else { throw ControlFault("\(name) is a whole number, or a list of two") }
      do throws(EmulatorFaults.Mistake) { try faults.set(name, from: ends[0], to: ends[1]) } catch {
        throw ControlFault(error.description)
      }
    }
    shop.change(faults: faults.calls, webhooks: faults.webhooks)
    return try self.faults(&shop, body, now)
  }
}

extension EmulatedShop {
  /// Every level as `GET /emulator/levels` tells it.
  public var levelRows: [JSON] { allLevels.compactMap { row(of: $0.key) } }

  func row(of key: LevelKey) -> JSON? {
    guard let level = self[key] else { return nil }
    return [
      "sku": JSON(variant(ofItem: key.item)?.sku), "location": JSON(location(key.location)?.name),
      "available": .integer(level.available), "committed": .integer(level.committed),
      "onHand": .integer(level.onHand), "inventoryItemId": .integer(key.item), "locationId": .integer(key.location),
      "takenByOrders": .integer(audit.taken(from: key).byOrders),
    ]
  }

  /// The number of the first location of a name.
  func location(named name: String) throws(ControlFault) -> Int64 {
    guard let location = allLocations.first(where: { $0.name == name }) else {
      throw ControlFault("no location is named \(name)", status: 404)
    }
    return location.id
  }
}
