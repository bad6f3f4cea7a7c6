package import StockLedger

// Rows of configuration. A row is all that its level says: what it leaves out is withdrawn there.

extension DeliveryForm {
  /// What a level can say.
  package static let policyFields = [
    "safetyBuffer", "owners", "skew", "skews", "openFallsTo", "othersFallTo", "channels", "customerLimit",
  ]
  /// What can be said of an item over its locations.
  package static let itemRuleFields = ["channels", "customerLimit"]

  private static let owned = ["onHand", "allocated", "pending", "open"]
  /// The longest clock skew that a policy may have, in milliseconds: a day.
  private static let skewMax: Int64 = 86_400_000

  /// What a row or body says at its level.
  package static func patch(_ fields: DeliveryFields) throws(RowError) -> PolicyPatch {
    var patch = PolicyPatch()
    if fields.has("safetyBuffer") { patch.safetyBuffer = try fields.integer("safetyBuffer", in: 0...Limits.unitsMax) }
    patch.owners = try owners(fields)
    if fields.has("skew") { patch.skew = try fields.integer("skew", in: 0...skewMax) }
    patch.skews = try skews(fields)
    if fields.has("openFallsTo") {
      patch.openFallsTo = try fields.word(
        "openFallsTo", ["allocated": NextOwner.allocated, "onHand": .onHand, "none": .nobody])
    }
    if fields.has("othersFallTo") {
      patch.othersFallTo = try fields.word("othersFallTo", ["onHand": NextOwner.onHand, "none": .nobody])
    }
    patch.channels = try fields.list(
      "channels", required: ["channel"], optional: ["buffer", "quota", "quotaSince"],
      by: { $0.channel < $1.channel }, read: channel)
    patch.customerLimit = try customerLimit(fields)
    return patch
  }

  /// The rules of an item's own key: it has no stock, so that buffers, owners and skews would say nothing there.
  package static func itemRules(_ fields: DeliveryFields) throws(RowError) -> KeyPolicy {
    var policy = KeyPolicy.default
    policy.channels =
      try fields.list(
        "channels", required: ["channel", "quota"], optional: ["quotaSince"], by: { $0.channel < $1.channel },
        read: channel) ?? []
    // A limit that limits nothing is none: it would only make every hold name its customer.
    if let limit = try customerLimit(fields), limit.units < Limits.unitsMax { policy.customerLimit = limit }
    return policy
  }

  private static func owners(_ fields: DeliveryFields) throws(RowError) -> ComponentOwners? {
    guard let said = try fields.object("owners", optional: owned) else { return nil }
    var owners = ComponentOwners()
    owners.onHand = try said.identifierOrNone("onHand")
    owners.allocated = try said.identifierOrNone("allocated")
    owners.pending = try said.identifierOrNone("pending")
    owners.open = try said.identifierOrNone("open")
    return owners
  }

  private static func skews(_ fields: DeliveryFields) throws(RowError) -> [SourceSkew]? {
    try fields.list(
      "skews", required: ["count", "claims", "milliseconds"],
      by: { $0.count == $1.count ? $0.claims < $1.claims : $0.count < $1.count },
      read: { pair throws(RowError) in
        SourceSkew(
          count: try pair.identifier("count"), claims: try pair.identifier("claims"),
          milliseconds: try pair.integer("milliseconds", in: 0...skewMax))
      })
  }

  // What is finer than a millisecond is cut off: an earlier start counts more units against the quota or limit.
  private static func channel(_ rules: DeliveryFields) throws(RowError) -> ChannelPolicy {
    ChannelPolicy(
      channel: try rules.identifier("channel"),
      buffer: rules.has("buffer") ? try rules.integer("buffer", in: 0...Limits.unitsMax) : 0,
      quota: rules.has("quota") ? try rules.integer("quota", in: 0...Limits.unitsMax) : nil,
      quotaSince: rules.has("quotaSince") ? try rules.time("quotaSince", finer: .down) : .distantPast)
  }

  private static func customerLimit(_ fields: DeliveryFields) throws(RowError) -> CustomerLimit? {
    guard let limit = try fields.object("customerLimit", required: ["units"], optional: ["since"]) else { return nil }
    return CustomerLimit(
      units: try limit.integer("units", in: 0...Limits.unitsMax),
      since: limit.has("since") ? try limit.time("since", finer: .down) : .distantPast)
  }
}
