import StockLedger

/// What the fields of each served type are. A test asks for every field of the table, so that none is forgotten.
extension EmulatedShop {
  func resolve(_ field: PlannedField, of thing: Thing, _ run: inout Answering) -> Resolved {
    switch thing {
    case .query: return queryField(field)
    case .shop: return shopField(field)
    case .product(let id): return products[id].map { productField(field, $0) } ?? .null
    case .variant(let id): return variants[id].map { variantField(field, $0) } ?? .null
    case .item(let id): return variant(ofItem: id).map { itemField(field, $0) } ?? .null
    case .level(let key): return levels[key].map { levelField(field, key, $0, &run) } ?? .null
    case .location(let id): return locations[id].map { locationField(field, $0) } ?? .null
    case .order(let id): return orders[id].map { orderField(field, $0) } ?? .null
    case .line(let order, let place): return orders[order].map { lineField(field, $0.lines[place]) } ?? .null
    case .fulfillmentOrder(let id): return fulfillmentOrders[id].map { fulfillmentOrderField(field, $0) } ?? .null
    case .fulfillmentOrderLine(let id, let place):
      return fulfillmentOrders[id].map { fulfillmentOrderLineField(field, $0, $0.lines[place]) } ?? .null
    case .fulfillment(let id): return fulfillments[id].map { fulfillmentField(field, $0) } ?? .null
    case .refund(let order, let place):
      return orders[order].map { refundField(field, $0.refunds[place], of: $0) } ?? .null
    case .subscription(let id): return subscriptions[id].map { subscriptionField(field, $0) } ?? .null
    case .bulk(let id): return bulkOperations[id].map { bulkField(field, $0) } ?? .null
    case .group(let group): return groupField(field, group)
    case .record(let record): return record[field.name] ?? Self.unserved(field)
    }
  }

  /// The table lists a field that no case answers: ours to mend, and told in the answer rather than by a crash.
  static func unserved(_ field: PlannedField) -> Resolved {
    .problem(GraphQLProblem("Field '\(field.name)' is in the table and has no answer", code: "INTERNAL_SERVER_ERROR"))
  }

  // MARK: The shop

  private func shopField(_ field: PlannedField) -> Resolved {
    switch field.name {
    case "id": .id("Shop", settings.firstID)
    case "name": .text(settings.shopName)
    case "myshopifyDomain": .text(settings.shopDomain)
    case "url": .text("https://\(settings.shopDomain)")
    case "currencyCode": .text(settings.currency)
    case "email", "contactEmail": .text("owner@example.com")
    case "ianaTimezone": .text("Etc/GMT\(settings.zoneOffsetMinutes < 0 ? "+" : "-")\(abs(zoneHours))")
    case "timezoneOffset":
      .text(String(DateTimeText.local(createdAt, offsetMinutes: settings.zoneOffsetMinutes).suffix(6)))
    case "createdAt", "updatedAt": .time(createdAt)
    default: Self.unserved(field)
    }
  }

  private var zoneHours: Int64 { settings.zoneOffsetMinutes / 60 }

  // MARK: Products

  private func productField(_ field: PlannedField, _ product: EmulatedProduct) -> Resolved {
    switch field.name {
    case "id": .id("Product", product.id)
    case "legacyResourceId": .legacy(product.id)
    case "title": .text(product.title)
    case "handle": .text(product.title.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined())
    case "vendor": .text(settings.shopName)
    case "status": .text("ACTIVE")
    case "totalInventory":
      .integer(product.variantIDs.reduce(0) { $0 + (variants[$1].map { totalAvailable(ofItem: $0.itemID) } ?? 0) })
    case "totalVariants": .integer(Int64(product.variantIDs.count))
    case "createdAt", "updatedAt": .time(product.createdAt)
    case "variants": Paging.page(of: product.variantIDs, isAscending: true, field) { .variant($0) }
    default: Self.unserved(field)
    }
  }

  private func variantField(_ field: PlannedField, _ variant: EmulatedVariant) -> Resolved {
    let product = products[variant.productID]
    return switch field.name {
    case "id": .id("ProductVariant", variant.id)
    case "legacyResourceId": .legacy(variant.id)
    case "sku": .text(variant.sku)
    case "title": .text(variant.title)
    case "displayName": .text("\(product?.title ?? "") - \(variant.title)")
    case "barcode": .null
    case "price": .text(Self.money(variant.price))
    case "position": .integer(Int64(product?.variantIDs.firstIndex(of: variant.id) ?? 0) + 1)
    case "inventoryItem": .thing(.item(variant.itemID))
    case "inventoryPolicy": .text(variant.policy.rawValue)
    case "inventoryQuantity", "sellableOnlineQuantity": .integer(totalAvailable(ofItem: variant.itemID))
    case "availableForSale":
      .bool(!variant.isTracked || variant.policy == .continue || totalAvailable(ofItem: variant.itemID) > 0)
    case "product": .thing(.product(variant.productID))
    case "taxable": .bool(true)
    case "createdAt": .time(variant.createdAt)
    case "updatedAt": .time(variant.updatedAt)
    default: Self.unserved(field)
    }
  }

  // MARK: Stock

  private func itemField(_ field: PlannedField, _ variant: EmulatedVariant) -> Resolved {
    switch field.name {
    case "id": .id("InventoryItem", variant.itemID)
    case "legacyResourceId": .legacy(variant.itemID)
    case "sku": .text(variant.sku)
    case "tracked": .bool(variant.isTracked)
    case "requiresShipping": .bool(true)
    case "duplicateSkuCount": .integer(Int64(max(0, variants(sku: variant.sku ?? "").count - 1)))
    case "createdAt": .time(variant.createdAt)
    case "updatedAt": .time(variant.updatedAt)
    case "variant": .thing(.variant(variant.id))
    case "variants": Paging.page(of: [.variant(variant.id)], field)
    case "inventoryLevel":
      stocked(item: variant.itemID, location: GlobalID.number(of: "Location", in: field["locationId"]))
    case "inventoryLevels": Paging.page(of: levelKeys(ofItem: variant.itemID).map { .level($0) }, field)
    case "locationsCount":
      .record(
        Record(
          "Count", ("count", .integer(Int64(levelKeys(ofItem: variant.itemID).count))), ("precision", .text("EXACT"))))
    default: Self.unserved(field)
    }
  }

  private func stocked(item: Int64?, location: Int64?) -> Resolved {
    guard let item, let location else { return .null }
    let key = LevelKey(item: item, location: location)
    return levels[key] == nil ? .null : .thing(.level(key))
  }

  private func levelField(
    _ field: PlannedField, _ key: LevelKey, _ level: InventoryLevel, _ run: inout Answering
  ) -> Resolved {
    switch field.name {
    case "id": return .text(key.id.description)
    case "isActive": return .bool(locations[key.location]?.isActive ?? false)
    case "canDeactivate": return .bool(level.committed == 0)
    case "item": return .thing(.item(key.item))
    case "location": return .thing(.location(key.location))
    case "createdAt": return .time(level.createdAt)
    case "updatedAt": return .time(level.updatedAt)
    case "quantities": return quantities(field, key, level, &run)
    default: return Self.unserved(field)
    }
  }

  private func quantities(
    _ field: PlannedField, _ key: LevelKey, _ level: InventoryLevel, _ run: inout Answering
  ) -> Resolved {
    var records: [Record] = []
    for text in (field["names"] ?? .null).values.compactMap(\.text) {
      guard let name = QuantityName(rawValue: text) else {
        return .problem(
          GraphQLProblem("The quantity name '\(text)' is not one of the valid names", code: "BAD_USER_INPUT"))
      }
      if name == .available { run.levels.append(key) }
      let id = "gid://shopify/InventoryQuantity/\(key.location)?inventory_item_id=\(key.item)&name=\(text)"
      records.append(
        Record(
          "InventoryQuantity", ("id", .text(id)), ("name", .text(text)), ("quantity", .integer(level[name])),
          ("updatedAt", .time(level.updatedAt))))
    }
    return .records(records)
  }

  private func locationField(_ field: PlannedField, _ location: EmulatedLocation) -> Resolved {
    switch field.name {
    case "id": .id("Location", location.id)
    case "legacyResourceId": .legacy(location.id)
    case "name": .text(location.name)
    case "isActive", "fulfillsOnlineOrders", "shipsInventory": .bool(location.isActive)
    case "isFulfillmentService": .bool(false)
    case "hasActiveInventory": .bool(itemIDs.contains { levels[LevelKey(item: $0, location: location.id)] != nil })
    case "inventoryLevel":
      stocked(item: GlobalID.number(of: "InventoryItem", in: field["inventoryItemId"]), location: location.id)
    case "inventoryLevels":
      Paging.page(
        of: itemIDs.filter { levels[LevelKey(item: $0, location: location.id)] != nil }, isAscending: true, field
      ) { .level(LevelKey(item: $0, location: location.id)) }
    case "createdAt": .time(location.createdAt)
    case "updatedAt": .time(location.updatedAt)
    default: Self.unserved(field)
    }
  }

  private func groupField(_ field: PlannedField, _ group: AdjustmentGroup) -> Resolved {
    switch field.name {
    case "id": .id("InventoryAdjustmentGroup", group.id)
    case "reason": .text(group.reason)
    case "referenceDocumentUri": .text(group.document)
    case "createdAt": .time(group.createdAt)
    case "app": .record(app)
    case "changes": changes(field, group)
    default: Self.unserved(field)
    }
  }

  private func changes(_ field: PlannedField, _ group: AdjustmentGroup) -> Resolved {
    let names = field["quantityNames"]?.values.compactMap(\.text)
    let items = field["inventoryItemIds"]?.values.compactMap { GlobalID.number(of: "InventoryItem", in: $0) }
    let places = field["locationIds"]?.values.compactMap { GlobalID.number(of: "Location", in: $0) }
    let chosen = group.changes.filter { change in
      (names?.contains(change.name.rawValue) ?? true) && (items?.contains(change.key.item) ?? true)
        && (places?.contains(change.key.location) ?? true)
    }
    return .records(
      chosen.map { change in
        Record(
          "InventoryChange", ("name", .text(change.name.rawValue)), ("delta", .integer(change.delta)),
          ("quantityAfterChange", .integer(change.after)), ("item", .thing(.item(change.key.item))),
          ("location", .thing(.location(change.key.location))), ("ledgerDocumentUri", .null))
      })
  }

  /// The app that calls.
  var app: Record {
    Record(
      "App", ("id", .id("App", settings.firstID)), ("title", .text("Holdfast")), ("handle", .text("holdfast")),
      ("apiKey", .text("emulated")))
  }

  // MARK: Webhooks and bulk reads

  private func subscriptionField(_ field: PlannedField, _ subscription: WebhookSubscription) -> Resolved {
    switch field.name {
    case "id": .id("WebhookSubscription", subscription.id)
    case "legacyResourceId": .legacy(subscription.id)
    case "topic": .text(subscription.topic.schemaName)
    case "uri", "callbackUrl": .text(subscription.uri)
    case "format": .text("JSON")
    case "includeFields": .value(.list(subscription.includeFields.map { .string($0) }))
    case "name": .text(subscription.name)
    case "filter": .null
    case "apiVersion":
      .record(
        Record(
          "ApiVersion", ("displayName", .text(settings.apiVersion)), ("handle", .text(settings.apiVersion)),
          ("supported", .bool(true))))
    case "createdAt", "updatedAt": .time(subscription.createdAt)
    default: Self.unserved(field)
    }
  }

  private func bulkField(_ field: PlannedField, _ operation: BulkOperation) -> Resolved {
    switch field.name {
    case "id": .id("BulkOperation", operation.id)
    case "status": .text(operation.status.rawValue)
    case "type": .text("QUERY")
    case "query": .text(operation.query)
    case "url": .text(operation.status == .completed && operation.objectCount > 0 ? url(of: operation) : nil)
    case "partialDataUrl": .text(operation.status == .canceled && operation.objectCount > 0 ? url(of: operation) : nil)
    case "errorCode": .null
    case "objectCount": .text(String(operation.objectCount))
    case "rootObjectCount": .text(String(operation.rootCount))
    case "fileSize": .text(operation.status == .completed ? String(operation.byteCount) : nil)
    case "createdAt": .time(operation.createdAt)
    case "completedAt": .time(operation.completedAt)
    default: Self.unserved(field)
    }
  }

  /// Where the shell offers the result: the shop's own address, then the operation's number.
  private func url(of operation: BulkOperation) -> String {
    "\(settings.addressBase)/bulk/\(operation.id).jsonl"
  }
}
