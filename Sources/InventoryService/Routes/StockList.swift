import HTTPTypes
import HummingbirdCore
import InventoryEngine
import StockLedger

/// What a shop has, page by page.
extension Route {
  static let stockList = [
    Route(
      .get, "/v1/stock", .bearer(.read),
      query: ["cursor", "limit", "skuPrefix", "location", "shortfall", "availableAtMost", "availableAtLeast"],
      isLong: true, list)
  ]

  private static func list(_ call: Call) async throws -> Reply {
    let page = await call.engine.list(
      shop: call.caller.shop, after: try call.cursor(), limit: try call.query.rows(), try filter(call.query))
    return Reply(
      json: JSONWriter.object { json in
        json.page("stock", page.views, upTo: call.settings.pageBytesMax, last: page.last, key: \.key) { view, json in
          write(view, to: &json)
        }
        json.field("ageMs", page.views.map(\.age).max() ?? 0)
        if page.shardsElsewhere > 0 { json.field("shardsElsewhere", Int64(page.shardsElsewhere)) }
      })
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
