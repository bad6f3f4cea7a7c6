import StockLedger

extension ShopifyOrderNode {
  /// What the order says of its lines: the same facts, by the same rules, as webhooks make of it.
  ///
  /// Whoever was told by webhooks and reads the order too, before or after, knows the same in the end. Shopify answers
  /// no checkout token here: an order is joined with its reservation by its attribute only.
  public func lines(of shop: ShopifyShop) -> [ShopifyLine] {
    var table = ShopifyLineTable(body.lines(of: shop))
    let known = table.lines.map(\.id)
    let seen = newestDocument
    for wanted in fulfillmentOrders.nodes {
      let body = wanted.body(of: Set(known), seen: seen)
      body.add(to: &table, besides: wanted.mayHaveLost ? known : [])
    }
    return table.lines
  }

  /// The order as its webhooks carry it.
  private var body: OrderBody {
    OrderBody(
      id: id, createdAt: createdAt, updatedAt: updatedAt, cancelledAt: cancelledAt, checkoutToken: nil,
      noteAttributes: customAttributes.map { ShopifyAttribute(name: $0.key, value: $0.value) },
      sourceName: sourceName, locationId: retailLocation?.id, customer: nil, lineItems: lineItems.nodes.map(\.body),
      fulfillments: fulfillments.map(\.body), refunds: refunds.map { $0.body(elseAt: placeOfGone) })
  }

  /// Where units of a line stayed that will not leave with a parcel, as far as that is one location: a refund without
  /// restock does not say it, and fulfillment orders keep the totals that they had.
  private func placeOfGone(_ line: ShopifyID) -> ShopifyID? {
    var missing: [ShopifyID: Int64] = [:]
    for wanted in fulfillmentOrders.nodes {
      guard let place = wanted.assignedLocation.location?.id else { continue }
      for row in wanted.lineItems.nodes where row.lineItem.id == line {
        missing[place, default: 0] += row.totalQuantity.units - row.remainingQuantity.units
      }
    }
    for parcel in fulfillments.map(\.body) where parcel.standing != .cancelled {
      guard let place = parcel.locationId else { continue }
      for row in parcel.lineItems where row.id == line { missing[place, default: 0] -= row.quantity.units }
    }
    let places = missing.filter { $0.value > 0 }
    return places.count == 1 ? places.first?.key : nil
  }

  /// When the newest document that was read was made: what fulfillment orders still want is without it.
  private var newestDocument: Timestamp {
    (fulfillments.map(\.createdAt.time) + refunds.map(\.createdAt.time)).max() ?? .distantPast
  }
}

extension ShopifyLineNode {
  fileprivate var body: LineBody {
    LineBody(
      id: id, sku: sku, variantId: variant?.id, quantity: quantity, currentQuantity: currentQuantity,
      fulfillableQuantity: unfulfilledQuantity, giftCard: isGiftCard)
  }
}

extension ShopifyRefundNode {
  fileprivate func body(elseAt place: (ShopifyID) -> ShopifyID?) -> RefundBody {
    RefundBody(
      id: id, orderId: nil, createdAt: createdAt, refundLineItems: refundLineItems.nodes.map { $0.body(elseAt: place) })
  }
}

extension ShopifyRefundedNode {
  fileprivate func body(elseAt place: (ShopifyID) -> ShopifyID?) -> RefundLineBody {
    RefundLineBody(
      id: id, lineItemId: lineItem.id, quantity: quantity, restockType: restockType.lowercased(),
      locationId: location?.id ?? (restockType == "NO_RESTOCK" ? place(lineItem.id) : nil), lineItem: nil)
  }
}

extension ShopifyParcelNode {
  fileprivate var body: FulfillmentBody {
    FulfillmentBody(
      id: id, orderId: nil, status: status.lowercased(), createdAt: createdAt, locationId: location?.id,
      lineItems: fulfillmentLineItems.nodes.map(\.body))
  }
}

extension ShopifyParcelLineNode {
  fileprivate var body: LineBody {
    LineBody(
      id: lineItem.id, sku: nil, variantId: nil, quantity: quantity, currentQuantity: nil, fulfillableQuantity: nil,
      giftCard: nil)
  }
}

extension ShopifyWantedNode {
  /// True where lines may have been moved away from it: it wants nothing of those that it does not name any more.
  fileprivate var mayHaveLost: Bool { updatedAt.time > createdAt.time }

  /// - Parameter seen: It was so at this time at least, since it was read together with what was made then.
  fileprivate func body(of known: Set<Int64>, seen: Timestamp) -> FulfillmentOrderBody {
    FulfillmentOrderBody(
      id: id, orderId: nil, status: status.lowercased(), createdAt: createdAt,
      updatedAt: ShopifyTime(max(updatedAt.time, seen)), assignedLocationId: assignedLocation.location?.id,
      assignedLocation: nil, lineItems: lineItems.nodes.filter { known.contains($0.lineItem.id.number) }.map(\.body))
  }
}

extension ShopifyWantedLineNode {
  fileprivate var body: FulfillmentOrderLineBody {
    FulfillmentOrderLineBody(
      lineItemId: lineItem.id, quantity: totalQuantity, fulfillableQuantity: remainingQuantity, variantId: nil)
  }
}
