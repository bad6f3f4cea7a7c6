import HTTPTypes
import InventoryEngine

/// What the service says about itself; no key is asked for.
extension Route {
  static let service = [
    Route(.get, "/livez", .anyone, live),
    Route(.get, "/readyz", .anyone, ready),
    Route(.get, "/openapi.json", .anyone, document),
  ]

  private static func live(_ call: Call) async throws -> Reply {
    Reply(json: JSONWriter.object { $0.field("status", "alive") })
  }

  private static func document(_ call: Call) async throws -> Reply { Reply(json: Array(openAPIDocument.utf8)) }

  private static func ready(_ call: Call) async throws -> Reply {
    let shards = call.engine.ownedShards.count
    guard shards > 0 else {
      throw Problem(.serviceUnavailable, "notReady", "The service owns no stock yet", retryAfter: 1_000)
    }
    return Reply(
      json: JSONWriter.object { json in
        json.field("status", "ready")
        json.field("shards", Int64(shards))
      })
  }
}
