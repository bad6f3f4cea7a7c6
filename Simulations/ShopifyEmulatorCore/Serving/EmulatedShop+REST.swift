import StockLedger

/// The read-only part of the old API that client libraries still use: products, locations, levels, items, orders, the
/// shop.
extension EmulatedShop {
  private static let notFound = Served.refused(404, "Not Found")
  /// How many points of GraphQL there are for each call of REST, which has a bucket of its own.
  static let pointsOfCall: Int64 = 50

  /// Answers a call, or refuses it as one too many. Every answer says how full the bucket is.
  mutating func rest(_ name: String, query: String, _ run: inout Answering, at now: Timestamp) -> Served {
    calls.fill(to: now)
    let isTaken = calls.take(1)
    let (rate, size) = (calls.plan.restoreRate, calls.plan.bucketSize)
    var served =
      isTaken
      ? resource(name, RESTQuery(query), &run)
      : .refused(
        429,
        "Exceeded \(rate) calls per second for api client. Reduce request rates to resume uninterrupted service.")
    if !isTaken { served.headers.append(HeaderLine("Retry-After", "2.0")) }
    served.headers.append(HeaderLine("X-Shopify-Shop-Api-Call-Limit", "\(size - calls.available)/\(size)"))
    return served
  }

  private func resource(_ name: String, _ query: RESTQuery, _ run: inout Answering) -> Served {
    guard name.hasSuffix(".json") else { return Self.notFound }
    let parts = name.dropLast(5).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch (parts.first, parts.count) {
    case ("shop", 1): return Served(body: ["shop": shopBody])
    case ("locations", 1): return Served(body: ["locations": .list(allLocations.map(locationBody))])
    case ("products", 1): return productList(query)
    case ("inventory_items", 1): return itemList(query)
    case ("inventory_levels", 1): return levelList(query, places: query.numbers("location_ids"), &run)
    case ("locations", 3) where parts[2] == "inventory_levels":
      return levelList(query, places: [Int64(parts[1]) ?? 0], &run)
    case ("products", 2) where parts[1] == "count": return Self.count(productIDs.count)
    case ("locations", 2) where parts[1] == "count": return Self.count(locationIDs.count)
    case (let kind?, 2): return one(kind, Int64(parts[1]) ?? 0, &run)
    default: return Self.notFound
    }
  }

  private static func count(_ count: Int) -> Served { Served(body: ["count": .integer(Int64(count))]) }

  private func one(_ kind: String, _ id: Int64, _ run: inout Answering) -> Served {
    let found: (name: String, body: JSON?) =
      switch kind {
      case "products": ("product", products[id].map(productBody))
      case "variants": ("variant", variants[id].map(variantBody))
      case "locations": ("location", locations[id].map(locationBody))
      case "inventory_items": ("inventory_item", variantOfItem[id].map { _ in itemBody(id) })
      case "orders": ("order", orders[id].map(orderBody))
      default: ("", nil)
      }
    guard let body = found.body else { return Self.notFound }
    if kind == "orders" { run.orders.append(id) }
    return Served(body: .object([JSON.Member(found.name, body)]))
  }

  // MARK: Lists

  private func productList(_ query: RESTQuery) -> Served {
    let since = query.number("page_info") ?? query.number("since_id") ?? 0
    let ids = productIDs[productIDs.lowerBound(of: since == .max ? since : since + 1)...].prefix(query.limit)
    var served = Served(body: ["products": .list(ids.compactMap { products[$0].map(productBody) })])
    if let last = ids.last, ids.endIndex < productIDs.endIndex {
      served.headers = [link("products.json", query, to: "\(last)")]
    }
    return served
  }

  private func itemList(_ query: RESTQuery) -> Served {
    guard let ids = query.numbers("ids"), ids.count <= RESTQuery.numbersMax else {
      return .refused(422, "ids must be given, and at most \(RESTQuery.numbersMax)")
    }
    return Served(body: ["inventory_items": .list(ids.filter { variantOfItem[$0] != nil }.map(itemBody))])
  }

  private func levelList(_ query: RESTQuery, places: [Int64]?, _ run: inout Answering) -> Served {
    var walk = LevelWalk(items: query.numbers("inventory_item_ids"), places: places, after: nil)
    if let cursor = query["page_info"] {
      guard let found = LevelWalk(cursor) else { return .refused(400, "page_info: Invalid value.") }
      walk = found
    }
    guard walk.items != nil || walk.places != nil else {
      return .refused(422, "inventory_item_ids or location_ids must be given")
    }
    guard max(walk.items?.count ?? 0, walk.places?.count ?? 0) <= RESTQuery.numbersMax else {
      return .refused(422, "At most \(RESTQuery.numbersMax) inventory_item_ids and location_ids may be given")
    }
    let found = Array(levelKeys(of: walk).prefix(query.limit + 1))
    let chosen = found.prefix(query.limit)
    run.levels += chosen
    var served = Served(body: ["inventory_levels": .list(chosen.map(levelBody))])
    if let last = chosen.last, found.count > chosen.count {
      walk.after = last
      served.headers = [link("inventory_levels.json", query, to: walk.cursor)]
    }
    return served
  }

  private func levelKeys(of walk: LevelWalk) -> some Sequence<LevelKey> {
    // Items are walked in the order of their numbers, so that a cursor means the same place later.
    let items = walk.items?.sorted() ?? itemIDs
    let start = walk.after.map { items.lowerBound(of: $0.item) } ?? 0
    return items[start...].lazy.flatMap { item in
      let keys = levelKeys(ofItem: item).filter { walk.places?.contains($0.location) ?? true }
      guard let after = walk.after, after.item == item else { return keys[...] }
      return keys.firstIndex(of: after).map { keys[($0 + 1)...] } ?? keys[...]
    }
  }

  /// The address of the next page; a cursor stands for all that was asked, and only the page's size goes with it.
  private func link(_ name: String, _ query: RESTQuery, to cursor: String) -> HeaderLine {
    let page = "\(settings.addressBase)/admin/api/\(settings.apiVersion)/\(name)"
    return HeaderLine("Link", "<\(page)?limit=\(query.limit)&page_info=\(cursor)>; rel=\"next\"")
  }
}

/// What stands behind the question mark of a REST address.
struct RESTQuery {
  /// Numbers that one parameter may list.
  static let numbersMax = 50

  private var parameters: [String: String] = [:]

  init(_ text: String) {
    for part in text.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // Nothing that is asked for has a letter to be escaped but the comma between numbers.
      if pair.count == 2 {
        parameters[String(pair[0])] = String(pair[1]).split(separator: "%2C").joined(separator: ",")
      }
    }
  }

  subscript(name: String) -> String? { parameters[name] }

  func number(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }

  /// Numbers with commas between them; nil where the parameter is absent.
  func numbers(_ name: String) -> [Int64]? {
    self[name]?.split(separator: ",").compactMap { Int64($0) }
  }

  /// Rows of a page.
  var limit: Int { Int(max(1, min(Paging.pageMax, number("limit") ?? 50))) }
}

/// A walk over the levels of some items, of some locations, or of both; its cursor says all of it.
struct LevelWalk: Equatable {
  var items: [Int64]?
  var places: [Int64]?
  /// The last level that was told.
  var after: LevelKey?

  init(items: [Int64]?, places: [Int64]?, after: LevelKey?) {
    self.items = items
    self.places = places
    self.after = after
  }

  /// The walk of a cursor; nil where it is none.
  init?(_ cursor: String) {
    let parts = cursor.split(separator: ".", omittingEmptySubsequences: false).map { part in
      part.split(separator: "_").map { Int64($0) }
    }
    let numbers = parts.map { $0.compactMap(\.self) }
    guard parts.count == 3, zip(parts, numbers).allSatisfy({ $0.count == $1.count }), numbers[0].count == 2 else {
      return nil
    }
    self.init(
      items: numbers[1].isEmpty ? nil : numbers[1], places: numbers[2].isEmpty ? nil : numbers[2],
      after: LevelKey(item: numbers[0][0], location: numbers[0][1]))
  }

  /// Where it stands, and over what it goes, as an address can carry it.
  var cursor: String {
    [after.map { [$0.item, $0.location] } ?? [], items ?? [], places ?? []]
      .map { $0.map { String($0) }.joined(separator: "_") }.joined(separator: ".")
  }
}
