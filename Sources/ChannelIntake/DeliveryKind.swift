/// The kinds of rows of the neutral delivery form, by the word in their `kind` field. See docs/delivery-form.md.
public enum DeliveryKind: String, CaseIterable, Sendable {
  /// An absolute count of units on hand.
  case count
  /// A change of units on hand.
  case adjustment
  /// A component's absolute sum.
  case aggregate
  /// An order line or a sale line with its total.
  case demand
  /// Units of a line that reached a later stage.
  case stage
  /// One side of a move of a line between two locations.
  case move
  /// A source has now named every line of a component up to a time.
  case completeThrough
  /// Hold units for a while.
  case hold
  /// Turn held units into a claim.
  case confirm
  /// Give held units back.
  case release
  /// Set a reservation's expiry.
  case extend
  /// What configuration says of a shop, an item or a key.
  case policy
  /// Quotas and a customer limit that span an item's locations.
  case itemRules

  /// True for what a source reports; false for what a buyer's channel asks (load tests) and for configuration.
  public var isReport: Bool {
    switch self {
    case .count, .adjustment, .aggregate, .demand, .stage, .move, .completeThrough: true
    case .hold, .confirm, .release, .extend, .policy, .itemRules: false
    }
  }

  /// The parts of the key that a row of this kind must have, and those that it may leave out.
  ///
  /// A line's report without a location goes where its line is; a policy without one is the item's or the shop's.
  private var keyFields: (required: [String], optional: [String]) {
    switch self {
    case .demand, .stage: (["shop", "sku"], ["location"])
    case .policy: (["shop"], ["sku", "location"])
    case .itemRules: (["shop", "sku"], [])
    default: (["shop", "sku", "location"], [])
    }
  }

  /// The fields that a row of this kind must have, in the order of the document.
  public var required: [String] { fields.required }

  /// The fields that a row of this kind may have besides.
  public var optional: [String] { fields.optional }

  /// Both, built once: every row asks for them.
  struct Fields {
    let required: [String]
    let optional: [String]
    let known: [String]
  }

  private static let tables: [DeliveryKind: Fields] = Dictionary(
    uniqueKeysWithValues: allCases.map {
      let required = $0.requiredFields
      let optional = $0.optionalFields
      return ($0, Fields(required: required, optional: optional, known: required + optional))
    })

  /// Always there: the tables are made from all cases.
  var fields: Fields { Self.tables[self]! }

  private var requiredFields: [String] {
    let own: [String] =
      switch self {
      case .count: ["units", "asOf"]
      case .adjustment: ["document", "delta", "occurredAt"]
      case .aggregate: ["component", "units", "asOf"]
      case .demand: ["claim", "line", "total", "occurredAt"]
      case .stage: ["claim", "stage", "occurredAt"]
      case .move: ["claim", "document", "direction", "units", "occurredAt"]
      case .completeThrough: ["component", "through"]
      case .hold: ["reservation", "units"]
      case .confirm: ["reservation", "claim"]
      case .release: ["reservation"]
      case .extend: ["reservation", "expiresAt"]
      case .policy, .itemRules: []
      }
    return ["kind"] + keyFields.required + (isReport ? ["source", "delivery"] : []) + own
  }

  private var optionalFields: [String] {
    let own: [String] =
      switch self {
      case .count: ["physical", "includes"]
      case .adjustment, .move, .completeThrough: []
      case .aggregate: ["since", "out"]
      case .demand: ["reference", "channel", "customer"]
      case .stage: ["line", "document", "units", "cumulative"]
      case .hold: ["lifetime", "channel", "customer", "reference", "requestedAt"]
      case .confirm: ["line", "cumulative", "whenExpired"]
      case .release: ["units"]
      case .extend: []
      case .policy: DeliveryForm.policyFields
      case .itemRules: DeliveryForm.itemRuleFields
      }
    return keyFields.optional + (isReport ? ["incarnation", "number"] : []) + own
  }
}
