import StockLedger

extension EmulatedShop {
  func orderField(_ field: PlannedField, _ order: EmulatedOrder) -> Resolved {
    let draft = order.draft
    switch field.name {
    case "id": return .id("Order", order.id)
    case "legacyResourceId": return .legacy(order.id)
    case "name": return .text(order.name)
    case "number": return .integer(order.number)
    case "createdAt", "processedAt": return .time(order.createdAt)
    case "updatedAt": return .time(order.updatedAt)
    case "cancelledAt": return .time(order.cancelledAt)
    case "cancelReason": return .text(order.cancelReason)
    case "closed": return .bool(false)
    case "closedAt", "phone", "poNumber", "retailLocation": return .null
    case "confirmed", "requiresShipping": return .bool(true)
    case "currencyCode": return .text(settings.currency)
    case "customAttributes": return Self.attributes(draft.attributes)
    case "displayFinancialStatus": return .text(order.financialStatus)
    case "displayFulfillmentStatus": return .text(fulfillmentStatus(of: order))
    case "edited": return .bool(order.isEdited)
    case "email": return .text(draft.email)
    case "fulfillable": return .bool(order.unfulfilled > 0)
    case "note": return .text(draft.note)
    case "sourceIdentifier": return .text(draft.sourceIdentifier)
    case "sourceName": return .text(draft.sourceName)
    case "tags": return .value(.list(draft.tags.map { .string($0) }))
    case "test": return .bool(draft.isTest)
    case "subtotalLineItemsQuantity": return .integer(order.lines.reduce(0) { $0 + $1.quantity })
    case "currentSubtotalLineItemsQuantity": return .integer(order.lines.reduce(0) { $0 + $1.currentQuantity })
    case "totalPriceSet": return money(order.total)
    case "lineItems": return Paging.page(of: order.lines.indices.map { .line(order: order.id, $0) }, field)
    case "fulfillmentOrders":
      let shown = order.fulfillmentOrderIDs.filter {
        fulfillmentOrders[$0]?.isOpen == true || !field.bool("displayable")
      }
      return Paging.page(of: shown.map { .fulfillmentOrder($0) }, field)
    case "fulfillments": return .list(first(order.fulfillmentIDs, field).map { .fulfillment($0) })
    case "refunds": return .list(first(Array(order.refunds.indices), field).map { .refund(order: order.id, $0) })
    default: return Self.unserved(field)
    }
  }

  private func first<Element>(_ elements: [Element], _ field: PlannedField) -> ArraySlice<Element> {
    elements.prefix(Int(max(0, min(field.integer("first") ?? Paging.pageMax, Paging.pageMax))))
  }

  private func fulfillmentStatus(of order: EmulatedOrder) -> String {
    guard isShipped(order) else { return order.unfulfilled == 0 ? "RESTOCKED" : "UNFULFILLED" }
    return order.unfulfilled == 0 ? "FULFILLED" : "PARTIALLY_FULFILLED"
  }

  private static func attributes(_ attributes: [OrderAttribute]) -> Resolved {
    .records(attributes.map { Record("Attribute", ("key", .text($0.key)), ("value", .text($0.value))) })
  }

  private func money(_ hundredths: Int64) -> Resolved {
    let money = Record(
      "MoneyV2", ("amount", .text(Self.money(hundredths))), ("currencyCode", .text(settings.currency)))
    return .record(Record("MoneyBag", ("shopMoney", .record(money)), ("presentmentMoney", .record(money))))
  }

  func lineField(_ field: PlannedField, _ line: EmulatedLine) -> Resolved {
    switch field.name {
    case "id": .id("LineItem", line.id)
    case "sku": .text(line.sku)
    case "title": .text(line.title)
    case "name": .text(line.name)
    case "variantTitle": .text(line.variantTitle)
    case "quantity": .integer(line.quantity)
    case "currentQuantity", "refundableQuantity": .integer(line.currentQuantity)
    case "unfulfilledQuantity", "fulfillableQuantity": .integer(line.unfulfilled)
    case "nonFulfillableQuantity": .integer(line.quantity - line.unfulfilled)
    case "requiresShipping", "taxable": .bool(true)
    case "isGiftCard": .bool(false)
    case "restockable": .bool(line.itemID != nil)
    case "variant": .maybe(line.variantID.flatMap { variants[$0] == nil ? nil : .variant($0) })
    case "product": .maybe(line.variantID.flatMap { variants[$0] }.map { .product($0.productID) })
    case "customAttributes": Self.attributes(line.properties)
    case "originalUnitPriceSet": money(line.price)
    default: Self.unserved(field)
    }
  }

  // MARK: Fulfillment

  func fulfillmentOrderField(_ field: PlannedField, _ source: FulfillmentOrder) -> Resolved {
    switch field.name {
    case "id": return .id("FulfillmentOrder", source.id)
    case "status": return .text(source.status)
    case "requestStatus": return .text("UNSUBMITTED")
    case "assignedLocation":
      return .record(
        Record(
          "FulfillmentOrderAssignedLocation", ("name", .text(locations[source.locationID]?.name ?? "")),
          ("location", .thing(.location(source.locationID)))))
    case "createdAt": return .time(source.createdAt)
    case "updatedAt": return .time(source.updatedAt)
    case "lineItems":
      let places = source.lines.indices.filter { source.lines[$0].total > 0 }
      return Paging.page(of: places.map { .fulfillmentOrderLine(source.id, $0) }, field)
    case "order": return .thing(.order(source.orderID))
    case "orderId": return .id("Order", source.orderID)
    case "orderName": return .text(orders[source.orderID]?.name)
    case "orderProcessedAt": return .time(orders[source.orderID]?.createdAt)
    case "fulfillments":
      let made = (orders[source.orderID]?.fulfillmentIDs ?? []).filter {
        fulfillments[$0]?.fulfillmentOrderID == source.id
      }
      return Paging.page(of: made.map { .fulfillment($0) }, field)
    default: return Self.unserved(field)
    }
  }

  func fulfillmentOrderLineField(
    _ field: PlannedField, _ source: FulfillmentOrder, _ line: FulfillmentOrder.Line
  ) -> Resolved {
    let sold = orders[source.orderID]?.lines[line.line]
    return switch field.name {
    case "id": .id("FulfillmentOrderLineItem", line.id)
    case "sku": .text(sold?.sku)
    case "inventoryItemId": .text(sold?.itemID.map { GlobalID("InventoryItem", $0).description })
    case "totalQuantity": .integer(line.total)
    case "remainingQuantity": .integer(line.remaining)
    case "lineItem": .thing(.line(order: source.orderID, line.line))
    case "variant": .maybe(sold?.variantID.flatMap { variants[$0] == nil ? nil : .variant($0) })
    case "productTitle": .text(sold?.title)
    case "variantTitle": .text(sold?.variantTitle)
    case "requiresShipping": .bool(true)
    default: Self.unserved(field)
    }
  }

  func fulfillmentField(_ field: PlannedField, _ made: EmulatedFulfillment) -> Resolved {
    switch field.name {
    case "id": return .id("Fulfillment", made.id)
    case "legacyResourceId": return .legacy(made.id)
    case "name": return .text(made.name)
    case "status": return .text(made.isCancelled ? "CANCELLED" : "SUCCESS")
    case "displayStatus": return .text(made.isCancelled ? "CANCELED" : "FULFILLED")
    case "totalQuantity": return .integer(made.lines.reduce(0) { $0 + $1.quantity })
    case "createdAt": return .time(made.createdAt)
    case "updatedAt": return .time(made.updatedAt)
    case "location": return .thing(.location(made.locationID))
    case "order": return .thing(.order(made.orderID))
    case "requiresShipping": return .bool(true)
    case "fulfillmentLineItems":
      let lines = made.lines.map { line in
        Record(
          "FulfillmentLineItem", ("id", .id("FulfillmentLineItem", line.id)), ("quantity", .integer(line.quantity)),
          ("lineItem", .thing(.line(order: made.orderID, line.line))))
      }
      return Paging.page(of: lines.map { .record($0) }, field)
    case "fulfillmentOrders": return Paging.page(of: [.fulfillmentOrder(made.fulfillmentOrderID)], field)
    case "trackingInfo":
      let numbers = first([made.trackingNumber].compactMap { $0 }, field)
      return .records(
        numbers.map {
          Record("FulfillmentTrackingInfo", ("company", .null), ("number", .text($0)), ("url", .null))
        })
    default: return Self.unserved(field)
    }
  }

  func refundField(_ field: PlannedField, _ refund: EmulatedRefund, of order: EmulatedOrder) -> Resolved {
    switch field.name {
    case "id": return .id("Refund", refund.id)
    case "legacyResourceId": return .legacy(refund.id)
    case "note": return .text(refund.note)
    case "order": return .thing(.order(order.id))
    case "createdAt", "processedAt", "updatedAt": return .time(refund.createdAt)
    case "refundLineItems":
      let lines = refund.lines.map { line in
        Record(
          "RefundLineItem", ("id", .id("RefundLineItem", line.id)),
          ("lineItem", .thing(.line(order: order.id, line.line))),
          ("location", .maybe(line.locationID.map { .location($0) })), ("quantity", .integer(line.quantity)),
          ("restockType", .text(line.restock.rawValue)), ("restocked", .bool(line.locationID != nil)))
      }
      return Paging.page(of: lines.map { .record($0) }, field)
    default: return Self.unserved(field)
    }
  }
}
