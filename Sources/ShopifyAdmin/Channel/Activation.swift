/// Stocks items at locations, with nothing: who writes a number afterwards compares it like any other.
///
/// Each has a key of its own, so that a repeat on the way is one. What is stocked already stays as it is.
struct Activation: Sendable {
  /// Pairs of one call: each costs ten points, and sell-outs wait behind them.
  static let pairsMax = 20

  private let pairs: [ItemPlace]
  private let keys: [String]

  /// - Parameter keys: A new idempotency key for each pair.
  init(_ pairs: [ItemPlace], keys: [String]) {
    self.pairs = pairs
    self.keys = keys
  }

  var call: AdminCall {
    var variables: [String: String] = [:]
    for (index, (pair, key)) in zip(pairs, keys).enumerated() {
      variables["i\(index)"] = AdminID.text("InventoryItem", pair.item)
      variables["l\(index)"] = AdminID.text("Location", pair.location)
      variables["k\(index)"] = key
    }
    return AdminCall(
      AdminDocument.activate(pairs.count), variables, cost: Int64(pairs.count) * AdminCall.mutationCost, for: .read)
  }

  /// What the call answers.
  typealias Answer = [String: Payload?]
  struct Payload: Decodable, Sendable {
    let inventoryLevel: InventoryLevel?
    let userErrors: [AdminUserError]
  }

  /// What is held of each pair now, in their order; nil with the reason where it could not be stocked.
  func held(in answer: Answer) -> [(available: Int64?, why: String?)] {
    pairs.indices.map { index in
      guard let payload = answer["p\(index)"] ?? nil else { return (nil, "Shopify said nothing of it") }
      if let error = payload.userErrors.first { return (nil, error.message) }
      return (payload.inventoryLevel?.available, nil)
    }
  }
}
