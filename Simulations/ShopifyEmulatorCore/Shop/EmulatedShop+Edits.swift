public import StockLedger

extension EmulatedShop {
  /// A person edits a line of an order: units are added, or where negative taken off what is not shipped. What is
  /// added is taken from stock whatever is left, as in the admin.
  ///
  /// - Throws: Why nothing changed: an unknown or cancelled order, an unknown line, or less unshipped than is taken
  ///   off.
  public mutating func edit(
    _ id: Int64, line lineID: Int64, by units: Int64, at now: Timestamp
  ) throws(ShopRefusal) {
    let order = try editable(id)
    guard let line = order.lines.firstIndex(where: { $0.id == lineID }) else {
      throw ShopRefusal("Line item does not exist", field: ["lineItemId"])
    }
    let least = -order.lines[line].unfulfilled
    let most = Self.lineQuantityMax - order.lines[line].quantity
    guard units != 0, units >= least, units <= most else {
      throw ShopRefusal("Quantity must change by \(least) to \(most), and not by 0", field: ["quantity"])
    }
    if units > 0 {
      orders[id]?.lines[line].quantity += units
      orders[id]?.lines[line].unfulfilled += units
      addUnits(units, line: line, of: id, at: now)
    } else {
      _ = takeUnshipped(-units, line: line, of: id, to: nil, isRestocked: true, at: now)
    }
    orders[id]?.lines[line].currentQuantity += units
    finishEdit(of: id, line: lineID, by: units, at: now)
  }

  /// A person adds a variant to an order; answers the new line's number.
  @discardableResult
  public mutating func addLine(
    to id: Int64, variantID: Int64, quantity: Int64, at now: Timestamp
  ) throws(ShopRefusal) -> Int64 {
    let order = try editable(id)
    guard let variant = variants[variantID], (1...Self.lineQuantityMax).contains(quantity),
      order.lines.count < Self.orderLinesMax
    else { throw ShopRefusal("Variant does not exist or the quantity is out of range", field: ["variantId"]) }
    let line = EmulatedLine(
      id: newID(), variantID: variantID, itemID: variant.isTracked ? variant.itemID : nil, sku: variant.sku,
      title: products[variant.productID]?.title ?? "", variantTitle: variant.title, price: variant.price,
      quantity: quantity, currentQuantity: quantity, unfulfilled: quantity, properties: [])
    orders[id]?.lines.append(line)
    addUnits(quantity, line: order.lines.count, of: id, at: now)
    finishEdit(of: id, line: line.id, by: quantity, at: now)
    return line.id
  }

  private func editable(_ id: Int64) throws(ShopRefusal) -> EmulatedOrder {
    guard let order = orders[id] else { throw ShopRefusal("Order does not exist", field: ["id"]) }
    guard order.cancelledAt == nil else { throw ShopRefusal("The order cannot be edited.", field: ["id"]) }
    return order
  }

  /// Gives more units of a line to the fulfillment order that has it, or to a new one at the first location with stock.
  private mutating func addUnits(_ units: Int64, line: Int, of id: Int64, at now: Timestamp) {
    guard let order = orders[id] else { return }
    let open = order.fulfillmentOrderIDs.compactMap { fulfillmentOrders[$0] }.filter(\.isOpen)
    if let source = open.first(where: { $0.lines.contains { $0.line == line } }),
      let place = source.lines.firstIndex(where: { $0.line == line })
    {
      let claimed = claim(units, ofLine: line, of: id, at: source.locationID, now)
      fulfillmentOrders[source.id]?.lines[place].total += units
      fulfillmentOrders[source.id]?.lines[place].remaining += units
      fulfillmentOrders[source.id]?.lines[place].claimed += claimed
      return
    }
    let active = locationIDs.filter { locations[$0]?.isActive == true }
    let stocked = active.first { location in
      order.lines[line].itemID.map { levels[LevelKey(item: $0, location: location)] != nil } ?? true
    }
    guard let location = stocked ?? locationIDs.first else { return }
    let claimed = claim(units, ofLine: line, of: id, at: location, now)
    var made = FulfillmentOrder(id: newID(), orderID: id, locationID: location, createdAt: now, updatedAt: now)
    made.lines = [
      FulfillmentOrder.Line(id: newID(), line: line, total: units, remaining: units, claimed: claimed)
    ]
    fulfillmentOrders[made.id] = made
    orders[id]?.fulfillmentOrderIDs.append(made.id)
    emit(.orderRoutingComplete, .routed(made.id), at: now + settings.routingDelay)
  }

  private mutating func finishEdit(of id: Int64, line: Int64, by units: Int64, at now: Timestamp) {
    orders[id]?.isEdited = true
    touch(id, at: now)
    emit(.ordersEdited, .edit(order: id, line: line, units: units), at: now)
  }

  /// What a move made of a fulfillment order.
  public struct MovedFulfillmentOrder: Hashable, Sendable {
    /// The one that was there; closed where nothing stayed.
    public let original: Int64
    /// The new one.
    public let moved: Int64
    /// The one that was there, where something stayed.
    public let remaining: Int64?
  }

  /// Moves what is not shipped, or some of it, to another location.
  @discardableResult
  public mutating func move(
    _ id: Int64, _ units: [Units]? = nil, to location: Int64, at now: Timestamp
  ) throws(ShopRefusal) -> MovedFulfillmentOrder {
    guard let source = fulfillmentOrders[id], source.isOpen else {
      throw ShopRefusal("Fulfillment order does not exist or is not open.", field: ["id"])
    }
    guard locations[location]?.isActive == true, location != source.locationID else {
      throw ShopRefusal("The new location is not eligible for this move.", field: ["newLocationId"])
    }
    let chosen = try chosen(units, of: source, field: ["fulfillmentOrderLineItems"])
    for (place, _) in chosen {
      if let item = orders[source.orderID]?.lines[source.lines[place].line].itemID,
        levels[LevelKey(item: item, location: location)] == nil
      {
        throw ShopRefusal("The item is not stocked at the new location.", field: ["newLocationId"])
      }
    }
    var made = FulfillmentOrder(
      id: newID(), orderID: source.orderID, locationID: location, createdAt: now, updatedAt: now)
    for (place, quantity) in chosen {
      made.lines.append(moveLine(place, quantity, of: source, to: location, at: now))
    }
    fulfillmentOrders[made.id] = made
    orders[source.orderID]?.fulfillmentOrderIDs.append(made.id)
    let stays = fulfillmentOrders[id]?.lines.contains { $0.remaining > 0 } ?? false
    let result = MovedFulfillmentOrder(original: id, moved: made.id, remaining: stays ? id : nil)
    touch(source.orderID, at: now)
    emit(.fulfillmentOrdersMoved, .moved(result), at: now)
    return result
  }

  private mutating func moveLine(
    _ place: Int, _ quantity: Int64, of source: FulfillmentOrder, to location: Int64, at now: Timestamp
  ) -> FulfillmentOrder.Line {
    let line = source.lines[place].line
    let claimed = takeRemaining(quantity, of: source.id, at: place, now)
    fulfillmentOrders[source.id]?.lines[place].total -= quantity
    settle(claimed, ofLine: line, of: source, available: claimed, onHand: 0, at: now)
    let taken = claimed > 0 ? claim(claimed, ofLine: line, of: source.orderID, at: location, now) : 0
    return FulfillmentOrder.Line(id: newID(), line: line, total: quantity, remaining: quantity, claimed: taken)
  }
}
