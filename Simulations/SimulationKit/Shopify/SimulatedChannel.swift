import InventoryEngine
import ShopifyEmulatorCore
import StockLedger
import Synchronization

/// One life's connection to the emulated shop: calls travel, take effect, and their answers travel back. After the
/// life's end nothing leaves any more; what was on its way still arrives there.
final class SimulatedChannel: ChannelPort {
  private static let set = """
    mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
      inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code field } }
    }
    """
  private static let read = """
    query($ids: [ID!]!) { nodes(ids: $ids) { ... on InventoryLevel { quantities(names: ["available"]) { quantity } } } }
    """

  private let front: SimulatedShopfront
  private let chance: SharedChance
  private let travelMax: Int64
  private let isUp = Atomic<Bool>(true)
  private let served = Mutex<ChannelPublisher?>(nil)

  init(to front: SimulatedShopfront, travelMax: Int64, chance: SeededGenerator) {
    self.front = front
    self.travelMax = travelMax
    self.chance = SharedChance(chance)
  }

  func serve(_ publisher: ChannelPublisher) { served.withLock { $0 = publisher } }

  /// The life is over.
  func cut() { isUp.store(false, ordering: .releasing) }

  /// True until ``cut()``.
  var isAlive: Bool { isUp.load(ordering: .acquiring) }

  func write(_ rows: [PublicationOutbox.Row], key: Identifier) async -> PublicationOutbox.WriteAnswer {
    let doubts = await doubts(of: rows.map(\.key), inCall: key)
    return await set(rows.map { ($0.key, $0.quantity, $0.changeFrom) }, key: key, doubts: doubts)
  }

  /// Sets numbers, all or none; what changes from nothing is written whatever is there.
  func set(
    _ rows: [(key: StockKey, quantity: Int64, changeFrom: Int64?)], key: Identifier, doubts: [Bool] = []
  ) async -> PublicationOutbox.WriteAnswer {
    let list = rows.compactMap { row in
      front.level(of: row.key).map { level -> JSON in
        [
          "inventoryItemId": .string(GlobalID("InventoryItem", level.item).description),
          "locationId": .string(GlobalID("Location", level.location).description),
          "quantity": .integer(row.quantity), "changeFromQuantity": row.changeFrom.map { .integer($0) } ?? .null,
        ]
      }
    }
    let input: JSON = [
      "name": "available", "reason": "correction",
      "referenceDocumentUri": .string("gid://holdfast/Publication/\(key)"), "quantities": .list(list),
    ]
    let answer = await call(Self.set, ["input": input, "key": .string("\(key)")], doubts: doubts)
    switch answer {
    case .none: return .unknown
    case .throttled: return .throttled(until: front.clock.now + 1_000)
    case .data(let data): return Self.meaning(of: data["inventorySetQuantities"]?["userErrors"] ?? .null)
    }
  }

  private static func meaning(of errors: JSON) -> PublicationOutbox.WriteAnswer {
    var faults: [Int: PublicationOutbox.RowFault] = [:]
    for error in errors.values {
      switch error["code"]?.text {
      case "IDEMPOTENCY_CONCURRENT_REQUEST": return .unknown
      case "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": return .keyMismatch
      case let code:
        guard let place = error["field"]?[2]?.text.flatMap({ Int($0) }) else { return .refused([:]) }
        faults[place] = code == "CHANGE_FROM_QUANTITY_STALE" ? .stale : .rejected(.other)
      }
    }
    return faults.isEmpty ? .accepted : .refused(faults)
  }

  /// Which keys are doubted; of a write's, that it is durably out.
  private func doubts(of keys: [StockKey], inCall write: Identifier? = nil) async -> [Bool] {
    let served = served.withLock { $0 }
    var doubts: [Bool] = []
    for key in keys {
      let standing = await served?.standing(of: key)
      if let write, let standing, isAlive { front.noteLeaving(write, isOut: standing.writeOut?.key == write) }
      doubts.append(front.isDoubted(key, standing))
    }
    return doubts
  }

  func read(_ keys: [StockKey]) async -> ChannelReading {
    _ = await doubts(of: keys)
    let ids = keys.map { JSON.string(front.level(of: $0)?.id.description ?? "") }
    switch await call(Self.read, ["ids": .list(ids)]) {
    case .none: return .unanswered
    case .throttled: return .throttled(until: front.clock.now + 1_000)
    case .data(let data):
      return .held((data["nodes"] ?? .null).values.map { $0["quantities"]?[0]?["quantity"]?.integer })
    }
  }

  func readAll(_ deliver: ([ChannelHolding]) async -> Void) async throws(ChannelFailure) {
    for key in front.keys {
      if let available = front.available(key) { await deliver([ChannelHolding(key: key, available: available)]) }
    }
  }

  private enum Outcome {
    case none
    case throttled
    case data(JSON)
  }

  private func call(_ query: String, _ variables: JSON, doubts: [Bool] = []) async -> Outcome {
    guard isAlive else {
      // A process that is gone asks nothing: who waits for its answers is gone too.
      try? await front.clock.sleep(until: front.clock.now + 60_000)
      return .none
    }
    await travel()
    let body: JSON = ["query": .string(query), "variables": variables]
    let request = EmulatedRequest(
      method: "POST", path: "/admin/api/2026-04/graphql.json", accessToken: "token", body: body.bytes)
    let answer = front.answer(request, doubts: doubts)
    try? await front.clock.sleep(until: front.clock.now + answer.delay)
    await travel()
    if answer.status == 429 { return .throttled }
    guard answer.ending == .answered, answer.status == 200 else { return .none }
    let json = answer.json
    let codes = (json["errors"] ?? .null).values.compactMap { $0["extensions"]?["code"]?.text }
    if codes.contains("THROTTLED") { return .throttled }
    return codes.isEmpty ? .data(json["data"] ?? .null) : .none
  }

  private func travel() async {
    try? await front.clock.sleep(until: front.clock.now + chance.number(in: 1...travelMax))
  }
}
