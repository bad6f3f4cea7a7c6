import HTTPTypes
import InventoryEngine
import StockLedger

/// What may be sold, of a key and of all locations of a SKU.
extension Route {
  static let stock = [
    Route(.get, "/v1/stock/{sku}", .bearer(.read), itemStock),
    Route(.get, "/v1/stock/{sku}/{location}", .bearer(.read), query: ["at"], keyStock),
  ]

  private static func keyStock(_ call: Call) async throws -> Reply {
    let key = try await call.knownKey()
    if let moment = try moment(call.query, of: key) { return try await past(of: key, at: moment, call) }
    guard let view = await call.engine.stock(key) else { throw call.absence(of: key) }
    // A hold that was refused leaves a key behind that has no entry.
    guard view.entry.number > 0 else { throw Problem.unknownKey }
    return call.tagged("\(view.entry)", age: view.age, JSONWriter.object { write(view, to: &$0) })
  }

  /// The moment that `at` names: an entry of the key's shard, or a time.
  static func moment(_ query: QueryFields, of key: StockKey) throws(Problem) -> HistoryMoment? {
    guard let text = query.text("at") else { return nil }
    if EntryNumber(text) != nil { return try query.entry("at", of: key).map { .entry($0) } }
    guard let time = try? query.time("at") else {
      throw .malformedQuery("at", "an entry as 17-1234, or a time as 2026-01-01T08:26:00Z, is expected")
    }
    return .time(time)
  }

  private static func past(of key: StockKey, at moment: HistoryMoment, _ call: Call) async throws -> Reply {
    do throws(HistoryFailure) {
      let view = try await call.engine.stock(key, at: moment)
      return call.tagged(JSONWriter.object { write(view, to: &$0) })
    } catch {
      throw try call.problem(error, of: key)
    }
  }

  private static func itemStock(_ call: Call) async throws -> Reply {
    let item = try call.key(hasLocation: false)
    guard let keys = await call.engine.locations(of: item) else { throw call.absence(of: item) }
    var views: [StockView] = []
    for key in keys {
      guard let view = await call.engine.stock(key) else { throw call.absence(of: item) }
      if view.entry.number > 0 { views.append(view) }
    }
    // All locations of a SKU live in one shard, whose numbers only grow: the highest stands for them all.
    guard let last = views.map(\.entry).max(), let age = views.map(\.age).max() else { throw Problem.unknownKey }
    return call.tagged("\(last)", age: age, json(of: item, views, age: age))
  }

  private static func json(of item: StockKey, _ views: [StockView], age: Int64) -> [UInt8] {
    JSONWriter.object { json in
      json.field("sku", item.sku)
      json.field("availableToSell", views.reduce(0) { $0.addingReportingOverflow($1.availableToSell).partialValue })
      json.field("ageMs", age)
      json.array("locations") { json in
        for view in views { json.object { json in write(view, to: &json) } }
      }
    }
  }

  /// What is said of one key, wherever it is shown.
  static func write(_ view: StockView, to json: inout JSONWriter) {
    json.field("sku", view.key.sku)
    json.field("location", view.key.location)
    json.field("availableToSell", view.availableToSell)
    json.field("onHand", view.numbers.onHand)
    json.field("allocated", view.numbers.allocated)
    json.field("pending", view.numbers.pending)
    json.field("open", view.numbers.open)
    json.field("safetyBuffer", view.numbers.safetyBuffer)
    json.field("reserved", view.numbers.reserved)
    json.field("shortfall", view.numbers.shortfall)
    json.field("liveReservations", Int64(view.liveReservations))
    json.array("uncoveredClaims") { json in
      for claim in view.uncoveredClaims { json.element(claim.description) }
    }
    json.field("entry", view.entry.description)
    json.field("ageMs", view.age)
  }
}
