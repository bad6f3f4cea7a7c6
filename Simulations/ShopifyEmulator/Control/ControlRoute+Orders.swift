import ShopifyEmulatorCore
import StockLedger

/// What buyers and those who serve them do.
extension ControlRoute {
  /// Orders of one call: a turn of the shop in which nobody else is answered.
  private static let ordersMax = 1_000

  // MARK: Placing

  /// Places orders, one after another. One that the shop refuses is told in its place and stops nothing; what cannot be
  /// read stops all, before anything is placed.
  static func placeOrders(_ shop: inout EmulatedShop, _ body: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let fields = try ControlFields(body, known: ["orders"])
    guard let asked = try fields.list("orders"), (1...ordersMax).contains(asked.count) else {
      throw ControlFault("orders must be a list of 1 to \(ordersMax)")
    }
    var wanted: [WantedOrder] = []
    for (index, order) in asked.enumerated() { wanted.append(try WantedOrder(order, place: "orders[\(index)].")) }
    return .object(["orders": .list(wanted.map { place($0, in: &shop, at: now) })])
  }

  private static func place(_ wanted: WantedOrder, in shop: inout EmulatedShop, at now: Timestamp) -> JSON {
    do throws(ShopRefusal) {
      guard let draft = wanted.draft(in: shop) else { return ["refused": "no variant has this SKU"] }
      let id = try shop.placeOrder(draft, wanted.behaviour, at: now)
      if wanted.isKnownToWriter { shop.audit.writerKnows(of: id) }
      let order = shop.order(id)
      let lines = order?.lines.map { JSON.integer($0.id) } ?? []
      return ["order": .integer(id), "name": JSON(order?.name), "lines": .list(lines)]
    } catch {
      return ["refused": .string(error.message), "code": JSON(error.code)]
    }
  }

  /// An order as it is asked for, before it is known whether the shop has what it names.
  private struct WantedOrder {
    private static let behaviours: [InventoryBehaviour] = [
      .decrementObeyingPolicy, .decrementIgnoringPolicy, .bypass,
    ]

    private var lines: [(sku: String, quantity: Int64)] = []
    private var draft = OrderDraft([])
    let behaviour: InventoryBehaviour
    let isKnownToWriter: Bool

    init(_ order: JSON, place: String) throws(ControlFault) {
      let fields = try ControlFields(
        order,
        known: [
          "sku", "quantity", "lines", "behaviour", "checkoutToken", "attributes", "sourceName", "isPaid", "writerKnows",
        ], place: place)
      behaviour = try fields.word("behaviour", of: Self.behaviours, else: .decrementObeyingPolicy)
      isKnownToWriter = try fields.flag("writerKnows", else: false)
      draft.checkoutToken = try fields.text("checkoutToken")
      draft.sourceName = try fields.text("sourceName") ?? draft.sourceName
      draft.isPaid = try fields.flag("isPaid", else: true)
      if case .list? = fields["attributes"] { throw ControlFault("\(place)attributes must be an object of texts") }
      for attribute in fields["attributes"]?.members ?? [] {
        guard let value = attribute.value.text else {
          throw ControlFault("\(place)attributes.\(attribute.name) must be a text")
        }
        draft.attributes.append(OrderAttribute(attribute.name, value))
      }
      guard let listed = try fields.list("lines") else {
        lines = [(try fields.neededText("sku"), try fields.neededInteger("quantity"))]
        return
      }
      for (index, line) in listed.enumerated() {
        let fields = try ControlFields(line, known: ["sku", "quantity"], place: "\(place)lines[\(index)].")
        lines.append((try fields.neededText("sku"), try fields.neededInteger("quantity")))
      }
    }

    /// What the shop is asked to place; nil where it has no such SKU.
    func draft(in shop: EmulatedShop) -> OrderDraft? {
      var draft = draft
      for line in lines {
        guard let variant = shop.variants(sku: line.sku).first else { return nil }
        draft.lines.append(OrderDraft.Line(variantID: variant.id, quantity: line.quantity))
      }
      return draft
    }
  }

  // MARK: Afterwards

  static func cancel(_ shop: inout EmulatedShop, _ body: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let fields = try ControlFields(body, known: ["order", "restock"])
    let (order, restock) = (try fields.neededInteger("order"), try fields.flag("restock", else: true))
    do throws(ShopRefusal) { try shop.cancel(order, restock: restock, at: now) } catch { throw ControlFault(error) }
    return .object([:])
  }

  static func refund(_ shop: inout EmulatedShop, _ body: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let fields = try ControlFields(body, known: ["order", "lines"])
    let kinds: [RestockType] = [.cancel, .return, .noRestock, .legacyRestock]
    var units: [EmulatedShop.RefundedUnits] = []
    for (index, line) in (try fields.list("lines") ?? []).enumerated() {
      let fields = try ControlFields(
        line, known: ["line", "quantity", "restock", "location"], place: "lines[\(index)].")
      let name = try fields.text("location")
      units.append(
        EmulatedShop.RefundedUnits(
          line: try fields.neededInteger("line"), quantity: try fields.neededInteger("quantity"),
          restock: try fields.word("restock", of: kinds, else: .cancel),
          location: try name.map { name throws(ControlFault) in try shop.location(named: name) }))
    }
    guard !units.isEmpty else { throw ControlFault("lines must name what is refunded") }
    let order = try fields.neededInteger("order")
    do throws(ShopRefusal) {
      return .object(["refund": .integer(try shop.refund(order, units, at: now))])
    } catch { throw ControlFault(error) }
  }

  /// Ships all of an order that is still to be shipped.
  static func fulfil(_ shop: inout EmulatedShop, _ body: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let fields = try ControlFields(body, known: ["order"])
    var made: [JSON] = []
    for id in try shop.openFulfillmentOrders(of: try fields.neededInteger("order")) {
      do throws(ShopRefusal) { made.append(.integer(try shop.fulfil(id, at: now))) } catch { throw ControlFault(error) }
    }
    return .object(["fulfillments": .list(made)])
  }

  /// Moves all of an order that is still to be shipped to a location.
  static func move(_ shop: inout EmulatedShop, _ body: JSON, _ now: Timestamp) throws(ControlFault) -> Answer {
    let fields = try ControlFields(body, known: ["order", "to"])
    let location = try shop.location(named: try fields.neededText("to"))
    var moved: [JSON] = []
    for id in try shop.openFulfillmentOrders(of: try fields.neededInteger("order"))
    where shop.fulfillmentOrder(id)?.locationID != location {
      do throws(ShopRefusal) { moved.append(.integer(try shop.move(id, to: location, at: now).moved)) } catch {
        throw ControlFault(error)
      }
    }
    return .object(["fulfillmentOrders": .list(moved)])
  }
}

extension EmulatedShop {
  fileprivate func openFulfillmentOrders(of order: Int64) throws(ControlFault) -> [Int64] {
    guard let found = self.order(order) else { throw ControlFault("there is no order \(order)", status: 404) }
    let open = found.fulfillmentOrderIDs.filter { fulfillmentOrder($0)?.isOpen == true }
    guard !open.isEmpty else { throw ControlFault("nothing of \(found.name) is to be shipped", status: 422) }
    return open
  }
}
