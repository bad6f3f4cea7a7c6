import HTTPTypes
import InventoryEngine
import StockLedger

/// A key's audit trail: what happened, who said so, and what might be sold before and after.
extension Route {
  static let entries = [
    Route(
      .get, "/v1/stock/{sku}/{location}/entries", .bearer(.read), query: ["after", "before", "limit"],
      isLong: true, list)
  ]

  private static func list(_ call: Call) async throws -> Reply {
    let key = try await call.knownKey()
    let query = call.query
    let limit = try query.rows()
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
      return call.tagged(
        JSONWriter.object { json in
          let last = write(page.entries, of: key, upTo: call.settings.pageBytesMax, to: &json)
          if let last, page.hasMore || last != page.entries.last?.place { json.field("next", last.description) }
        })
    } catch {
      throw try call.problem(error, of: key)
    }
  }

  /// Writes entries while there is room; the last one that was written.
  private static func write(
    _ entries: [TracedEntry], of key: StockKey, upTo bytesMax: Int, to json: inout JSONWriter
  ) -> EntryNumber? {
    var last: EntryNumber?
    json.array("entries") { json in
      for traced in entries where json.bytes.count < bytesMax {
        json.object { json in
          EntryJSON.write(traced.entry, key: key, at: traced.place, to: &json)
          if let before = traced.before { json.field("availableToSellBefore", before.availableToSell) }
          if let after = traced.after { json.field("availableToSellAfter", after.availableToSell) }
        }
        last = traced.place
      }
    }
    return last
  }
}
