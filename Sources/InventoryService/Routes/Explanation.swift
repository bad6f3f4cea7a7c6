import HTTPTypes
import InventoryEngine
import StockLedger

/// Why a key's number is what it is, or was at a moment.
extension Route {
  static let explanation = [
    Route(
      .get, "/v1/stock/{sku}/{location}/explanation", .bearer(.read), query: ["at", "limit"], isLong: true, explain)
  ]

  private static func explain(_ call: Call) async throws -> Reply {
    let key = try await call.knownKey()
    let moment = try moment(call.query, of: key)
    let limit = try call.query.rows()
    do throws(HistoryFailure) {
      let explanation = try await call.engine.explanation(of: key, at: moment, last: limit)
      return call.tagged(ExplanationJSON.object(explanation, upTo: call.settings.pageBytesMax))
    } catch {
      throw try call.problem(error, of: key)
    }
  }
}
