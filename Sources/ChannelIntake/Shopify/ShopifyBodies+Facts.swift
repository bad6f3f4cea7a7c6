import StockLedger

/// The lines that a body speaks of, each once, in the order in which they are first named.
struct ShopifyLineTable {
  private(set) var lines: [ShopifyLine]

  /// A table of lines of which something is said already, each once.
  init(_ lines: [ShopifyLine] = []) { self.lines = lines }

  /// The lines that `add` names.
  static func lines(_ add: (inout ShopifyLineTable) -> Void) -> [ShopifyLine] {
    var table = ShopifyLineTable()
    add(&table)
    return table.lines
  }

  /// What is said of a line, to be added to.
  subscript(id: Int64) -> ShopifyLine {
    get { lines.first { $0.id == id } ?? ShopifyLine(id: id) }
    set {
      if let place = lines.firstIndex(where: { $0.id == id }) {
        lines[place] = newValue
      } else {
        lines.append(newValue)
      }
    }
  }

  /// What is said of a line that the body carries whole: what it is of is noted with it.
  subscript(body: LineBody) -> ShopifyLine {
    get {
      var known = self[body.id.number]
      let said = ShopifyLine(id: body.id.number, sku: body.sku, variant: body.variantId?.number)
      known.sku = known.sku ?? said.sku
      known.variant = known.variant ?? said.variant
      return known
    }
    set { self[body.id.number] = newValue }
  }
}

extension FulfillmentBody {
  enum Standing { case toLeave, left, cancelled, neither }

  var standing: Standing {
    switch status {
    case "pending", "open": .toLeave
    case "success": .left
    case "cancelled": .cancelled
    // Failed, or what a later version may say: its units are owed as before.
    default: .neither
    }
  }

  /// Only what has left counts. A parcel that was cancelled may have left before: it is remembered as both.
  func add(to table: inout ShopifyLineTable) {
    for body in lineItems where body.giftCard != true {
      var line = table[body]
      if standing == .left || standing == .cancelled, body.quantity.units > 0 {
        line.facts.parcels[id.number] = ShopifyFacts.Parcel(
          units: body.quantity.units, time: createdAt.time, location: locationId?.number,
          isCancelled: standing == .cancelled)
      }
      table[body] = line
    }
  }

  /// Units of a line that are packed and have not left: Shopify does not call them fulfillable any more.
  func unitsToLeave(of line: Int64) -> Int64 {
    standing == .toLeave ? lineItems.reduce(0) { $0 + ($1.id.number == line ? $1.quantity.units : 0) } : 0
  }
}

extension RefundBody {
  func add(to table: inout ShopifyLineTable) {
    for row in refundLineItems where row.lineItem?.giftCard != true {
      var line = row.lineItem.map { table[$0] } ?? table[row.lineItemId.number]
      if row.quantity.units > 0 {
        line.facts.refunds[row.id.number] = ShopifyFacts.Refund(
          units: row.quantity.units, restock: ShopifyFacts.Restock(row.restockType), time: createdAt.time,
          location: row.locationId?.number)
      }
      table[row.lineItemId.number] = line
    }
  }
}

extension ShopifyFacts.Restock {
  fileprivate init(_ word: String) {
    self =
      switch word {
      case "cancel": .cancel
      case "no_restock": .none
      // `return`, `legacy_restock`, and what a later version may say: frees nothing of ours.
      default: .comesBack
      }
  }
}

extension FulfillmentOrderBody {
  var location: Int64? { assignedLocationId?.number ?? assignedLocation?.locationId?.number }

  /// What it wants of its own lines, and that it wants nothing of others which it may have had before.
  func add(to table: inout ShopifyLineTable, besides others: [Int64] = []) {
    guard let place = location else { return }
    let time = (updatedAt ?? createdAt)?.time ?? .distantPast
    let isOver = status == "closed" || status == "cancelled"
    for id in others { table[id].facts.routes[self.id.number] = .init(units: 0, location: place, time: time) }
    for row in lineItems ?? [] {
      var line = table[row.lineItemId.number]
      line.variant = line.variant ?? row.variantId?.number
      let units = isOver ? 0 : (row.fulfillableQuantity ?? row.quantity).units
      line.facts.routes[self.id.number] = .init(units: units, location: place, time: time)
      table[row.lineItemId.number] = line
    }
  }
}

extension RoutingBody {
  /// A move says three things: what goes elsewhere, what stays, and that the fulfillment order of before is over or
  /// has less.
  func add(to table: inout ShopifyLineTable, whole: FulfillmentOrderBody) {
    let moved = (whole.lineItems ?? []).map(\.lineItemId.number)
    whole.add(to: &table)
    remainingFulfillmentOrder?.add(to: &table)
    if let original = originalFulfillmentOrder, original.id != whole.id { original.add(to: &table, besides: moved) }
  }
}

extension OrderBody {
  /// The whole order: its lines, and every refund and parcel that it carries.
  func lines(of shop: ShopifyShop) -> [ShopifyLine] {
    var table = ShopifyLineTable()
    let own = lineItems.filter { $0.giftCard != true }
    for line in own { table[line] = table[line] }
    for parcel in fulfillments ?? [] { parcel.add(to: &table) }
    for refund in refunds ?? [] { refund.add(to: &table) }
    for line in own {
      table[line].facts.order = state(of: line, table[line].facts)
      table[line].origin = ShopifyLine.Origin(
        reference: reference(shop.reference),
        customer: customer?.id.flatMap { Identifier(String($0.number)) } ?? .none,
        location: sourceName == "pos" ? locationId?.number : nil)
    }
    let known = Set(own.map(\.id.number))
    return table.lines.filter { known.contains($0.id) }
  }

  private func state(of line: LineBody, _ facts: ShopifyFacts) -> ShopifyFacts.Order {
    let ordered = line.quantity.units
    // What is gone and no refund tells of was taken out by an edit.
    let taken = ordered - (line.currentQuantity?.units ?? ordered)
    let removed = max(0, taken - facts.refunds.values.reduce(0) { $0 + $1.units })
    let rest = facts.unitsNotLeft(of: ordered - removed)
    let keptGone = facts.units(.none)
    // A refund without restock says nowhere whether its units had left. What is left to leave says it.
    let packed = (fulfillments ?? []).reduce(0) { $0 + $1.unitsToLeave(of: line.id.number) }
    let said = line.fulfillableQuantity.map { $0.units + packed - rest + keptGone }
    let most = facts.keptGoneAfterLeavingMost
    return ShopifyFacts.Order(
      updatedAt: (updatedAt ?? createdAt).time, placedAt: createdAt.time, isCancelled: cancelledAt != nil,
      ordered: ordered, removed: removed, keptGone: keptGone,
      keptGoneAfterLeaving: min(max(said ?? most, 0), most))
  }

  private func reference(_ kind: ShopifyShop.Reference) -> Identifier {
    let text: String? =
      switch kind {
      case .checkoutToken: checkoutToken
      case .noteAttribute(let name): noteAttributes?.first { $0.name == name }?.value
      }
    return text.flatMap { Identifier($0) } ?? .none
  }
}

extension SignalBody {
  /// What it is about: an item at a location, or a thing of Shopify's by its id.
  var key: String {
    if let inventoryItemId { return "\(inventoryItemId.number)/\(locationId?.number ?? 0)" }
    return id.map { String($0.number) } ?? adminGraphqlApiId ?? orderEdit?.orderId.map { String($0.number) } ?? ""
  }
}
