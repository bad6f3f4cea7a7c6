import HTTPTypes
import InventoryEngine
import StockLedger

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
    if call.standing.isStopping { throw Problem(.stopping) }
    let shards = call.engine.ownedShards
    guard !shards.isEmpty else {
      throw Problem(.serviceUnavailable, "notReady", "The service owns no stock yet", retryAfter: 1_000)
    }
    return Reply(
      json: JSONWriter.object { json in
        json.field("status", "ready")
        json.field("shards", Int64(shards.count))
        json.field("owned", ranges(shards))
      })
  }

  /// Numbers that rise, as `0-127,130`.
  static func ranges(_ numbers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }
}
