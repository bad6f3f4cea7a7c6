/// The read-only part of the old API that client libraries still use: products, locations, levels, orders, the shop.
extension EmulatedShop {
  private static let notFound = Served.refused(404, "Not Found")

  func rest(_ name: String, query: String, _ run: inout Answering) -> Served {
    let parameters = Self.parameters(query)
    guard name.hasSuffix(".json") else { return Self.notFound }
    let parts = name.dropLast(5).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch (parts.first, parts.count) {
    case ("shop", 1): return Served(body: ["shop": shopBody])
    case ("locations", 1): return Served(body: ["locations": .list(allLocations.map(locationBody))])
    case ("products", 1): return productList(parameters)
    case ("inventory_levels", 1): return levelList(parameters, &run)
    case ("locations", 3) where parts[2] == "inventory_levels":
      return levelList(["location_ids": parts[1], "limit": parameters["limit"] ?? "50"], &run)
    case ("products", 2) where parts[1] == "count":
      return Served(body: ["count": .integer(Int64(productIDs.count))])
    case (let kind?, 2): return one(kind, Int64(parts[1]) ?? 0, &run)
    default: return Self.notFound
    }
  }

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

  private func productList(_ parameters: [String: String]) -> Served {
    let limit = Self.limit(parameters)
    let since = Int64(parameters["page_info"] ?? parameters["since_id"] ?? "") ?? 0
    let start = productIDs.lowerBound(of: since == .max ? since : since + 1)
    let ids = productIDs[start...].prefix(limit)
    var served = Served(body: ["products": .list(ids.compactMap { products[$0].map(productBody) })])
    if let last = ids.last, ids.endIndex < productIDs.endIndex {
      let page = "\(settings.addressBase)/admin/api/\(settings.apiVersion)/products.json"
      served.headers = [HeaderLine("Link", "<\(page)?limit=\(limit)&page_info=\(last)>; rel=\"next\"")]
    }
    return served
  }

  private func levelList(_ parameters: [String: String], _ run: inout Answering) -> Served {
    let items = Self.numbers(parameters["inventory_item_ids"])
    let places = Self.numbers(parameters["location_ids"])
    guard items != nil || places != nil else {
      return .refused(422, "inventory_item_ids or location_ids must be given")
    }
    let keys = (items ?? itemIDs).lazy.flatMap { levelKeys(ofItem: $0) }
      .filter { places?.contains($0.location) ?? true }
    let chosen = Array(keys.prefix(Self.limit(parameters)))
    run.levels += chosen
    return Served(body: ["inventory_levels": .list(chosen.map(levelBody))])
  }

  // MARK: Parameters

  private static func limit(_ parameters: [String: String]) -> Int {
    Int(max(1, min(Paging.pageMax, Int64(parameters["limit"] ?? "") ?? 50)))
  }

  private static func parameters(_ query: String) -> [String: String] {
    var found: [String: String] = [:]
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { found[String(pair[0])] = String(pair[1]) }
    }
    return found
  }

  /// Numbers with commas, in the address as they are or escaped; nil where the parameter is absent.
  private static func numbers(_ text: String?) -> [Int64]? {
    text.map { text in
      text.split { $0 == "," }.flatMap { $0.split(separator: "%2C") }.compactMap { Int64($0) }
    }
  }
}
