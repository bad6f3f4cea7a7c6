import StockLedger

/// The bodies of webhooks, which are the REST resources.
extension EmulatedShop {
  func body(of subject: EventSubject) -> JSON {
    switch subject {
    case .order(let id): orders[id].map(orderBody) ?? .null
    case .edit(let order, let line, let units): editBody(order, line, units)
    case .refund(let order, let refund):
      orders[order].flatMap { order in
        order.refunds.first { $0.id == refund }.map { refundBody($0, of: order) }
      } ?? .null
    case .fulfillment(let id): fulfillments[id].map(fulfillmentBody) ?? .null
    case .routed(let id): ["fulfillment_order": fulfillmentOrders[id].map(fulfillmentOrderBody) ?? .null]
    case .moved(let result): movedBody(result)
    case .level(let key): levelBody(key)
    case .item(let id): itemBody(id)
    case .shop: shopBody
    case .bulk(let id): bulkOperations[id].map(bulkBody) ?? .null
    }
  }

  // MARK: Pieces

  private func local(_ time: Timestamp?) -> JSON {
    time.map { .string(DateTimeText.local($0, offsetMinutes: settings.zoneOffsetMinutes)) } ?? .null
  }

  private func gid(_ type: String, _ number: Int64) -> JSON { .string(GlobalID(type, number).description) }

  /// Hundredths as a decimal text.
  static func money(_ hundredths: Int64) -> String {
    let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    return "\(hundredths < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  private func price(_ hundredths: Int64) -> JSON { .string(Self.money(hundredths)) }

  private func named(_ attributes: [OrderAttribute]) -> JSON {
    .list(attributes.map { ["name": .string($0.key), "value": .string($0.value)] })
  }

  private func number(_ id: Int64?) -> JSON { id.map { .integer($0) } ?? .null }

  // MARK: Orders

  func orderBody(_ order: EmulatedOrder) -> JSON {
    let draft = order.draft
    let head: JSON = [
      "id": .integer(order.id), "admin_graphql_api_id": gid("Order", order.id), "app_id": .null,
      "cancel_reason": order.cancelReason.map { .string($0.lowercased()) } ?? .null,
      "cancelled_at": local(order.cancelledAt), "cart_token": .null, "checkout_token": JSON(draft.checkoutToken),
      "closed_at": .null, "confirmed": true, "created_at": local(order.createdAt),
      "currency": .string(settings.currency), "current_subtotal_price": price(order.currentTotal),
      "current_total_price": price(order.currentTotal), "email": JSON(draft.email),
      "financial_status": .string(order.financialStatus.lowercased()),
      "fulfillment_status": fulfillmentStatus(of: order), "location_id": .null, "name": .string(order.name),
    ]
    let tail: JSON = [
      "note": JSON(draft.note), "note_attributes": named(draft.attributes), "number": .integer(order.number - 1_000),
      "order_number": .integer(order.number), "presentment_currency": .string(settings.currency),
      "processed_at": local(order.createdAt), "source_identifier": JSON(draft.sourceIdentifier),
      "source_name": .string(draft.sourceName), "subtotal_price": price(order.total),
      "tags": .string(draft.tags.joined(separator: ", ")), "test": .bool(draft.isTest), "token": .string(order.token),
      "total_price": price(order.total), "updated_at": local(order.updatedAt),
      "fulfillments": .list(order.fulfillmentIDs.compactMap { fulfillments[$0].map(fulfillmentBody) }),
      "line_items": .list(order.lines.map(lineBody)),
      "refunds": .list(order.refunds.map { refundBody($0, of: order) }), "shipping_lines": [],
    ]
    return .object(head.members + tail.members)
  }

  private func fulfillmentStatus(of order: EmulatedOrder) -> JSON {
    guard isShipped(order) else { return .null }
    return order.unfulfilled == 0 ? "fulfilled" : "partial"
  }

  private func lineBody(_ line: EmulatedLine) -> JSON {
    let isShipped = line.unfulfilled == 0 && line.currentQuantity > 0
    let isPart = line.unfulfilled > 0 && line.unfulfilled < line.currentQuantity
    let variant = line.variantID.flatMap { variants[$0] }
    return [
      "id": .integer(line.id), "admin_graphql_api_id": gid("LineItem", line.id), "attributed_staffs": [],
      "current_quantity": .integer(line.currentQuantity), "fulfillable_quantity": .integer(line.unfulfilled),
      "fulfillment_service": "manual", "fulfillment_status": isShipped ? "fulfilled" : isPart ? "partial" : .null,
      "gift_card": false, "grams": 0, "name": .string(line.name), "price": price(line.price),
      "product_exists": .bool(variant != nil), "product_id": number(variant?.productID),
      "properties": named(line.properties), "quantity": .integer(line.quantity), "requires_shipping": true,
      "sku": JSON(line.sku), "taxable": true, "title": .string(line.title), "total_discount": "0.00",
      "variant_id": number(line.variantID), "variant_inventory_management": line.itemID == nil ? .null : "shopify",
      "variant_title": JSON(line.variantTitle), "vendor": .null,
    ]
  }

  /// A line as refunds and fulfillments show it: without what only the order knows of it.
  private func innerLineBody(_ line: EmulatedLine) -> JSON {
    let outer: Set<String> = ["attributed_staffs", "current_quantity"]
    return .object(lineBody(line).members.filter { !outer.contains($0.name) })
  }

  private func editBody(_ order: Int64, _ line: Int64, _ units: Int64) -> JSON {
    let change: JSON = [["id": .integer(line), "delta": .integer(abs(units))]]
    return [
      "order_edit": [
        "id": .integer(line), "app_id": .null, "created_at": local(orders[order]?.updatedAt), "notify_customer": false,
        "order_id": .integer(order), "staff_note": "", "user_id": .null,
        "line_items": ["additions": units > 0 ? change : [], "removals": units < 0 ? change : []],
        "discounts": ["line_item": ["additions": [], "removals": []]],
        "shipping_lines": ["additions": [], "removals": []],
      ]
    ]
  }

  func refundBody(_ refund: EmulatedRefund, of order: EmulatedOrder) -> JSON {
    let lines = refund.lines.map { line in
      [
        "id": .integer(line.id), "line_item_id": .integer(order.lines[line.line].id),
        "location_id": number(line.locationID), "quantity": .integer(line.quantity),
        "restock_type": .string(line.restock.rawValue.lowercased()),
        "subtotal": .number(Double(order.lines[line.line].price * line.quantity) / 100), "total_tax": "0.00",
        "line_item": innerLineBody(order.lines[line.line]),
      ] as JSON
    }
    return [
      "id": .integer(refund.id), "admin_graphql_api_id": gid("Refund", refund.id),
      "order_id": .integer(order.id), "created_at": local(refund.createdAt), "processed_at": local(refund.createdAt),
      "note": JSON(refund.note), "user_id": .null, "restock": .bool(refund.lines.contains { $0.locationID != nil }),
      "duties": [], "order_adjustments": [], "transactions": [], "refund_line_items": .list(lines),
    ]
  }

  // MARK: Fulfillment

  func fulfillmentBody(_ fulfillment: EmulatedFulfillment) -> JSON {
    let order = orders[fulfillment.orderID]
    let lines = fulfillment.lines.map { line -> JSON in
      let members = order.map { innerLineBody($0.lines[line.line]).members } ?? []
      // The line of a fulfillment says how many of it left.
      return .object(
        members.map { $0.name == "quantity" ? JSON.Member("quantity", .integer(line.quantity)) : $0 })
    }
    let numbers = fulfillment.trackingNumber.map { [JSON.string($0)] } ?? []
    return [
      "id": .integer(fulfillment.id), "admin_graphql_api_id": gid("Fulfillment", fulfillment.id),
      "order_id": .integer(fulfillment.orderID), "status": fulfillment.isCancelled ? "cancelled" : "success",
      "created_at": local(fulfillment.createdAt),
      "service": "manual", "updated_at": local(fulfillment.updatedAt), "tracking_company": .null,
      "shipment_status": .null, "location_id": .integer(fulfillment.locationID), "line_items": .list(lines),
      "tracking_number": JSON(fulfillment.trackingNumber), "tracking_numbers": .list(numbers), "tracking_url": .null,
      "tracking_urls": [], "receipt": [:], "name": .string(fulfillment.name),
    ]
  }

  func fulfillmentOrderBody(_ fulfillmentOrder: FulfillmentOrder) -> JSON {
    let order = orders[fulfillmentOrder.orderID]
    let lines = fulfillmentOrder.lines.filter { $0.total > 0 }.map { line in
      [
        "id": .integer(line.id), "fulfillment_order_id": .integer(fulfillmentOrder.id),
        "quantity": .integer(line.total), "line_item_id": number(order?.lines[line.line].id),
        "inventory_item_id": number(order?.lines[line.line].itemID), "fulfillable_quantity": .integer(line.remaining),
        "variant_id": number(order?.lines[line.line].variantID),
      ] as JSON
    }
    let location = locations[fulfillmentOrder.locationID]
    return [
      "id": .integer(fulfillmentOrder.id), "created_at": local(fulfillmentOrder.createdAt),
      "updated_at": local(fulfillmentOrder.updatedAt),
      "order_id": .integer(fulfillmentOrder.orderID), "assigned_location_id": .integer(fulfillmentOrder.locationID),
      "request_status": "unsubmitted", "status": .string(fulfillmentOrder.status.lowercased()), "fulfill_at": .null,
      "fulfill_by": .null, "supported_actions": fulfillmentOrder.isOpen ? ["create_fulfillment"] : [],
      "line_items": .list(lines),
      "assigned_location": [
        "location_id": .integer(fulfillmentOrder.locationID), "name": JSON(location?.name), "country_code": "US",
      ],
      "fulfillment_holds": [], "merchant_requests": [],
    ]
  }

  private func movedBody(_ result: MovedFulfillmentOrder) -> JSON {
    let body = { (id: Int64?) in id.flatMap { fulfillmentOrders[$0] }.map(fulfillmentOrderBody) ?? JSON.null }
    return [
      "original_fulfillment_order": body(result.original), "moved_fulfillment_order": body(result.moved),
      "remaining_fulfillment_order": body(result.remaining),
    ]
  }

  // MARK: Stock and the shop

  func levelBody(_ key: LevelKey) -> JSON {
    [
      "inventory_item_id": .integer(key.item), "location_id": .integer(key.location),
      "available": number(levels[key]?.available), "updated_at": local(levels[key]?.updatedAt),
      "admin_graphql_api_id": .string(key.id.description),
    ]
  }

  func itemBody(_ id: Int64) -> JSON {
    let variant = variant(ofItem: id)
    return [
      "id": .integer(id), "sku": JSON(variant?.sku), "created_at": local(variant?.createdAt),
      "updated_at": local(variant?.updatedAt), "requires_shipping": true, "cost": .null,
      "country_code_of_origin": .null, "province_code_of_origin": .null, "harmonized_system_code": .null,
      "tracked": .bool(variant?.isTracked ?? false), "country_harmonized_system_codes": [],
      "admin_graphql_api_id": gid("InventoryItem", id),
    ]
  }

  func locationBody(_ location: EmulatedLocation) -> JSON {
    [
      "id": .integer(location.id), "name": .string(location.name), "address1": .null, "address2": .null,
      "city": .null, "zip": .null, "province": .null, "country": "US", "phone": .null,
      "created_at": local(location.createdAt), "updated_at": local(location.updatedAt), "country_code": "US",
      "country_name": "United States", "province_code": .null, "legacy": false, "active": .bool(location.isActive),
      "admin_graphql_api_id": gid("Location", location.id), "localized_country_name": "United States",
      "localized_province_name": .null,
    ]
  }

  func productBody(_ product: EmulatedProduct) -> JSON {
    [
      "id": .integer(product.id), "title": .string(product.title), "body_html": .null, "vendor": "",
      "product_type": "", "created_at": local(product.createdAt), "handle": .string("product-\(product.id)"),
      "updated_at": local(product.createdAt), "published_at": local(product.createdAt), "template_suffix": .null,
      "published_scope": "web", "tags": "", "status": "active", "admin_graphql_api_id": gid("Product", product.id),
      "images": [], "image": .null,
      "variants": .list(product.variantIDs.compactMap { variants[$0].map(variantBody) }),
    ]
  }

  func variantBody(_ variant: EmulatedVariant) -> JSON {
    let available = totalAvailable(ofItem: variant.itemID)
    return [
      "id": .integer(variant.id), "product_id": .integer(variant.productID), "title": .string(variant.title),
      "price": price(variant.price),
      "position": .integer(Int64((products[variant.productID]?.variantIDs.firstIndex(of: variant.id) ?? 0) + 1)),
      "inventory_policy": .string(variant.policy.rawValue.lowercased()), "compare_at_price": .null,
      "option1": .string(variant.title), "option2": .null, "option3": .null, "created_at": local(variant.createdAt),
      "updated_at": local(variant.updatedAt), "taxable": true, "barcode": .null, "fulfillment_service": "manual",
      "grams": 0, "inventory_management": variant.isTracked ? "shopify" : .null, "requires_shipping": true,
      "sku": JSON(variant.sku), "weight": 0, "weight_unit": "kg", "inventory_item_id": .integer(variant.itemID),
      "inventory_quantity": .integer(available), "old_inventory_quantity": .integer(available),
      "admin_graphql_api_id": gid("ProductVariant", variant.id), "image_id": .null,
    ]
  }

  /// What may be sold of an item, over all open locations.
  func totalAvailable(ofItem item: Int64) -> Int64 {
    levelKeys(ofItem: item).filter { locations[$0.location]?.isActive == true }
      .reduce(0) { $0 + (levels[$1]?.available ?? 0) }
  }

  var shopBody: JSON {
    [
      "id": .integer(settings.firstID), "name": .string(settings.shopName), "domain": .string(settings.shopDomain),
      "myshopify_domain": .string(settings.shopDomain), "currency": .string(settings.currency),
      "created_at": local(createdAt),
    ]
  }

  private func bulkBody(_ operation: BulkOperation) -> JSON {
    [
      "admin_graphql_api_id": gid("BulkOperation", operation.id), "completed_at": local(operation.completedAt),
      "created_at": local(operation.createdAt), "error_code": .null,
      "status": .string(operation.status.rawValue.lowercased()), "type": "query",
    ]
  }
}

extension EmulatedLine {
  /// The product's title and the variant's, as a person reads it.
  var name: String { variantTitle.map { $0 == "Default Title" ? title : "\(title) - \($0)" } ?? title }
}
