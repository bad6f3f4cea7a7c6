import HTTPTypes
import InventoryEngine
import StockLedger

/// A key's audit trail: what happened, who said so, and what might be sold before and after.
extension Route {
  static let entries = [Route(.get, "/v1/stock/{sku}/{location}/entries", .bearer(.read), list)]

  /// Entries of a page where nothing is said.
  private static let entriesDefault: Int64 = 100
  /// The most entries of a page: some 300 kB.
  private static let entriesMax: Int64 = 1_000

  private static func list(_ call: Call) async throws -> Reply {
    let key = try await call.knownKey()
    let query = try call.query(["after", "before", "limit"])
    let limit = Int(try query.integer("limit", in: 1...entriesMax) ?? entriesDefault)
    let after = try query.entry("after", of: key)
    let before = try query.entry("before", of: key)
    if after != nil && before != nil { throw Problem.malformedQuery("before", "it goes without after") }
    do throws(HistoryFailure) {
      let page =
        if let after {
          try await call.engine.entries(of: key, after: after, limit: limit)
        } else {
          try await call.engine.entries(of: key, before: before ?? .max, limit: limit)
        }
      return call.tagged(JSONWriter.object { write(page, of: key, to: &$0) })
    } catch {
      throw try call.problem(error, of: key)
    }
  }

  private static func write(_ page: HistoryPage, of key: StockKey, to json: inout JSONWriter) {
    json.array("entries") { json in
      for traced in page.entries {
        json.object { json in
          EntryJSON.write(traced.entry, key: key, at: traced.place, to: &json)
          if let before = traced.before { json.field("availableToSellBefore", before.availableToSell) }
          if let after = traced.after { json.field("availableToSellAfter", after.availableToSell) }
        }
      }
    }
    if page.hasMore, let last = page.entries.last { json.field("next", last.place.description) }
  }
}
