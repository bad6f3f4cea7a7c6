import HTTPTypes
import Hummingbird
import Logging
import StockLedger

/// Alerts by webhook: how those of the caller's shop stand, a test, and another try.
extension Route {
  private static let told = "/v1/alerts"

  static let alerts = [
    Route(.get, told, .bearer(.read), query: ["limit"], isLong: true, list),
    Route(.post, told + "/test", .bearer(.admin), test),
    Route(.post, told + "/{alert}/retry", .bearer(.admin), retry),
  ]

  private static func list(_ call: Call) async throws -> Reply {
    let alerts = await (try call.alertDesk()).latest(try call.query.rows(), of: call.caller.shop)
    return Reply(
      json: JSONWriter.object { json in
        json.array("alerts") { json in for alert in alerts { json.object { alert.write(to: &$0) } } }
      })
  }

  private static func test(_ call: Call) async throws -> Reply {
    let desk = try call.alertDesk()
    _ = try await call.fields(required: [])
    guard let alert = await desk.tell([AlertWords.test(call.caller.shop)])?.first else {
      throw Problem(.storeUnavailable(retryAfter: 1_000))
    }
    return Reply(.accepted, json: JSONWriter.object { alert.write(to: &$0) })
  }

  private static func retry(_ call: Call) async throws -> Reply {
    let desk = try call.alertDesk()
    _ = try await call.fields(required: [])
    let id = try call.part("alert")
    let alert: Alert?
    do { alert = try await desk.retry(id, of: call.caller.shop) } catch {
      call.context.logger.error("a retry could not be kept", metadata: ["error": "\(error)"])
      throw Problem(.storeUnavailable(retryAfter: 1_000))
    }
    guard let alert else { throw Problem.unknownAlert }
    return Reply(.accepted, json: JSONWriter.object { alert.write(to: &$0) })
  }
}

extension Call {
  /// Where alerts wait.
  fileprivate func alertDesk() throws(Problem) -> AlertDesk {
    guard let alerts else { throw Problem.notAlerted }
    return alerts
  }
}

extension Problem {
  fileprivate static let notAlerted = Problem(
    .notFound, "notAlerted", "Nobody is told of anything by webhook",
    detail: "the service's alerts.url says who is: docs/alerts.md")
  fileprivate static let unknownAlert = Problem(
    .notFound, "unknownAlert", "There is no alert of that name", detail: "GET /v1/alerts lists those kept")
}
