public import StockLedger

extension EmulatedShop {
  /// Units that are refunded.
  public struct RefundedUnits: Hashable, Sendable {
    /// The order's line.
    public let line: Int64
    /// Units.
    public let quantity: Int64
    /// What becomes of them.
    public let restock: RestockType
    /// Where they may be sold again; nil for where they were to be shipped from.
    public let location: Int64?

    /// Units of a line.
    public init(line: Int64, quantity: Int64, restock: RestockType, location: Int64? = nil) {
      self.line = line
      self.quantity = quantity
      self.restock = restock
      self.location = location
    }
  }

  /// Refunds units of an order; answers the refund's number.
  @discardableResult
  public mutating func refund(
    _ id: Int64, _ units: [RefundedUnits], note: String? = nil, at now: Timestamp
  ) throws(ShopRefusal) -> Int64 {
    guard let order = orders[id] else { throw ShopRefusal("Order does not exist", field: ["orderId"]) }
    try check(units, of: order)
    return makeRefund(of: id, units, note: note, at: now)
  }

  private func check(_ units: [RefundedUnits], of order: EmulatedOrder) throws(ShopRefusal) {
    var taken: [Int64: (all: Int64, unshipped: Int64)] = [:]
    for (index, each) in units.enumerated() {
      let field = ["refundLineItems", "\(index)"]
      guard let line = order.lines.first(where: { $0.id == each.line }) else {
        throw ShopRefusal("Line item does not exist", field: field + ["lineItemId"])
      }
      guard (1...Self.lineQuantityMax).contains(each.quantity) else {
        throw ShopRefusal("Quantity must be greater than 0", field: field + ["quantity"])
      }
      let before = taken[line.id] ?? (0, 0)
      let after = (before.all + each.quantity, before.unshipped + (each.restock == .cancel ? each.quantity : 0))
      guard after.0 <= line.currentQuantity else {
        throw ShopRefusal(
          "Quantity cannot refund more items than were purchased", field: field + ["quantity"])
      }
      guard after.1 <= line.unfulfilled else {
        throw ShopRefusal("Quantity to cancel is more than what is unfulfilled", field: field + ["quantity"])
      }
      if let location = each.location, locations[location] == nil {
        throw ShopRefusal("Location does not exist", field: field + ["locationId"])
      }
      taken[line.id] = after
    }
  }

  private mutating func makeRefund(
    of id: Int64, _ units: [RefundedUnits], note: String?, at now: Timestamp
  ) -> Int64 {
    var lines: [EmulatedRefund.Line] = []
    // What was never shipped goes first: a return may need what was shipped.
    for each in units.filter({ $0.restock == .cancel }) + units.filter({ $0.restock != .cancel }) {
      guard let line = orders[id]?.lines.firstIndex(where: { $0.id == each.line }) else { continue }
      let location = restock(each, line: line, of: id, at: now)
      orders[id]?.lines[line].currentQuantity -= each.quantity
      lines.append(
        EmulatedRefund.Line(
          id: newID(), line: line, quantity: each.quantity, restock: each.restock, locationID: location))
    }
    let made = EmulatedRefund(id: newID(), createdAt: now, note: note, lines: lines)
    orders[id]?.refunds.append(made)
    orderOfRefund[made.id] = id
    if let order = orders[id], !units.isEmpty, order.financialStatus != "PENDING" {
      orders[id]?.financialStatus = order.currentTotal == 0 ? "REFUNDED" : "PARTIALLY_REFUNDED"
    }
    touch(id, at: now)
    emit(.refundsCreate, .refund(order: id, refund: made.id), at: now)
    return made.id
  }

  /// Moves the stock of refunded units; answers where they may be sold again.
  private mutating func restock(
    _ units: RefundedUnits, line: Int, of id: Int64, at now: Timestamp
  ) -> Int64? {
    guard let order = orders[id] else { return nil }
    let shipped = order.lines[line].currentQuantity - order.lines[line].unfulfilled
    // A return takes what was shipped as far as that goes; everything else takes what was not.
    let fromShipped =
      units.restock == .return
      ? min(units.quantity, shipped) : max(0, units.quantity - order.lines[line].unfulfilled)
    let isRestocked = units.restock != .noRestock
    let home = takeUnshipped(
      units.quantity - fromShipped, line: line, of: id, to: units.location, isRestocked: isRestocked, at: now)
    guard isRestocked else { return nil }
    let location = units.location ?? home ?? homeLocation(of: order, line: line)
    if fromShipped > 0, let location, let item = order.lines[line].itemID {
      move(
        LevelKey(item: item, location: location), StockChange(available: fromShipped, onHand: fromShipped),
        by: .order(id), at: now)
    }
    return location
  }

  private func homeLocation(of order: EmulatedOrder, line: Int) -> Int64? {
    order.fulfillmentOrderIDs.compactMap { fulfillmentOrders[$0] }.first { each in
      each.lines.contains { $0.line == line }
    }?.locationID
  }

  /// Takes units that were never shipped out of the order's fulfillment orders, those at a location first; answers the
  /// first location that they came from.
  mutating func takeUnshipped(
    _ units: Int64, line: Int, of id: Int64, to location: Int64?, isRestocked: Bool, at now: Timestamp
  ) -> Int64? {
    var rest = units
    var first: Int64?
    let open = (orders[id]?.fulfillmentOrderIDs ?? []).compactMap { fulfillmentOrders[$0] }.filter(\.isOpen)
    for source in open.filter({ $0.locationID == location }) + open.filter({ $0.locationID != location }) {
      for place in source.lines.indices where source.lines[place].line == line && rest > 0 {
        let taken = min(rest, source.lines[place].remaining)
        guard taken > 0 else { continue }
        let claimed = takeRemaining(taken, of: source.id, at: place, now)
        settle(
          claimed, ofLine: line, of: source, available: isRestocked ? claimed : 0,
          onHand: isRestocked ? 0 : -claimed, at: now)
        first = first ?? source.locationID
        rest -= taken
      }
    }
    orders[id]?.lines[line].unfulfilled -= units - rest
    return first
  }

  /// Cancels an order of which nothing was shipped: all of it is refunded, and may be sold again where `restock`.
  public mutating func cancel(
    _ id: Int64, restock: Bool = true, reason: String = "CUSTOMER", note: String? = nil, at now: Timestamp
  ) throws(ShopRefusal) {
    guard let order = orders[id] else {
      throw ShopRefusal("Order does not exist", code: "NOT_FOUND", field: ["orderId"])
    }
    guard order.cancelledAt == nil else {
      throw ShopRefusal("Order has already been cancelled", code: "INVALID", field: ["orderId"])
    }
    guard !isShipped(order) else {
      throw ShopRefusal("Cannot cancel an order that has fulfillments", code: "INVALID", field: ["orderId"])
    }
    orders[id]?.cancelledAt = now
    orders[id]?.cancelReason = reason
    let units = order.lines.filter { $0.currentQuantity > 0 }.map {
      RefundedUnits(line: $0.id, quantity: $0.currentQuantity, restock: restock ? .cancel : .noRestock)
    }
    _ = makeRefund(of: id, units, note: note, at: now)
    for source in order.fulfillmentOrderIDs { fulfillmentOrders[source]?.status = "CANCELLED" }
    if !order.draft.isPaid { orders[id]?.financialStatus = "VOIDED" }
    emit(.ordersCancelled, .order(id), at: now)
  }
}
