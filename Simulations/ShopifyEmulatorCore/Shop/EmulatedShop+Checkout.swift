public import StockLedger

/// What an order does to stock when it is placed: `OrderCreateInputsInventoryBehavior`.
public enum InventoryBehaviour: String, Hashable, Sendable {
  /// It takes nothing: who sold the units has taken them already.
  case bypass = "BYPASS"
  /// It takes, whatever is left.
  case decrementIgnoringPolicy = "DECREMENT_IGNORING_POLICY"
  /// It takes what is there, and where the variant's policy forbids more it is refused. The shop's own checkout.
  case decrementObeyingPolicy = "DECREMENT_OBEYING_POLICY"
}

extension EmulatedShop {
  /// Lines of one order; the API takes no more either.
  static let orderLinesMax = 500
  /// Units of one line.
  static let lineQuantityMax: Int64 = 1_000_000
  /// Hundredths of one unit: with all lines at their most the order's sum still fits 64 bits.
  static let priceMax: Int64 = 1_000_000_000

  /// Places an order and routes it; answers its number.
  ///
  /// - Throws: Why nothing was placed: no lines, an unknown variant, a quantity out of range, or too little stock.
  @discardableResult
  public mutating func placeOrder(
    _ draft: OrderDraft, _ behaviour: InventoryBehaviour = .decrementObeyingPolicy, at now: Timestamp
  ) throws(ShopRefusal) -> Int64 {
    try check(draft)
    let routes = try routes(of: draft, behaviour)
    let id = newID()
    var order = EmulatedOrder(
      id: id, number: Int64(1_001 + orderIDs.count), createdAt: now, updatedAt: now,
      financialStatus: draft.isPaid ? "PAID" : "PENDING", draft: draft, token: chance.uuid())
    order.lines = draft.lines.map { line(of: $0) }
    orders[id] = order
    orderIDs.append(id)
    for location in locationIDs where routes.contains(where: { $0.location == location }) {
      route(routes.filter { $0.location == location }, of: id, to: location, behaviour, at: now)
    }
    emit(.ordersCreate, .order(id), at: now)
    if draft.isPaid { emit(.ordersPaid, .order(id), at: now) }
    for fulfillmentOrder in orders[id]?.fulfillmentOrderIDs ?? [] {
      emit(.orderRoutingComplete, .routed(fulfillmentOrder), at: now + settings.routingDelay)
    }
    return id
  }

  private func check(_ draft: OrderDraft) throws(ShopRefusal) {
    guard !draft.lines.isEmpty, draft.lines.count <= Self.orderLinesMax else {
      throw ShopRefusal(
        "Line items must number 1 to \(Self.orderLinesMax)", code: "INVALID", field: ["order", "lineItems"])
    }
    for (index, line) in draft.lines.enumerated() {
      let field = ["order", "lineItems", "\(index)"]
      guard (1...Self.lineQuantityMax).contains(line.quantity) else {
        throw ShopRefusal(
          "Quantity must be 1 to \(Self.lineQuantityMax)", code: "INVALID", field: field + ["quantity"])
      }
      guard (0...Self.priceMax).contains(line.price ?? 0) else {
        throw ShopRefusal("Price is out of range", code: "INVALID", field: field + ["priceSet"])
      }
      guard let id = line.variantID else {
        if line.title == nil { throw ShopRefusal("Title can't be blank", code: "INVALID", field: field + ["title"]) }
        continue
      }
      guard variants[id] != nil else {
        throw ShopRefusal("Variant does not exist", code: "INVALID", field: field + ["variantId"])
      }
    }
  }

  private mutating func line(of draft: OrderDraft.Line) -> EmulatedLine {
    let variant = draft.variantID.flatMap { variants[$0] }
    return EmulatedLine(
      id: newID(), variantID: variant?.id, itemID: variant.flatMap { $0.isTracked ? $0.itemID : nil },
      sku: variant?.sku ?? draft.sku, title: variant.flatMap { products[$0.productID]?.title } ?? draft.title ?? "",
      variantTitle: variant?.title, price: draft.price ?? variant?.price ?? 0, quantity: draft.quantity,
      currentQuantity: draft.quantity, unfulfilled: draft.quantity, properties: draft.properties)
  }

  // MARK: Routing

  /// Units of one line that go to one location.
  private struct Route {
    let line: Int
    let location: Int64
    var units: Int64
  }

  /// Where each line goes: to the first location that has the whole order, else each line to the first that has all of
  /// it, else to as many as it takes; what is nowhere goes to the first at which the item is stocked.
  private func routes(
    of draft: OrderDraft, _ behaviour: InventoryBehaviour
  ) throws(ShopRefusal) -> [Route] {
    let active = locationIDs.filter { locations[$0]?.isActive == true }
    var left = tally(of: draft, at: active)
    if behaviour == .decrementObeyingPolicy { try checkPolicy(of: draft, left, at: active) }
    let whole = active.first { location in
      var rest = left
      return draft.lines.allSatisfy { take($0.quantity, of: $0, at: location, from: &rest) }
    }
    var routes: [Route] = []
    for (index, line) in draft.lines.enumerated() {
      guard let item = item(of: line) else {
        routes += active.first.map { [Route(line: index, location: whole ?? $0, units: line.quantity)] } ?? []
        continue
      }
      let stocked = active.filter { levels[LevelKey(item: item, location: $0)] != nil }
      let fits = { (location: Int64) in left[LevelKey(item: item, location: location), default: 0] >= line.quantity }
      if let location = whole ?? stocked.first(where: fits) {
        _ = take(line.quantity, of: line, at: location, from: &left)
        routes.append(Route(line: index, location: location, units: line.quantity))
      } else {
        routes += split(line, at: index, item: item, over: stocked, from: &left)
      }
    }
    return routes
  }

  private func item(of line: OrderDraft.Line) -> Int64? {
    guard let variant = line.variantID.flatMap({ variants[$0] }), variant.isTracked else { return nil }
    return variant.itemID
  }

  /// What may be sold of each item of the draft, so that two lines of one item see each other.
  private func tally(of draft: OrderDraft, at active: [Int64]) -> [LevelKey: Int64] {
    var left: [LevelKey: Int64] = [:]
    for line in draft.lines {
      guard let item = item(of: line) else { continue }
      for location in active {
        let key = LevelKey(item: item, location: location)
        if let level = levels[key] { left[key] = level.available }
      }
    }
    return left
  }

  private func take(
    _ units: Int64, of line: OrderDraft.Line, at location: Int64, from left: inout [LevelKey: Int64]
  ) -> Bool {
    guard let item = item(of: line) else { return true }
    let key = LevelKey(item: item, location: location)
    guard let there = left[key], there >= units else { return false }
    left[key] = there - units
    return true
  }

  private func checkPolicy(
    of draft: OrderDraft, _ left: [LevelKey: Int64], at active: [Int64]
  ) throws(ShopRefusal) {
    var wanted: [Int64: Int64] = [:]
    for line in draft.lines {
      guard let item = item(of: line), let variant = variant(ofItem: item), variant.policy == .deny else { continue }
      wanted[item, default: 0] += line.quantity
      let there = active.reduce(0) { $0 + max(0, left[LevelKey(item: item, location: $1)] ?? 0) }
      guard wanted[item, default: 0] <= there else {
        throw ShopRefusal(
          "Unable to reserve inventory", code: "INVENTORY_CLAIM_FAILED", field: ["order", "lineItems"])
      }
    }
  }

  private func split(
    _ line: OrderDraft.Line, at index: Int, item: Int64, over stocked: [Int64], from left: inout [LevelKey: Int64]
  ) -> [Route] {
    var routes: [Route] = []
    var rest = line.quantity
    for location in stocked {
      let key = LevelKey(item: item, location: location)
      let units = min(rest, max(0, left[key, default: 0]))
      guard units > 0 else { continue }
      routes.append(Route(line: index, location: location, units: units))
      left[key, default: 0] -= units
      rest -= units
    }
    guard rest > 0, let first = stocked.first ?? locationIDs.first else { return routes }
    left[LevelKey(item: item, location: first), default: 0] -= rest
    if let place = routes.firstIndex(where: { $0.location == first }) {
      routes[place].units += rest
    } else {
      routes.append(Route(line: index, location: first, units: rest))
    }
    return routes
  }

  private mutating func route(
    _ routes: [Route], of order: Int64, to location: Int64, _ behaviour: InventoryBehaviour, at now: Timestamp
  ) {
    var made = FulfillmentOrder(id: newID(), orderID: order, locationID: location, createdAt: now, updatedAt: now)
    for route in routes {
      let claimed = behaviour == .bypass ? 0 : claim(route.units, ofLine: route.line, of: order, at: location, now)
      made.lines.append(
        FulfillmentOrder.Line(
          id: newID(), line: route.line, total: route.units, remaining: route.units, claimed: claimed))
    }
    fulfillmentOrders[made.id] = made
    orders[order]?.fulfillmentOrderIDs.append(made.id)
  }

  /// Takes units out of what may be sold into what is committed; answers how many, 0 where nothing is counted.
  mutating func claim(
    _ units: Int64, ofLine line: Int, of order: Int64, at location: Int64, _ now: Timestamp
  ) -> Int64 {
    guard let item = orders[order]?.lines[line].itemID else { return 0 }
    let key = LevelKey(item: item, location: location)
    guard levels[key] != nil else { return 0 }
    move(key, StockChange(available: -units, committed: units), by: .order(order), at: now)
    return units
  }
}
