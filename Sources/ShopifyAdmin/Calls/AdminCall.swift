import FoundationEssentials

/// A document to send, with what goes into it.
struct AdminCall: Sendable {
  let document: String
  let variables: any Encodable & Sendable
  /// The most points that it will cost.
  let cost: Int64
  let purpose: PointBudget.Purpose

  /// What a mutation costs.
  static let mutationCost: Int64 = 10

  init(
    _ document: String, _ variables: any Encodable & Sendable = [String: String](), cost: Int64 = mutationCost,
    for purpose: PointBudget.Purpose = .read
  ) {
    self.document = document
    self.variables = variables
    self.cost = cost
    self.purpose = purpose
  }

  private struct Body: Encodable {
    let call: AdminCall

    private enum CodingKeys: String, CodingKey { case query, variables }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(call.document, forKey: .query)
      try fields.encode(call.variables, forKey: .variables)
    }
  }

  /// The request's body: the same bytes for the same call, so that a repeat is one.
  var body: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return Array(try encoder.encode(Body(call: self)))
    }
  }
}
