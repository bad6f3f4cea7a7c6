import StockLedger

extension EmulatedShop {
  func queryField(_ field: PlannedField) -> Resolved {
    switch field.name {
    case "shop": return .thing(.shop)
    case "currentAppInstallation": return .record(installation)
    case "productVariants", "products", "inventoryItems", "locations", "orders":
      switch found(by: field) {
      case .success(let found):
        if let mark = found.mark { return Paging.page(of: found.ids, markedBy: mark, field, found.make) }
        return Paging.page(of: found.ids, isAscending: found.isAscending, field, found.make)
      case .failure(let problem): return .problem(problem)
      }
    case "productVariant", "product", "inventoryItem", "inventoryLevel", "order", "webhookSubscription",
      "bulkOperation", "node":
      return one(field)
    case "location":
      // Without an id the shop's own first location, as the real one has it.
      guard field["id"]?.text == nil else { return one(field) }
      return .maybe(locationIDs.first.map { .location($0) })
    case "nodes": return many(field)
    case "webhookSubscriptions": return subscriptionPage(field)
    case "currentBulkOperation": return .maybe(bulkIDs.last.map { .bulk($0) })
    case "bulkOperations": return Paging.page(of: bulkIDs, isAscending: true, field) { .bulk($0) }
    default: return Self.unserved(field)
    }
  }

  private var installation: Record {
    let scopes = [
      "read_inventory", "write_inventory", "read_orders", "write_orders", "read_products", "read_locations",
    ]
    let records = scopes.map { Record("AccessScope", ("handle", .text($0)), ("description", .text($0))) }
    return Record(
      "AppInstallation", ("id", .id("AppInstallation", settings.firstID)), ("accessScopes", .records(records)),
      ("app", .record(app)))
  }

  // MARK: By id

  /// What a field with an id may answer.
  private static let types = [
    "productVariant": "ProductVariant", "product": "Product", "inventoryItem": "InventoryItem",
    "inventoryLevel": "InventoryLevel", "order": "Order", "location": "Location",
    "webhookSubscription": "WebhookSubscription", "bulkOperation": "BulkOperation",
  ]

  private func one(_ field: PlannedField) -> Resolved {
    let text = field.text("id") ?? ""
    guard let id = GlobalID(text) else { return .problem(Self.invalidID(text)) }
    if let type = Self.types[field.name], id.type != type { return .problem(Self.invalidID(text)) }
    return .maybe(thing(id))
  }

  private func many(_ field: PlannedField) -> Resolved {
    let texts = (field["ids"] ?? .null).values.compactMap(\.text)
    guard texts.count <= Self.rowsMax else { return .problem(Self.tooMany(texts.count)) }
    var things: [Thing?] = []
    for text in texts {
      guard let id = GlobalID(text) else { return .problem(Self.invalidID(text)) }
      things.append(thing(id))
    }
    return .list(things)
  }

  private static func invalidID(_ text: String) -> GraphQLProblem {
    GraphQLProblem("Invalid global id '\(text)'", code: "argumentLiteralsIncompatible")
  }

  /// What an id names; nil where there is nothing.
  func thing(_ id: GlobalID) -> Thing? {
    let number = id.number
    switch id.type {
    case "Shop": return number == settings.firstID ? .shop : nil
    case "Product": return products[number].map { _ in .product(number) }
    case "ProductVariant": return variants[number].map { _ in .variant(number) }
    case "InventoryItem": return variantOfItem[number].map { _ in .item(number) }
    case "Location": return locations[number].map { _ in .location(number) }
    case "InventoryLevel":
      guard let item = id.item else { return nil }
      let key = LevelKey(item: item, location: number)
      return levels[key].map { _ in .level(key) }
    case "Order": return orders[number].map { _ in .order(number) }
    case "FulfillmentOrder": return fulfillmentOrders[number].map { _ in .fulfillmentOrder(number) }
    case "Fulfillment": return fulfillments[number].map { _ in .fulfillment(number) }
    case "Refund":
      guard let order = orderOfRefund[number] else { return nil }
      return orders[order]?.refunds.firstIndex { $0.id == number }.map { .refund(order: order, $0) }
    case "WebhookSubscription": return subscriptions[number].map { _ in .subscription(number) }
    case "BulkOperation": return bulkOperations[number].map { _ in .bulk(number) }
    default: return nil
    }
  }

  // MARK: By search

  /// Numbers that a root connection finds, before they are cut into pages.
  struct Found {
    let ids: [Int64]
    let isAscending: Bool
    /// What they are in the order of, where that changes.
    var mark: ((Int64) -> Int64)?
    let make: (Int64) -> Thing
  }

  func found(by field: PlannedField) -> Result<Found, GraphQLProblem> {
    do throws(GraphQLProblem) {
      let search = try SearchQuery(field.text("query") ?? "")
      switch field.name {
      case "productVariants":
        return .success(Found(ids: try variantIDs(search), isAscending: true) { .variant($0) })
      case "inventoryItems":
        return .success(Found(ids: try itemIDs(search), isAscending: true) { .item($0) })
      case "products":
        let ids = try ids(productIDs, search) { id, name in products[id].flatMap { searched($0, name) } }
        return .success(Found(ids: ids, isAscending: true) { .product($0) })
      case "locations":
        let open = locationIDs.filter { locations[$0]?.isActive == true || field.bool("includeInactive") }
        let ids = try ids(open, search) { id, name in locations[id].flatMap { searched($0, name) } }
        guard field.text("sortKey") == "NAME" else {
          return .success(Found(ids: ids, isAscending: true) { .location($0) })
        }
        let named = ids.sorted { (locations[$0]?.name ?? "", $0) < (locations[$1]?.name ?? "", $1) }
        return .success(Found(ids: named, isAscending: false) { .location($0) })
      default:
        let ids = try ids(orderIDs, search) { id, name in orders[id].flatMap { searched($0, name) } }
        return .success(try sorted(orders: ids, by: field.text("sortKey") ?? "PROCESSED_AT"))
      }
    } catch {
      return .failure(error)
    }
  }

  private func ids(
    _ all: [Int64], _ search: SearchQuery, _ value: (Int64, String) -> SearchValue?
  ) throws(GraphQLProblem) -> [Int64] {
    if search.groups.isEmpty { return all }
    var found: [Int64] = []
    for id in all where try search.matches({ value(id, $0) }) { found.append(id) }
    return found
  }

  private func variantIDs(_ search: SearchQuery) throws(GraphQLProblem) -> [Int64] {
    if let skus = search.skus { return Set(skus.flatMap { variantsBySKU[$0] ?? [] }).sorted() }
    return try ids(variantIDs, search) { id, name in variants[id].flatMap { searched($0, id: id, name) } }
  }

  private func itemIDs(_ search: SearchQuery) throws(GraphQLProblem) -> [Int64] {
    if let skus = search.skus {
      return Set(skus.flatMap { variantsBySKU[$0] ?? [] }).compactMap { variants[$0]?.itemID }.sorted()
    }
    return try ids(itemIDs, search) { id, name in variant(ofItem: id).flatMap { searched($0, id: id, name) } }
  }

  private func sorted(orders ids: [Int64], by key: String) throws(GraphQLProblem) -> Found {
    switch key {
    case "PROCESSED_AT", "CREATED_AT", "ID", "ORDER_NUMBER", "RELEVANCE":
      return Found(ids: ids, isAscending: true) { .order($0) }
    case "UPDATED_AT":
      let changedAt = { (id: Int64) in orders[id]?.updatedAt.milliseconds ?? 0 }
      return Found(ids: ids, isAscending: false, mark: changedAt) { .order($0) }
    default: throw GraphQLProblem("The sort key \(key) isn't served by this emulator")
    }
  }

  private func searched(_ variant: EmulatedVariant, id: Int64, _ name: String) -> SearchValue? {
    switch name {
    case "id": .number(id)
    case "sku": .text([variant.sku].compactMap { $0 })
    case "title": .text([variant.title])
    case "product_id": .number(variant.productID)
    case "created_at": .time(variant.createdAt)
    case "updated_at": .time(variant.updatedAt)
    default: nil
    }
  }

  private func searched(_ product: EmulatedProduct, _ name: String) -> SearchValue? {
    switch name {
    case "id": .number(product.id)
    case "title": .text([product.title])
    case "sku": .text(product.variantIDs.compactMap { variants[$0]?.sku })
    case "created_at", "updated_at": .time(product.createdAt)
    default: nil
    }
  }

  private func searched(_ location: EmulatedLocation, _ name: String) -> SearchValue? {
    switch name {
    case "id", "location_id": .number(location.id)
    case "name": .text([location.name])
    case "active": .text([location.isActive ? "true" : "false"])
    case "created_at": .time(location.createdAt)
    default: nil
    }
  }

  private func searched(_ order: EmulatedOrder, _ name: String) -> SearchValue? {
    switch name {
    case "id": .number(order.id)
    case "name": .text([order.name, String(order.number)])
    case "created_at", "processed_at": .time(order.createdAt)
    case "updated_at": .time(order.updatedAt)
    case "status": .text([order.cancelledAt == nil ? "open" : "cancelled", "any"])
    case "financial_status": .text([order.financialStatus, "any"])
    case "fulfillment_status":
      .text([order.unfulfilled == 0 ? "shipped" : isShipped(order) ? "partial" : "unshipped", "any"])
    case "tag": .text(order.draft.tags)
    case "source_name": .text([order.draft.sourceName])
    case "source_identifier": .text([order.draft.sourceIdentifier].compactMap { $0 })
    case "test": .text([order.draft.isTest ? "true" : "false"])
    case "sku": .text(order.lines.compactMap(\.sku))
    default: nil
    }
  }

  private func subscriptionPage(_ field: PlannedField) -> Resolved {
    let topics = field["topics"]?.values.compactMap(\.text)
    let uri = field.text("uri")
    let chosen = allSubscriptions.filter {
      (topics?.contains($0.topic.schemaName) ?? true) && (uri == nil || $0.uri == uri)
        && field.text("format") != "XML"
    }
    return Paging.page(of: chosen.map(\.id), isAscending: true, field) { .subscription($0) }
  }
}
