import HTTPTypes
import InventoryEngine

/// What is measured, for a Prometheus to scrape.
extension Route {
  static let metrics = [Route(.get, "/metrics", .localOrBearer(.admin), isLong: true, measured)]

  private static func measured(_ call: Call) async throws -> Reply {
    call.meters.look(at: call.engine)
    call.sources.look(at: call.now)
    if let desk = call.publishing { await call.meters.look(at: await desk.all, now: call.now) }
    if let desk = call.reconciling { call.meters.look(at: desk.board, now: call.now) }
    if let desk = call.alerts { await call.meters.look(at: desk) }
    return Reply(
      json: Array(call.meters.factory.text.utf8), type: "text/plain; version=0.0.4; charset=utf-8")
  }
}
