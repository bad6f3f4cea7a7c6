import HTTPTypes
import HummingbirdCore
import InventoryEngine
import StockLedger

/// What a shop has, page by page.
extension Route {
  static let stockList = [Route(.get, "/v1/stock", .bearer(.read), list)]

  /// Keys of a page where nothing is said.
  private static let keysDefault: Int64 = 100
  /// The most keys of a page: some 300 kB.
  private static let keysMax: Int64 = 1_000

  private static func list(_ call: Call) async throws -> Reply {
    let query = try call.query([
      "cursor", "limit", "skuPrefix", "location", "shortfall", "availableAtMost", "availableAtLeast",
    ])
    let limit = try query.integer("limit", in: 1...keysMax) ?? keysDefault
    let page = await call.engine.list(
      shop: call.caller.shop, after: try cursor(query, call), limit: Int(limit), try filter(query))
    return Reply(
      json: JSONWriter.object { json in
        var written: StockKey?
        json.array("stock") { json in
          for view in page.views where json.bytes.count < call.settings.pageBytesMax {
            json.object { json in write(view, to: &json) }
            written = view.key
          }
        }
        let isWhole = written == page.views.last?.key
        if let last = isWhole ? page.last : written { json.field("next", ListCursor.text(after: last)) }
        json.field("ageMs", page.views.map(\.age).max() ?? 0)
        if page.shardsElsewhere > 0 { json.field("shardsElsewhere", Int64(page.shardsElsewhere)) }
      })
  }

  private static func cursor(_ query: QueryFields, _ call: Call) throws(Problem) -> StockKey? {
    guard let text = query.text("cursor") else { return nil }
    guard let key = ListCursor.key(text, ofShop: call.caller.shop) else {
      throw .malformedQuery("cursor", "it is none: give back what next said, or leave it out to start anew")
    }
    return key
  }

  private static func filter(_ query: QueryFields) throws(Problem) -> StockFilter {
    let units = 0...Limits.unitsMax
    var filter = StockFilter()
    filter.skuPrefix = query.text("skuPrefix") ?? ""
    if filter.skuPrefix.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      throw .malformedQuery("skuPrefix", "no SKU holds a control character")
    }
    filter.location = query.text("location")
    filter.hasShortfall = try query.flag("shortfall") ?? false
    filter.availableAtMost = try query.integer("availableAtMost", in: units)
    filter.availableAtLeast = try query.integer("availableAtLeast", in: units)
    return filter
  }
}

extension Call {
  /// The query's fields, of which these are known.
  func query(_ known: [String]) throws(Problem) -> QueryFields {
    try QueryFields(request.uri.query, known: known)
  }
}
