public import StockLedger

extension EmulatedShop {
  /// Units of a fulfillment order's line.
  public struct Units: Hashable, Sendable {
    /// The line's number.
    public let line: Int64
    /// Units.
    public let quantity: Int64

    /// Units of a line.
    public init(line: Int64, quantity: Int64) {
      self.line = line
      self.quantity = quantity
    }
  }

  /// Ships from a fulfillment order, all that remains or some of it; answers the fulfillment's number.
  @discardableResult
  public mutating func fulfil(
    _ id: Int64, _ units: [Units]? = nil, trackingNumber: String? = nil, at now: Timestamp
  ) throws(ShopRefusal) -> Int64 {
    let field = ["fulfillment", "lineItemsByFulfillmentOrder"]
    guard let source = fulfillmentOrders[id], source.isOpen, let order = orders[source.orderID] else {
      throw ShopRefusal("Fulfillment order does not exist or is not open.", field: field)
    }
    let chosen = try chosen(units, of: source, field: field)
    var lines: [EmulatedFulfillment.Line] = []
    var taken: [Int64] = []
    for (place, quantity) in chosen {
      let line = source.lines[place].line
      let claimed = takeRemaining(quantity, of: id, at: place, now)
      settle(claimed, ofLine: line, of: source, available: 0, onHand: -claimed, at: now)
      orders[order.id]?.lines[line].unfulfilled -= quantity
      taken.append(claimed)
      lines.append(EmulatedFulfillment.Line(id: newID(), line: line, quantity: quantity))
    }
    if fulfillmentOrders[id]?.isOpen == true { fulfillmentOrders[id]?.status = "IN_PROGRESS" }
    let made = EmulatedFulfillment(
      id: newID(), orderID: order.id, fulfillmentOrderID: id, locationID: source.locationID,
      name: "\(order.name).\(order.fulfillmentIDs.count + 1)", lines: lines, claimed: taken,
      trackingNumber: trackingNumber, createdAt: now, updatedAt: now)
    fulfillments[made.id] = made
    orders[order.id]?.fulfillmentIDs.append(made.id)
    touch(order.id, at: now)
    emit(.fulfillmentsCreate, .fulfillment(made.id), at: now)
    return made.id
  }

  /// Which of a fulfillment order's lines, by place, and how much of each.
  func chosen(
    _ units: [Units]?, of source: FulfillmentOrder, field: [String]
  ) throws(ShopRefusal) -> [(place: Int, quantity: Int64)] {
    guard let units else {
      return source.lines.indices.map { ($0, source.lines[$0].remaining) }.filter { $0.1 > 0 }
    }
    var found: [(place: Int, quantity: Int64)] = []
    for each in units {
      guard let place = source.lines.firstIndex(where: { $0.id == each.line }),
        each.quantity > 0, each.quantity <= source.lines[place].remaining, !found.contains(where: { $0.place == place })
      else { throw ShopRefusal("Invalid fulfillment order line item quantity requested.", field: field) }
      found.append((place, each.quantity))
    }
    guard !found.isEmpty else { throw ShopRefusal("Fulfillment order line items can't be blank.", field: field) }
    return found
  }

  /// Takes units from what remains of a line; answers how many of them had been claimed.
  mutating func takeRemaining(_ units: Int64, of id: Int64, at place: Int, _ now: Timestamp) -> Int64 {
    guard var source = fulfillmentOrders[id] else { return 0 }
    let claimed = min(units, source.lines[place].claimed)
    source.lines[place].remaining -= units
    source.lines[place].claimed -= claimed
    source.updatedAt = now
    if source.lines.allSatisfy({ $0.remaining == 0 }) { source.status = "CLOSED" }
    fulfillmentOrders[id] = source
    return claimed
  }

  /// Takes claimed units out of what is committed, to where they go.
  mutating func settle(
    _ claimed: Int64, ofLine line: Int, of source: FulfillmentOrder, available: Int64, onHand: Int64,
    at now: Timestamp
  ) {
    guard claimed != 0, let item = orders[source.orderID]?.lines[line].itemID else { return }
    move(
      LevelKey(item: item, location: source.locationID),
      StockChange(available: available, committed: -claimed, onHand: onHand), by: .order(source.orderID), at: now)
  }

  /// Gives a fulfillment another carrier's number.
  public mutating func track(_ id: Int64, number: String, at now: Timestamp) throws(ShopRefusal) {
    guard let made = fulfillments[id], !made.isCancelled else {
      throw ShopRefusal("Fulfillment does not exist or is cancelled.", field: ["fulfillmentId"])
    }
    fulfillments[id]?.trackingNumber = number
    changed(made, at: now)
  }

  /// Cancels a fulfillment: its units are to be shipped again, from where they were.
  ///
  /// - Throws: Where it was cancelled before, or its units were refunded since.
  public mutating func cancelFulfilment(_ id: Int64, at now: Timestamp) throws(ShopRefusal) {
    guard let made = fulfillments[id], !made.isCancelled, let order = orders[made.orderID] else {
      throw ShopRefusal("Fulfillment does not exist or is cancelled.", field: ["id"])
    }
    var shipped = order.lines.map { $0.currentQuantity - $0.unfulfilled }
    for line in made.lines { shipped[line.line] -= line.quantity }
    guard shipped.allSatisfy({ $0 >= 0 }) else {
      throw ShopRefusal("Fulfillment cannot be cancelled: some of it was refunded.", field: ["id"])
    }
    fulfillments[id]?.isCancelled = true
    for (line, claimed) in zip(made.lines, made.claimed) { reopen(line, claimed: claimed, of: made, at: now) }
    changed(made, at: now)
  }

  private mutating func reopen(
    _ line: EmulatedFulfillment.Line, claimed: Int64, of made: EmulatedFulfillment, at now: Timestamp
  ) {
    guard var source = fulfillmentOrders[made.fulfillmentOrderID],
      let place = source.lines.firstIndex(where: { $0.line == line.line })
    else { return }
    source.lines[place].remaining += line.quantity
    source.lines[place].claimed += claimed
    source.status = "OPEN"
    source.updatedAt = now
    fulfillmentOrders[source.id] = source
    orders[made.orderID]?.lines[line.line].unfulfilled += line.quantity
    settle(-claimed, ofLine: line.line, of: source, available: 0, onHand: claimed, at: now)
  }

  private mutating func changed(_ made: EmulatedFulfillment, at now: Timestamp) {
    fulfillments[made.id]?.updatedAt = now
    touch(made.orderID, at: now)
    emit(.fulfillmentsUpdate, .fulfillment(made.id), at: now)
  }

  /// True where something of an order is on its way or there.
  func isShipped(_ order: EmulatedOrder) -> Bool {
    order.fulfillmentIDs.contains { fulfillments[$0]?.isCancelled == false }
  }

  mutating func touch(_ order: Int64, at now: Timestamp) {
    orders[order]?.updatedAt = now
    emit(.ordersUpdated, .order(order), at: now)
  }
}
