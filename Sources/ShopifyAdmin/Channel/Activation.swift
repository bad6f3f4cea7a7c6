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

  /// What became of a pair.
  enum Outcome: Hashable, Sendable {
    /// It is stocked, and so much is held.
    case stocked(available: Int64)
    /// Shopify does not stock it, or may not be asked to.
    case refused
    /// Nobody knows, or it was not tried.
    case unknown
  }

  /// What became of each pair, in their order; `tell` hears why those that were refused were.
  func outcomes(in answer: Answer, _ tell: (ItemPlace, String) -> Void) -> [Outcome] {
    pairs.enumerated().map { index, pair in
      guard let payload = answer["p\(index)"] ?? nil else { return .unknown }
      if let error = payload.userErrors.first {
        tell(pair, error.message)
        return .refused
      }
      return payload.inventoryLevel?.available.map { .stocked(available: $0) } ?? .unknown
    }
  }
}
