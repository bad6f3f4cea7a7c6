import ChannelIntake
import HTTPTypes
import StockLedger

/// How the sources of a shop stand.
extension Route {
  static let sources = [
    Route(.get, "/v1/sources", .bearer(.read), standings),
    Route(.get, "/v1/sources/{source}", .bearer(.read), standing),
  ]

  private static func standings(_ call: Call) async throws -> Reply {
    let standings = call.sources.standings(of: call.caller.shop)
    return Reply(
      json: JSONWriter.object { json in
        json.array("sources") { json in
          for standing in standings { json.object { standing.write(to: &$0, at: call.now) } }
        }
      })
  }

  private static func standing(_ call: Call) async throws -> Reply {
    _ = try call.identifier("source")
    let origin = DeliveryOrigin(shop: call.caller.shop, source: try call.part("source"))
    guard let standing = call.sources.standing(of: origin) else { throw Problem.unknownSource }
    return Reply(json: JSONWriter.object { standing.write(to: &$0, at: call.now) })
  }
}
