import ChannelIntake
import HTTPTypes
import InventoryEngine
import StockLedger

/// What only a person can know: that fallen units are accounted for, that a source begins anew. Each is an entry; a
/// key that nobody has reported has nothing to be put right, and is not made by a misspelt path.
extension Route {
  static let operators = [
    Route(.post, "/v1/stock/{sku}/{location}/fallen/free", .bearer(.admin), freeFallen),
    Route(.post, "/v1/stock/{sku}/{location}/marks/reset", .bearer(.admin), resetMark),
  ]

  /// Components that a source may report as a sum, out of which units can fall.
  private static let summed: KeyValuePairs<String, Component> = [
    "allocated": .allocated, "pending": .pending, "open": .open,
  ]
  private static let reported: KeyValuePairs<String, Component> = [
    "onHand": .onHand, "allocated": .allocated, "pending": .pending, "open": .open,
  ]

  private static func freeFallen(_ call: Call) async throws -> Reply {
    let key = try await call.knownKey()
    let fields = try await call.fields(required: ["component", "upTo"])
    let component = try fields.word("component", summed)
    return try await order(.freeFallen(component, upTo: try fields.time("upTo", finer: .down)), at: key, of: call)
  }

  private static func resetMark(_ call: Call) async throws -> Reply {
    let key = try await call.knownKey()
    let fields = try await call.fields(required: ["component", "source"])
    let component = try fields.word("component", reported)
    return try await order(.resetMark(component, try fields.identifier("source")), at: key, of: call)
  }

  private static func order(_ command: Command, at key: StockKey, of call: Call) async throws -> Reply {
    let answer = await call.submit(KeyedCommand(key: key, command: command))
    let receipt = try call.receipt(of: answer, at: key)
    return Reply(
      json: JSONWriter.object { json in
        json.field("sku", key.sku)
        json.field("location", key.location)
        json.field("availableToSell", receipt.availableToSell)
        json.field("entry", receipt.entry.description)
        json.field("duplicate", receipt.isDuplicate)
      })
  }
}
